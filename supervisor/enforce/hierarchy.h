/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hierarchy.h - where the cgroup hierarchies are mounted, and where in them a
 * process stands.
 *
 * Sources: cgroups(7), Documentation/admin-guide/cgroup-v2.rst.
 */
#pragma once

#include <limits.h>
#include <sys/types.h>

struct error;

/* Where it is, as paths of this process's mount namespace. */
struct hierarchy {
	char root[PATH_MAX]; /* where it is mounted */
	char own[PATH_MAX];  /* the process's own group: root, or below it */
};

/*
 * Finds the hierarchy of version 1 with CONTROLLER ("memory"), or with NULL
 * that of version 2, and the group of PID in it (0: of the calling process).
 *
 *   -ENOENT   there is none, or it is not mounted here
 *   -errno    of reading /proc
 */
int hierarchy_find(const char *controller, pid_t pid,
		   struct hierarchy *out_hierarchy, struct error *err);
