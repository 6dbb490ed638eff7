/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve.h - from a name in the agent's memory to the object it means.
 *
 * Knows how the kernel walks a path, and where a walk by somebody else must
 * differ: the caller's own directories and descriptors, /proc/self. Gives
 * descriptors (O_PATH), so that what is judged is what is acted on.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "broker/caller.h"

/* Where a walk begins and what it may cross, as the caller asked for it. */
struct resolve_start {
	const struct caller *caller;
	int dir_fd;	  /* the caller's number, or AT_FDCWD */
	uint64_t resolve; /* RESOLVE_* of openat2(2) */
	/*
	 * Where not NULL: takes the number of the caller's own descriptor that
	 * the path ended at (/dev/stderr, /proc/self/fd/2), else -1.
	 */
	int *held;
};

/*
 * Finds the object of PATH. FLAGS may have O_NOFOLLOW (a link is the object)
 * and O_DIRECTORY. Returns an O_PATH descriptor owned by the caller of this,
 * or the -errno that the kernel would give the agent.
 */
int resolve_object(const struct resolve_start *start, const char *path,
		   int flags);

/*
 * What the caller's descriptor of START is, or its working directory: an
 * O_PATH descriptor, or -EBADF.
 */
int resolve_descriptor(const struct resolve_start *start);

/*
 * Finds the directory that holds the last name of PATH, and that name, which
 * may be "." or "..", and is "" for "/". Trailing slashes are dropped and
 * said in *out_slash. Returns the directory's O_PATH descriptor or -errno.
 */
int resolve_parent(const struct resolve_start *start, const char *path,
		   char out_name[NAME_MAX + 1], bool *out_slash);

/*
 * True where the link NAME in DIR_FD lies on procfs and is of the kind that
 * jumps (fd/N, exe, cwd): such a link's text means nothing.
 */
bool resolve_is_magic(int dir_fd, const char *name);
