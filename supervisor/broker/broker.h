/* SPDX-License-Identifier: Apache-2.0 */
/*
 * broker.h - the threads that act on the agent's behalf.
 *
 * They live in one process per jail, which has the agent's ids and no
 * capabilities, stands in the jail's mount namespace and Landlock domain and
 * outside its pid namespace, and is an ancestor of all in it. They answer the
 * calls that the filter notifies: resolve, judge, act, on one object.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "bpf/abi.h"

struct policy;
struct event_ring;
struct net_resolvers;
struct error;
struct broker;
struct seccomp_data;

struct broker_spec {
	const struct policy *policy; /* read by all workers, never changed */
	struct event_ring *ring;     /* where events go, before answers */
	int proc_fd; /* procfs of the broker's own pid namespace; kept open */
	int jail_fd; /* pidfd of the jail's init: its death is the jail's */
	const struct net_resolvers *resolvers; /* the host's; copied */
	bool observe; /* of the rules only locks are enforced */
	/* Which power a call is and what it is answered; 0: none. */
	int (*power_of)(const void *ctx, const struct seccomp_data *data,
			enum abi_op *out_power);
	const void *power_ctx;
	/* Takes a new thread's privileges away; 0 or -errno. */
	int (*settle)(void *ctx, struct error *err);
	void *settle_ctx;
};

/*
 * Starts the first worker, which waits for the listener. Before the caller
 * enters another pid namespace, since no thread starts after that; after it
 * entered the Landlock domain, since a thread in none would act outside it.
 * The broker lives as long as its process.
 *
 *   -errno   of what it opens on procfs, or of settle()
 */
int broker_start(const struct broker_spec *spec, struct broker **out_broker,
		 struct error *err);

/* Gives the listener to the workers, who own it and answer from now on. */
void broker_serve(struct broker *broker, int listener);

/*
 * A call that the broker answers. Where MASK is not 0 it is one bit, and only
 * calls with (argument ARG & MASK) == VALUE come here; the others run. Where
 * IS_SET, only calls whose argument ARG is not 0.
 */
struct broker_call {
	int number;
	uint8_t arg;
	uint32_t mask;
	uint32_t value;
	bool is_set;
};

/*
 * Calls FN for each that POLICY cannot do without, until one is not 0, and
 * returns that.
 */
int broker_calls_each(const struct policy *policy,
		      int (*fn)(void *ctx, const struct broker_call *call),
		      void *ctx);
