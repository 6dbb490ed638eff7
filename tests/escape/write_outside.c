/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_outside.c - the plainest attack: a file outside the scope is written
 * by its name, and made new beside it.
 */
#include "escape.h"

static int setup(void)
{
	return escape_file_make(escape_outside_path("there"), "before");
}

/* One that gets through is an escape. */
static int attack(void)
{
	int there = escape_file_make(escape_outside_path("there"), "escaped");
	int fresh = escape_file_make(escape_outside_path("fresh"), "escaped");

	return escape_judge(there == 0 ? there : fresh, "write and create");
}

static int verify(void)
{
	int seen = escape_file_has(escape_outside_path("there"), "escaped") ||
		   access(escape_outside_path("fresh"), F_OK) == 0;

	return seen ? ESCAPED : PREVENTED;
}

int main(int argc, char **argv)
{
	return escape_main(argc, argv,
			   &(struct escape){ .setup = setup,
					     .attack = attack,
					     .verify = verify });
}
