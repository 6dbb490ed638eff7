/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks.h - a jail's forks, execs and exits, seen in the kernel.
 *
 * Knows the eBPF half and its maps. Knows neither policy nor what events are
 * for. It sees; it never holds or refuses anything.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

struct observer;

#define OBSERVER_RING_BYTES ((size_t)4 << 20)

/* What was not seen. All 0: nothing is missing from the events. */
struct observer_loss {
	uint64_t fork; /* no room in the ring: reported late or never again */
	uint64_t exec;
	uint64_t exit;
	uint64_t enrol;	 /* a task was not marked as the jail's at its birth */
	uint64_t missed; /* the kernel did not run a program that was due */
	uint64_t last_seq; /* the last event's number, had it room or not */
};

/*
 * Loads and attaches the programs, with a ring of RING_BYTES: a power of two
 * and of whole pages. On success *out_observer is the caller's. On failure
 * nothing is attached, and *err says what was refused, why that is likely to
 * be and what to do:
 *
 *   -EINVAL   RING_BYTES is none
 *   -EPERM    neither root nor the capabilities, or a kernel that refuses
 *   -errno    of libbpf
 */
int observer_open(size_t ring_bytes, struct observer **out_observer,
		  struct error *err);

/*
 * From here on the process of PIDFD and all that descends from it are seen.
 * It must be the first of a pid namespace of its own, and not have forked yet.
 * Once for each observer.
 *
 *   -EBUSY    another process is enrolled
 *   -EINVAL   it is in this process's own pid namespace
 *   -ESRCH    it has ended
 *   -errno    of bpf(2)
 */
int observer_enroll(struct observer *observer, int pidfd, struct error *err);

/*
 * Readable when the ring is more than half full, and at any look while there
 * is something in it. Events wake nobody before that: look at least every
 * 50 ms. The observer keeps the descriptor.
 */
int observer_fd(const struct observer *observer);

/*
 * Hands on what is in the ring, a bounded number of events, in the ring's
 * order; of two processors the later number can come first. Texts live as long
 * as the call of FN.
 *
 *   fork   pid: the new process; ppid: who made it; exe: what both run
 *   exec   exe: what ran before; object: the file that the kernel took;
 *	    object2: the name that was asked for, where it is another (a
 *	    script; a relative path); an object without a leading slash is in
 *	    no directory (a memfd), or was cut (ABI_EVENT_TRUNCATED)
 *   exit   error: the wait status, of the whole process
 *
 * Returns how many there were, or
 *
 *   -EPROTO   the ring holds no event
 *   what FN returned below 0; that event counts as handed on
 */
int observer_drain(struct observer *observer, event_fn *fn, void *ctx,
		   struct error *err);

/* What is lost until now, also of events that were not drained yet. */
int observer_lost(const struct observer *observer,
		  struct observer_loss *out_loss, struct error *err);

/* Detaches all. NULL is no observer. */
void observer_close(struct observer *observer);

static inline void observer_closep(struct observer **observer)
{
	observer_close(*observer);
	*observer = NULL;
}
