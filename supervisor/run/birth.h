/* SPDX-License-Identifier: Apache-2.0 */
/*
 * birth.h - how a jail comes to be, in the order that the kernel allows.
 *
 *	supervisor
 *	   broker	user, mount, IPC, UTS namespaces; mount tree;
 *	      |		Landlock; workers; no privileges
 *	      init	pid 1 of the jail: /proc, reaping; dies with the broker
 *	      agent	pid 2: filter, then the command
 *
 * Where the run has a terminal, a session leader is pid 2, and the agent is
 * its child.
 *
 * The broker is an ancestor of all in the jail, since Yama and Landlock let
 * nobody else read a process, and is in no pid namespace that the jail sees.
 */
#pragma once

#include <signal.h>
#include <stdbool.h>

#include "enforce/privilege.h"

struct policy;
struct filter;
struct rows;
struct event_ring;

/* What a jail is made of; all of it outlives the birth. */
struct birth {
	const struct policy *policy;
	const struct filter *filter;
	const struct rows *rows; /* of the filter */
	struct event_ring *ring;
	struct identity identity;
	bool user_namespace; /* an ordinary user's way */
	char *const *argv;
	char *const *envp;
	const char *workdir;
	const char *program; /* its canonical path, or NULL: found by PATH */
	const char *const *hide; /* directories; NULL ends the list */
	/* What /tmp and /var/tmp are in the jail; NULL: the host's. */
	const char *tmp;
	const char *var_tmp;
	const char *denials; /* the file of the jail's denials */
	bool observe;	     /* of the rules only locks are enforced */
	unsigned terminals;  /* bits: which of 0, 1, 2 become the jail's own */
	bool foreground;     /* and whether the command begins in front */
	bool job_control; /* somebody could continue it, if it were stopped */
	/* What the command inherits, as the supervisor found it. */
	sigset_t signal_mask;
	struct sigaction sigpipe;
	struct sigaction sigxfsz;
};

/*
 * The broker's life, in a process that was forked for it and does nothing
 * else: makes the jail, tells CHANNEL_FD how it went (CHANNEL_READY comes with
 * the master of the jail's terminal, where it has one), waits for CHANNEL_GO,
 * and serves until the command has ended and nothing of the jail is left.
 */
_Noreturn void birth_broker(const struct birth *birth, int channel_fd);
