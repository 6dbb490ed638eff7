/* SPDX-License-Identifier: Apache-2.0 */
/*
 * options.h - command lines by table: what is parsed is what --help shows.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Bad input, or a jail that could not be set up: nothing ran. */
#define EXIT_UNFIT 125

struct option_row {
	const char *name;     /* long, without dashes */
	char letter;	      /* short; 0: none */
	const char *argument; /* its name; NULL: takes none */
	const char *help;
	int key; /* what the handler is told */
};

struct option_table {
	const char *usage; /* what follows "agentjail " */
	const char *about; /* a sentence or two */
	const struct option_row *rows;
	size_t count;
	bool ends_at_operand; /* what follows is another program's */
	/* Takes one option; VALUE is NULL where it has none. False: bad. */
	bool (*take)(void *ctx, int key, const char *value);
};

enum options_outcome {
	OPTIONS_GO,   /* operands begin at *out_operand */
	OPTIONS_DONE, /* --help or --version was shown: exit 0 */
	OPTIONS_BAD,  /* one line on stderr says what: exit EXIT_UNFIT */
};

/*
 * Parses ARGV from its second element; options may stand behind operands, which
 * are put in order at the end, up to a "--", or where the table says so up to
 * the first operand.
 * --help and --version are every command's own.
 */
enum options_outcome options_parse(const struct option_table *table, int argc,
				   char **argv, void *ctx, int *out_operand);

/* One line on stderr: "agentjail: " and the rest, escaped where it must be. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
