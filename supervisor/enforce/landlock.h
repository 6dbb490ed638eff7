/* SPDX-License-Identifier: Apache-2.0 */
/*
 * landlock.h - the Landlock domain: a wall that holds whatever else fails.
 *
 * Knows Landlock's calls, rights and versions. Knows nothing of policies.
 * Source: Documentation/userspace-api/landlock.rst.
 */
#pragma once

#include <stdint.h>

struct error;

/* Groups of Landlock's rights on files, as rules on files speak of them. */
enum landlock_rights {
	LANDLOCK_READ = 1 << 0,	   /* open for reading, list */
	LANDLOCK_WRITE = 1 << 1,   /* open for writing, truncate */
	LANDLOCK_CREATE = 1 << 2,  /* make a name of any kind */
	LANDLOCK_DELETE = 1 << 3,  /* remove a name */
	LANDLOCK_EXECUTE = 1 << 4, /* execute */
};
#define LANDLOCK_ALL 0x1f

/* The version of Landlock that this kernel runs; 0: none. */
int landlock_version(void);

/*
 * Makes a ruleset that refuses every right on every file. On success *out_fd
 * is owned by the caller.
 *
 *   -ENOSYS, -EOPNOTSUPP   the kernel has no Landlock, or it is switched off
 */
int landlock_create(int *out_fd, struct error *err);

/*
 * Allows RIGHTS (of enum landlock_rights) on the object PATH_FD (O_PATH does)
 * and, where it is a directory, on all below it.
 */
int landlock_allow(int ruleset_fd, int path_fd, unsigned rights,
		   struct error *err);

/*
 * Puts the calling thread, and all that it starts from now on, behind the
 * ruleset, for ever. The thread must have no_new_privs or CAP_SYS_ADMIN.
 * Every later change of mounts fails for it.
 */
int landlock_enter(int ruleset_fd, struct error *err);
