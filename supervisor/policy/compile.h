/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compile.h - a chain of profiles to a policy.
 *
 * Looks at the machine only through the host that it is given, and there only
 * at the paths that rules name: no directory is walked.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct policy;
struct profile_set;

/* What a path led to. */
struct policy_binding {
	char path[PATH_MAX]; /* absolute, without links as far as it exists */
	size_t found; /* how much of it exists: up to the end, or a slash */
	bool exists;
	bool is_directory;
	uint64_t dev, ino; /* where it exists */
};

struct policy_host {
	void *context;
	/*
	 * Follows the links in PATH (absolute). What does not exist keeps its
	 * name below what does. Returns 0 or -errno; what cannot be looked at
	 * (-EACCES, -ELOOP, ...) is bound by its name alone.
	 */
	int (*resolve)(void *context, const char *path,
		       struct policy_binding *out_binding);
};

/*
 * Compiles SET; HOST may be NULL: then names alone are bound. The caller frees
 * *out_policy, which keeps nothing of SET.
 *
 *   -EINVAL   two rules of one profile contradict each other, parents do, or
 *             there are too many rules; *err says where
 *   -ENOMEM
 */
int policy_compile(const struct profile_set *set,
		   const struct policy_host *host, struct policy **out_policy,
		   struct error *err);
