/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"

#define KEY_BASE 0x1000 /* above every letter */
#define ROWS_MAX 64

void complain(const char *fmt, ...)
{
	CLEANUP(freep) char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	fputs("agentjail: ", stderr);
	if (n >= 0)
		text_escape(stderr, text, (size_t)n);
	fputc('\n', stderr);
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
}

/* The two forms of the table that getopt_long(3) wants. */
struct getopt_form {
	char letters[2 * ROWS_MAX + 3];
	struct option longs[ROWS_MAX + 2];
};

static void form_make(const struct option_table *table,
		      struct getopt_form *form)
{
	char *at = form->letters;
	size_t i;

	*at++ = '+'; /* the first operand ends the options */
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
	form->longs[i++] =
		(struct option){ .name = "help", .val = KEY_BASE - 1 };
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
	optind = 1;
	while ((found = getopt_long(argc, argv, form.letters, form.longs,
				    NULL)) != -1) {
		const struct option_row *row;

		if (found == KEY_BASE - 1) {
			help_print(table);
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
