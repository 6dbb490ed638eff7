/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/own.h"

/*
 * The length of the UTF-8 sequence at S (of LEN bytes) and in *out_point its
 * code point; 0 where there is none: cut, overlong, a surrogate or too large.
 */
static size_t utf8_sequence(const unsigned char *s, size_t len,
			    uint32_t *out_point)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t point = s[0];
	size_t n = 0;

	if (point < 0x80)
		n = 1;
	else if ((point & 0xe0) == 0xc0)
		n = 2, point &= 0x1f;
	else if ((point & 0xf0) == 0xe0)
		n = 3, point &= 0x0f;
	else if ((point & 0xf8) == 0xf0)
		n = 4, point &= 0x07;
	if (!n || n > len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (s[i] & 0x3f);
	}
	if (point < least[n] || point > 0x10ffff ||
	    (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*out_point = point;
	return n;
}

size_t text_valid_length(const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t done = 0, n;
	uint32_t point;

	while (done < len && (n = utf8_sequence(at + done, len - done, &point)))
		done += n;
	return done;
}

/*
 * Points that a terminal or a reader takes for structure, or does not see, in
 * ascending order: controls, marks and fillers without a width, separators,
 * what reorders a line, and what is no character.
 */
static const struct {
	uint32_t first;
	uint32_t last;
} controls[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f },	  { 0x00ad, 0x00ad },
	{ 0x061c, 0x061c }, { 0x115f, 0x1160 },	  { 0x180e, 0x180e },
	{ 0x200b, 0x200f }, { 0x2028, 0x202e },	  { 0x2060, 0x206f },
	{ 0x3164, 0x3164 }, { 0xfeff, 0xfeff },	  { 0xffa0, 0xffa0 },
	{ 0xfff0, 0xffff }, { 0xe0000, 0xe0fff },
};

static bool is_control(uint32_t point)
{
	for (size_t i = 0; i < ARRAY_SIZE(controls); i++)
		if (point >= controls[i].first && point <= controls[i].last)
			return true;
	return false;
}

void text_escape(FILE *out, const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;

	while (len) {
		uint32_t point = 0;
		size_t n = utf8_sequence(s, len, &point);

		if (*s == '\n')
			fputs("\\n", out);
		else if (*s == '\t')
			fputs("\\t", out);
		else if (*s == '\\')
			fputs("\\\\", out);
		else if (n && !is_control(point))
			fwrite(s, 1, n, out);
		else
			for (size_t i = 0; i < (n ? n : 1); i++)
				fprintf(out, "\\x%02x", s[i]);
		n = n ? n : 1;
		s += n;
		len -= n;
	}
}

char *text_escaped(char *buf, size_t size, const char *text)
{
	CLEANUP(freep) char *whole = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&whole, &len);

	if (!out) {
		snprintf(buf, size, "?");
		return buf;
	}
	text_escape(out, text, strlen(text));
	if (fclose(out) != 0)
		snprintf(buf, size, "?");
	else if ((size_t)snprintf(buf, size, "%s", whole) >= size && size > 3)
		memcpy(buf + size - sizeof("..."), "...", sizeof("..."));
	return buf;
}
