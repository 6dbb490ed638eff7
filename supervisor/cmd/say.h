/* SPDX-License-Identifier: Apache-2.0 */
/*
 * say.h - one line on stderr, written at once: the agent writes there, too,
 * and nothing of its comes between.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

struct say {
	FILE *out;
	char *text;
	size_t len;
};

/*
 * Begins a line with "agentjail: ". What is written to the result must be
 * escaped already. NULL: no memory.
 */
FILE *say_begin(struct say *say);

/* Ends the line and writes it. For CLEANUP(); without a line nothing. */
void say_endp(struct say *say);

/* Ends the line for later: the caller frees it. NULL: no memory. */
char *say_keep(struct say *say);

/* Writes a line that was kept. */
void say_line(const char *line);
