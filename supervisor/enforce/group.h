/* SPDX-License-Identifier: Apache-2.0 */
/*
 * group.h - one directory of a cgroup hierarchy that belongs to a run.
 *
 * Its maker holds a lock on it for as long as it lives. What bears such a name
 * and nobody has locked is left over, and goes.
 */
#pragma once

#include <limits.h>
#include <sys/types.h>

struct error;

#define GROUP_PREFIX "agentjail-"

struct group {
	char path[PATH_MAX]; /* "": there is none */
	int fd;
};

/* Makes the group GROUP_PREFIX NAME in PARENT; to be ended by group_endp(). */
int group_make(const char *parent, const char *name, struct group *out_group,
	       struct error *err);

/* Moves PID into it. */
int group_enter(const struct group *group, pid_t pid, struct error *err);

/* Removes it; nothing may run in it. What cannot be removed stays. */
void group_endp(struct group *group);

/* Removes what was left over in PARENT. */
void group_prune(const char *parent);
