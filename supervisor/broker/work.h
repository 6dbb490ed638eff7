/* SPDX-License-Identifier: Apache-2.0 */
/*
 * work.h - one notified call, from its receipt to its answer.
 *
 * What the files of the broker share while they answer it: who calls, what
 * was decided, what is to be answered. One worker's own; nothing is locked.
 */
#pragma once

#include <limits.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "broker/caller.h"
#include "policy/decide.h"

struct policy;
struct event_ring;
struct execs;
struct blocks;
struct net;

#define WORK_JUDGEMENTS 8 /* a script may have five interpreters */

/* What all workers of a broker share, unchanged once they run. */
struct office {
	const struct policy *policy;
	struct event_ring *ring;
	int listener;
	int proc_fd;  /* procfs of the broker's own pid namespace */
	int self_fd;  /* its self/fd: names of what the broker holds */
	int jail_fd;  /* pidfd of the jail's init */
	bool observe; /* of the rules only locks are enforced */
	/* Which power a call is and what it is answered; 0: none. */
	int (*power_of)(const void *ctx, const struct seccomp_data *data,
			enum abi_op *out_power);
	const void *power_ctx;
	dev_t memory_dev; /* of files that have no place: memfds */
	/*
	 * Held while names go and change, from resolve to act: for these the
	 * kernel takes a name and no descriptor.
	 */
	pthread_mutex_t *names;
	struct execs *execs;
	struct blocks *blocks;
	struct net *net; /* what is known of sockets and addresses */
};

struct judgement {
	enum abi_op op;
	bool by_seccomp;  /* the call alone told, not its object */
	bool is_observed; /* the verdict is recorded, and not enforced */
	struct decision decision;
	const char *object2; /* of a rename the other name; NULL: none */
	char object[PATH_MAX];
};

struct work {
	const struct office *office;
	struct seccomp_notif notice;
	struct caller caller;

	unsigned judgement_count;
	struct judgement judgements[WORK_JUDGEMENTS];
	bool killed; /* the jail ends; nobody is answered */

	bool goes_on; /* the kernel runs the call itself */

	int64_t value; /* the answer of a call that went well, */
	int inject_fd; /* or the descriptor that it gives; owned */
	bool inject_cloexec;
	/* Where it was made for this call: what goes if it cannot be given. */
	int made_dir; /* owned, or -1 */
	char made_name[NAME_MAX + 1];
};

/*
 * A handler acts and returns 0 (answer is in the work) or a negative errno to
 * answer with.
 */
typedef int work_handler(struct work *work);
