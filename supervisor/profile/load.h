/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load.h - a profile and all that it extends, read from files.
 *
 * The only place of this floor that looks at the machine: it opens the files
 * that names and paths of profiles lead to, and nothing else.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "profile/limits.h"
#include "profile/profile.h"

/* Where names are looked up; a later directory may extend an earlier one's. */
struct profile_search {
	size_t count;
	const char *const *dirs;
};

/* A chain, resolved: constant once it is loaded. */
struct profile_set {
	size_t count;
	struct profile *profiles[PROFILE_CHAIN_MAX]; /* parents first */
	uint64_t inherits[PROFILE_CHAIN_MAX];	     /* bit I: from profile I */
	char *paths[PROFILE_CHAIN_MAX];		     /* real; NULL: no file */
	char *names[PROFILE_CHAIN_MAX]; /* a link that led there, or NULL */
	char *home;			/* NULL: not known */
};

/*
 * Loads NAME, or with a slash in it the file NAME, with all that it extends;
 * the last profile of the set is its own. The caller frees *out_set. DIRS and
 * VARIABLES are not kept.
 *
 *   -EINVAL   a text is no profile, extends itself, or hides a shipped name;
 *             or there is none of that name
 *   -errno    of reading a file
 */
int profile_load(const char *name, const struct profile_search *dirs,
		 const struct variables *variables,
		 struct profile_set **out_set, struct error *err);

/*
 * The same of COUNT profiles, which stand beside one another as the parents of
 * a list do: where they differ the stricter decides.
 */
int profile_load_all(const char *const *names, size_t count,
		     const struct profile_search *dirs,
		     const struct variables *variables,
		     struct profile_set **out_set, struct error *err);

/*
 * Makes CHILD the last of SET: it extends all of it. CHILD is the set's on
 * success, and the caller's still on failure.
 *
 *   -EINVAL   the chain is too long
 */
int profile_set_append(struct profile_set *set, struct profile *child,
		       struct error *err);

void profile_set_free(struct profile_set *set);

/* For CLEANUP(profile_set_freep). */
static inline void profile_set_freep(struct profile_set **set)
{
	profile_set_free(*set);
	*set = NULL;
}
