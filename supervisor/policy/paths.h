/* SPDX-License-Identifier: Apache-2.0 */
/*
 * paths.h - the paths of rules as a tree of components, for the hot path.
 *
 * A node is one path that a rule names or passes through. What a rule says is
 * not known here: an entry is its index. Looking up allocates nothing and
 * changes nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/path.h"

struct arena;

#define PATHS_NONE UINT32_MAX

/* A rule at a group. */
struct paths_entry {
	int rule;
	bool is_by_name; /* bound by the text itself, not by where it led */
	struct paths_entry *next;
};

/* All rules on one object: the same path, the same kind, the same pattern. */
struct paths_group {
	enum path_kind kind;
	const char *tail; /* of PATH_GLOB: the component's pattern */
	struct paths_entry *entries;
	struct paths_group *next;
};

struct paths_node {
	uint32_t parent;
	uint32_t anywhere; /* below it are the tails of "**" at this node */
	uint32_t depth;	   /* components of the path */
	uint32_t path_len; /* bytes of the path; 0 of "/" */
	uint32_t name_len;
	const char *name;
	struct paths_group *groups;
};

struct paths;

/* An empty tree in ARENA, or NULL. */
struct paths *paths_new(struct arena *arena);

/*
 * Puts RULE at the object. Returns its group, with the new entry first, or
 * NULL where there is no memory. *out_node is the node of the anchor.
 */
struct paths_group *paths_add(struct paths *paths, enum path_kind kind,
			      const char *anchor, const char *tail, int rule,
			      bool is_by_name, uint32_t *out_node);

/* Says that the object (DEV, INO) lies at NODE. False: no memory. */
bool paths_bind(struct paths *paths, uint32_t node, uint64_t dev, uint64_t ino);

/* The next node from AFTER on (PATHS_NONE: the first) that is (DEV, INO). */
uint32_t paths_bound(const struct paths *paths, uint64_t dev, uint64_t ino,
		     uint32_t after);

/* The root is 0, always there. */
const struct paths_node *paths_node(const struct paths *paths, uint32_t node);

/* The child of NODE by the LEN bytes at NAME, or PATHS_NONE. */
uint32_t paths_child(const struct paths *paths, uint32_t node, const char *name,
		     size_t len);

/*
 * The deepest node on the way to PATH, which is absolute and canonical;
 * *out_exact says whether it is PATH itself.
 */
uint32_t paths_find(const struct paths *paths, const char *path,
		    bool *out_exact);
