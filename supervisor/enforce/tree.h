/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree.h - the jail's mount tree: the host's, less what no rule lets happen.
 *
 * Nothing but what `hide` names is left out, since a violation shall be seen.
 * nosuid everywhere; no devices but in a new /dev; read-only where no rule
 * lets anything change, noexec where none lets anything execute; a private
 * /tmp, /var/tmp and /dev/shm.
 */
#pragma once

#include <stdbool.h>

struct error;
struct policy;

/* Where the jail finds the file of its denials. */
#define TREE_DENIALS "/dev/agentjail/denied"

struct tree_spec {
	const struct policy *policy;
	/* Directories that become /tmp and /var/tmp; NULL: the host's stay. */
	const char *tmp;
	const char *var_tmp;
	const char *denials; /* becomes TREE_DENIALS; NULL: nothing does */
	bool is_open;	     /* whatever rules say, everything may happen */
	/* Lists that end in NULL. */
	const char *const *hide;  /* directories, closed and empty */
	const char *const *extra; /* in scope by themselves */
};

/*
 * Makes the tree in the caller's own mount namespace, with the privileges that
 * mounting takes.
 *
 *   -ENOMEM
 *   -errno   of the mount calls; *err says which place
 */
int tree_make(const struct tree_spec *spec, struct error *err);
