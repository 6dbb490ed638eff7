/* SPDX-License-Identifier: Apache-2.0 */
/*
 * privilege.h - who the agent is, and that it can never become more.
 *
 * Everything here acts on the calling thread alone: a thread that has not
 * called it keeps what it had. Sources: capabilities(7), credentials(7).
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct error;

#define IDENTITY_GROUPS_MAX 256

/* The ids that the agent and all that acts for it have. */
struct identity {
	uid_t uid;
	gid_t gid;
	int group_count;
	gid_t groups[IDENTITY_GROUPS_MAX];
	bool set_groups; /* false in a user namespace: they cannot be set */
};

/* No execve() gives privilege from now on; inherited by all children. */
int privilege_freeze(struct error *err);

/*
 * Takes the identity, empties every capability set, the bounding set too, and
 * locks SECBIT_NOROOT. The thread needs CAP_SETUID, CAP_SETGID and
 * CAP_SETPCAP; after it, it has none. A parent-death signal is lost by the
 * change of ids and must be set again. Safe after fork() in a thread's child.
 */
int privilege_drop(const struct identity *identity, struct error *err);

/* True where the thread has CAP_SYS_ADMIN, shown by an act that needs it. */
bool privilege_is_root(void);
