/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "cmd/say.h"

#define KEY_BASE 0x1000 /* above every letter */
#define KEY_HELP (KEY_BASE - 1)
#define KEY_VERSION (KEY_BASE - 2)
#define ROWS_MAX 64

void complain(const char *fmt, ...)
{
	CLEANUP(say_endp) struct say say = { 0 };
	CLEANUP(freep) char *text = NULL;
	FILE *out = say_begin(&say);
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (out && n >= 0)
		text_escape(out, text, (size_t)n);
}

static void help_print(const struct option_table *table)
{
	printf("usage: agentjail %s\n\n%s\n", table->usage, table->about);
	if (table->count)
		printf("\n");
	for (size_t i = 0; i < table->count; i++) {
		const struct option_row *row = &table->rows[i];
		char left[64];

		snprintf(left, sizeof(left), "%c%c%c --%s%s%s",
			 row->letter ? '-' : ' ',
			 row->letter ? row->letter : ' ',
			 row->letter ? ',' : ' ', row->name,
			 row->argument ? " " : "",
			 row->argument ? row->argument : "");
		printf("  %-28s %s\n", left, row->help);
	}
	printf("  %-28s %s\n", "    --help", "show this");
	printf("  %-28s %s\n", "    --version", "show the version");
}

/* The two forms of the table that getopt_long(3) wants. */
struct getopt_form {
	char letters[2 * ROWS_MAX + 3];
	struct option longs[ROWS_MAX + 3];
};

static void form_make(const struct option_table *table,
		      struct getopt_form *form)
{
	char *at = form->letters;
	size_t i;

	if (table->ends_at_operand)
		*at++ = '+';
	*at++ = ':'; /* and errors are ours to word */
	for (i = 0; i < table->count && i < ROWS_MAX; i++) {
		const struct option_row *row = &table->rows[i];

		form->longs[i] = (struct option){
			.name = row->name,
			.has_arg = row->argument ? required_argument
						 : no_argument,
			.val = KEY_BASE + (int)i,
		};
		if (!row->letter)
			continue;
		*at++ = row->letter;
		if (row->argument)
			*at++ = ':';
	}
	*at = '\0';
	form->longs[i++] = (struct option){ .name = "help", .val = KEY_HELP };
	form->longs[i++] =
		(struct option){ .name = "version", .val = KEY_VERSION };
	form->longs[i] = (struct option){ 0 };
}

static const struct option_row *row_of(const struct option_table *table,
				       int found)
{
	if (found >= KEY_BASE)
		return &table->rows[found - KEY_BASE];
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].letter == found)
			return &table->rows[i];
	return NULL;
}

static enum options_outcome refuse(const struct option_table *table,
				   const char *what, const char *word)
{
	const int len = (int)strcspn(table->usage, " ");

	complain("%.*s: %s %s; see agentjail %.*s --help", len, table->usage,
		 what, word, len, table->usage);
	return OPTIONS_BAD;
}

enum options_outcome options_parse(const struct option_table *table, int argc,
				   char **argv, void *ctx, int *out_operand)
{
	struct getopt_form form = { 0 };
	int found;

	form_make(table, &form);
	optind = 0; /* forget whatever was parsed before */
	while ((found = getopt_long(argc, argv, form.letters, form.longs,
				    NULL)) != -1) {
		const struct option_row *row;

		if (found == KEY_HELP) {
			help_print(table);
			return OPTIONS_DONE;
		}
		if (found == KEY_VERSION) {
			printf("agentjail %s\n", AGENTJAIL_VERSION);
			return OPTIONS_DONE;
		}
		if (found == '?')
			return refuse(table, "unknown option",
				      argv[optind - 1]);
		if (found == ':')
			return refuse(table, "a value is missing after",
				      argv[optind - 1]);
		row = row_of(table, found);
		if (!row ||
		    !table->take(ctx, row->key, row->argument ? optarg : NULL))
			return OPTIONS_BAD;
	}
	*out_operand = optind;
	return OPTIONS_GO;
}
