/* SPDX-License-Identifier: Apache-2.0 */
/*
 * variables.h - what $workdir, $home, -D KEY=VALUE and the like stand for.
 *
 * A variable has any number of values ($tmp has three); one that has none is
 * empty, and what names it binds nothing. Knows nothing of where the values
 * come from.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "profile/place.h"

struct arena;
struct error;
struct variables;

/* Pattern characters of a profile's text, apart from the same in a value. */
#define PATTERN_STAR '\001'
#define PATTERN_ONE '\002'

/* All of the language's own names, empty. NULL where there is no memory. */
struct variables *variables_new(void);
void variables_free(struct variables *variables);

/*
 * Adds VALUE to the variable NAME. An empty VALUE adds nothing.
 *
 *   -EINVAL   NAME is none of the language's, or VALUE has control characters
 *   -ENOMEM
 */
int variables_add(struct variables *variables, const char *name,
		  const char *value, struct error *err);

/*
 * Takes "KEY=VALUE" as -D gives it: a new variable, or the value that replaces
 * the one of an earlier -D.
 *
 *   -EINVAL   it is no such text, or KEY is one of the language's own
 *   -ENOMEM
 */
int variables_define(struct variables *variables, const char *text,
		     struct error *err);

/* The first value of NAME, or NULL where it has none. */
const char *variables_value(const struct variables *variables,
			    const char *name);

struct texts {
	size_t count;
	const char **items;
};

/*
 * TEXT with $x, ${x} and $$ (and, of a path, a leading ~) replaced, once for
 * each combination of values, in ARENA: none where a variable is empty. Of a
 * path, * and ? of TEXT come out as PATTERN_STAR and PATTERN_ONE.
 *
 *   -EINVAL   an unknown variable or a lone $, with its place
 *   -ENOMEM
 */
int variables_expand(const struct variables *variables, struct arena *arena,
		     const struct place *at, const char *text, bool is_path,
		     struct texts *out_texts, struct error *err);

/* For CLEANUP(variables_freep). */
static inline void variables_freep(struct variables **variables)
{
	variables_free(*variables);
	*variables = NULL;
}
