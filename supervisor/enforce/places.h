/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places.h - which directories of the mount tree need a mount of their own.
 *
 * A mount can be read-only and noexec as a whole. The tree has neither where
 * no rule lets anything change or execute; a place is a directory where that
 * differs from what is above it. Knows the policy and looks at the paths that
 * its rules name, at no others. Knows no mount.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct error;
struct policy;

struct place_mount {
	char *path; /* canonical; owned */
	bool writable;
	bool executable;
	bool is_directory;
	bool is_scratch; /* lies below a directory that becomes private */
};

struct places {
	bool root_writable;
	bool root_executable;
	bool scratch_executable; /* /tmp and its like */
	size_t count;		 /* of items, each after what is above it */
	struct place_mount *items;
};

/*
 * SCRATCH are the directories that become private (NULL ends the list), below
 * which every path of a loose rule must be bound, and so must EXTRA, paths
 * that are in scope by themselves (the same kind of list).
 */
struct places_spec {
	const struct policy *policy;
	const char *const *scratch;
	const char *const *extra;
	bool is_open; /* everything may change and execute */
};

/*
 * Fills *out_places, to be ended by places_endp().
 *
 *   -ENOMEM
 */
int places_make(const struct places_spec *spec, struct places *out_places,
		struct error *err);
void places_endp(struct places *places);
