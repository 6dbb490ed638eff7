/* SPDX-License-Identifier: Apache-2.0 */
/*
 * procfs.h - what of procfs means one thing to the agent and another to the
 * broker.
 *
 * The broker may read every process of its user, and any procfs but the jail's
 * own shows it, and itself: nothing is reached through such a one.
 */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>

struct caller;

/* Whether FD lies on a procfs. */
bool procfs_has(int fd);

/* Whether FD, with identity ST, lies on a procfs that is not the jail's. */
bool procfs_is_foreign(int fd, const struct stat *st);

/*
 * Whether PATH, on the jail's procfs, is the memory of another process than
 * the caller's: who opens it traces that process.
 */
bool procfs_is_others_memory(const struct caller *caller, const char *path);

/*
 * Whether PATH, on the jail's procfs, is the directory of the caller's own
 * descriptors.
 */
bool procfs_is_own_descriptors(const struct caller *caller, const char *path);
