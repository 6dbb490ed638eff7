/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procfs.h - what of procfs means one thing to the agent and another to the
 * broker.
 *
 * The broker may read every process of its user, and any procfs but the jail's
 * own shows it, and itself: nothing is reached through such a one.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>

struct caller;

/* Whether FD lies on a procfs. */
bool procfs_has(int fd);

/* Whether FD, with identity ST, lies on a procfs that is not the jail's. */
bool procfs_is_foreign(int fd, const struct stat *st);

/*
 * Names a process's own directory on the jail's procfs as rules do: where PATH
 * begins with the number of the caller's, /proc/self takes its place.
 */
void procfs_name_self(const struct caller *caller, char path[PATH_MAX]);

/*
 * Whether PATH, as procfs_name_self() left it, is the memory of a process,
 * another one: who opens it traces that process.
 */
bool procfs_is_others_memory(const char *path);

/*
 * Whether PATH, on the jail's procfs, is the directory of the caller's own
 * descriptors.
 */
bool procfs_is_own_descriptors(const struct caller *caller, const char *path);
