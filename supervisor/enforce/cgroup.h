/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroup.h - the jail's own control group: to kill and to freeze all of it at
 * once, and to limit what it takes.
 *
 * It lies below the group that we are in, as agentjail-RUN, so that limits of
 * ours hold for the jail too; where a limit needs a controller that cannot be
 * had there, beside it, further up. Where systemd runs it lies in a transient
 * scope, which systemd gives away for that. Limits whose controllers are on
 * hierarchies of version 1 get a group of the same name there.
 *
 * Knows no policy. Sources: cgroups(7), Documentation/admin-guide/cgroup-v2.rst
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct cgroup;
struct error;
struct limits;

/*
 * Whether cgroup_make() can make a group here, WITH_LIMITS one with every
 * limit. Costs no process: a group is made and removed, or systemd asked
 * whether it is there.
 *
 *   as cgroup_make()
 */
int cgroup_probe(bool with_limits, struct error *err);

/*
 * Makes the group of the run RUN_ID, sets LIMITS and moves PID into it, which
 * must not have forked yet. Removes what runs have left that are no more. On
 * success *out_cgroup is freed by cgroup_freep().
 *
 *   -ENOENT       there is no hierarchy of version 2
 *   -EOPNOTSUPP   a limit has no controller here; the text names it
 *   -errno        of what we may not do here
 */
int cgroup_make(const char *run_id, const struct limits *limits, pid_t pid,
		struct cgroup **out_cgroup, struct error *err);

/* Sends SIGKILL to all that is in it, whatever it forks meanwhile. */
int cgroup_kill(const struct cgroup *cgroup, struct error *err);

/* Stops all that is in it, or lets it go on. Does not wait. */
int cgroup_freeze(const struct cgroup *cgroup, bool freeze, struct error *err);

/*
 * Waits until nothing runs in it.
 *
 *   -ETIMEDOUT   something still does after TIMEOUT_MS
 */
int cgroup_wait_empty(const struct cgroup *cgroup, int timeout_ms,
		      struct error *err);

/* Kills what is in it and removes it. *CGROUP may be NULL. */
void cgroup_freep(struct cgroup **cgroup);
