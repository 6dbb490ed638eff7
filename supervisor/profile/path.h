/* SPDX-License-Identifier: Apache-2.0 */
/*
 * path.h - the objects of rules on files: a path, or one of the few patterns.
 *
 * Pure text: nothing is looked up, so a link in a path is still one.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "profile/place.h"

struct arena;
struct error;
struct variables;

enum path_kind {
	PATH_TREE,     /* /a/b: that file, or that directory and all below */
	PATH_SELF,     /* /a/b/.: the directory alone */
	PATH_GLOB,     /* in the directory /a/b what matches the tail */
	PATH_ANYWHERE, /* /a, two stars, X/Y: every X/Y below /a */
	PATH_WRITTEN,  /* written:/a: what this run made or changed in /a */
};

struct path_object {
	enum path_kind kind;
	/* Absolute, without "." or ".." or a slash at the end but "/". */
	const char *anchor;
	/*
	 * Of the patterns: the last component, or up to PATH_TAIL_MAX, in
	 * which PATTERN_STAR and PATTERN_ONE (variables.h) match. Else NULL.
	 */
	const char *tail;
	const char *text; /* as a person writes it, variables replaced */
};

struct path_objects {
	size_t count;
	const struct path_object *items;
};

/*
 * The objects that TEXT stands for, one for each value of its variables, none
 * where one is empty, in ARENA.
 *
 *   -EINVAL   TEXT is no path of the language; *err says where and why
 *   -ENOMEM
 */
int path_parse(struct arena *arena, const struct variables *variables,
	       const struct place *at, const char *text,
	       struct path_objects *out_objects, struct error *err);

/* The same for a text that names paths alone: no character is a wildcard. */
int path_parse_plain(struct arena *arena, const struct variables *variables,
		     const struct place *at, const char *text,
		     struct path_objects *out_objects, struct error *err);

/*
 * TEXT as the language takes it: as it is where it begins as an object does,
 * else from BASE, which is absolute, with "." and ".." at its beginning taken
 * away. In ARENA or TEXT itself; NULL: no memory.
 */
const char *path_absolute(struct arena *arena, const char *base,
			  const char *text);

/*
 * Whether the LEN bytes at NAME match the component TAIL of TAIL_LEN bytes. As
 * in a shell a wildcard does not take a leading dot, unless DOTS.
 */
bool path_component_matches(const char *tail, size_t tail_len, const char *name,
			    size_t len, bool dots);

/* Whether the component of LEN bytes has a PATTERN_STAR or PATTERN_ONE. */
bool path_component_is_pattern(const char *tail, size_t len);

/* PREFIX and TEXT with the pattern characters as a person writes them. */
char *path_readable(struct arena *arena, const char *prefix, const char *text);
