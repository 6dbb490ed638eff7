/* SPDX-License-Identifier: Apache-2.0 */
/* parse.h - the text of a profile to a struct, or an error with its place. */
#pragma once

#include "profile/profile.h"

struct yaml;

/*
 * The profile in the LEN bytes at TEXT, read from FILE, freed by the caller.
 *
 *   -EINVAL   it is none; *err is "FILE:line:column: what, and what was
 *             expected"
 *   -ENOMEM
 */
int profile_parse(const char *file, const char *text, size_t len,
		  const struct variables *variables,
		  struct profile **out_profile, struct error *err);

/* An empty profile of the base name FILE; NULL where there is no memory. */
struct profile *profile_new(const char *file);

/* --- the parts, each for the values of one key of the profile ------------- */

/* What the parts of one profile need: what is made, and what $x stands for. */
struct parser {
	struct profile *profile;
	const struct variables *variables;
};

/* Appends the rules of one class. */
int parse_rules(const struct parser *parser, enum profile_class cls,
		const struct yaml *yaml, struct error *err);

/* Appends one rule's worth of objects, as a flag gives them. */
int parse_rule_text(const struct parser *parser, enum profile_class cls,
		    const char *words, const struct place *at,
		    const char *object, struct error *err);

int parse_otherwise(const struct parser *parser, const struct yaml *yaml,
		    struct error *err);
int parse_environment(const struct parser *parser, const struct yaml *yaml,
		      struct error *err);
int parse_limits(const struct parser *parser, const struct yaml *yaml,
		 struct error *err);
int parse_tmp(const struct parser *parser, const struct yaml *yaml,
	      struct error *err);
int parse_hide(const struct parser *parser, const struct yaml *yaml,
	       struct error *err);
int parse_trace(const struct parser *parser, const struct yaml *yaml,
		struct error *err);
int parse_death(const struct parser *parser, const struct yaml *yaml,
		struct error *err);

/* One variable's name in an environment, checked. */
int parse_environment_name(const struct place *at, const char *name,
			   struct error *err);

/* One path to hide, as --hide gives it too. */
int parse_hide_path(const struct parser *parser, const struct place *at,
		    const char *text, struct error *err);

/* One limit, by its name and value, as --limit gives them too. */
int parse_limit(const struct parser *parser, const struct place *name_at,
		const char *name, const struct place *at, const char *value,
		struct error *err);

/*
 * The item of a text or of a list of texts. LIST of one text is that text;
 * *out_count of 0 is an error.
 */
int parse_texts(const struct yaml *yaml, const char *what,
		const struct yaml *const **out_items, size_t *out_count,
		struct error *err);
