/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/quote.h"

#include <stdbool.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"

static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			    "0123456789/._-+:,=@%";

static bool is_plain(const char *text, size_t len)
{
	if (!len || text[0] == '=')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!memchr(plain, text[i], sizeof(plain) - 1))
			return false;
	return true;
}

/* In quotes nothing but a quote itself needs care. */
static void quote_single(FILE *out, const char *text, size_t len)
{
	fputc('\'', out);
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\'')
			fputs("'\\''", out);
		else
			fputc(text[i], out);
	fputc('\'', out);
}

/* Escaped text is what $'...' takes, but for the quote that ends it. */
static void quote_escaped(FILE *out, const char *escaped, size_t len)
{
	fputs("$'", out);
	for (size_t i = 0; i < len; i++) {
		if (escaped[i] == '\'')
			fputc('\\', out);
		fputc(escaped[i], out);
	}
	fputc('\'', out);
}

void quote_shell(FILE *out, const char *text, size_t len)
{
	CLEANUP(freep) char *escaped = NULL;
	size_t escaped_len = 0;
	FILE *into;

	if (is_plain(text, len)) {
		fwrite(text, 1, len, out);
		return;
	}
	into = open_memstream(&escaped, &escaped_len);
	if (!into)
		return;
	text_escape(into, text, len);
	fclose(into);
	if (escaped_len == len && memcmp(escaped, text, len) == 0)
		quote_single(out, text, len);
	else
		quote_escaped(out, escaped, escaped_len);
}
