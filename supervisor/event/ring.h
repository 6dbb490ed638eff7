/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ring.h - events from one process's threads to another process, through
 * memory that both map. Nothing is ever dropped: a full ring makes the writer
 * wait, so that what it was about to answer waits with it.
 *
 * Made before the fork that parts writer and reader; afterwards one process
 * only writes and the other only reads. The reader takes the memory for
 * hostile: a writer that was taken over can make it fail, and no more.
 */
#pragma once

#include <stddef.h>

#include "event/event.h"

struct event_ring;

/*
 * A ring of SIZE bytes, a power of two from 32 KiB to 1 GiB, for the events
 * of SOURCE. On success *out_ring belongs to the caller.
 *
 *   -EINVAL   SIZE is none of these
 *   -errno    of mmap(2) or eventfd(2)
 */
int event_ring_create(size_t size, enum abi_source source,
		      struct event_ring **out_ring, struct error *err);

/*
 * Writes EVENT with the ring's source and next number, in place of what it
 * has there. From any thread. Waits for as long as the ring is full: the
 * reader must read for as long as there are writers.
 *
 *   -EINVAL   EVENT is not well-formed; no number was taken
 */
int event_ring_write(struct event_ring *ring, const struct event *event,
		     struct error *err);

/*
 * Hands each event that is there at the time of the call to FN, in order. The
 * events' texts live as long as the call of FN. From one thread. Returns how
 * many there were, or
 *
 *   -EPROTO   the memory holds what no writer makes; so does every later call
 *   what FN returned below 0; that event counts as read
 */
int event_ring_read(struct event_ring *ring, event_fn *fn, void *ctx,
		    struct error *err);

/*
 * Readable after an event that is not loose was written, or when the ring got
 * more than half full; event_ring_read() clears it. Other events wake nobody:
 * look at least every 50 ms. The ring keeps the descriptor.
 */
int event_ring_fd(const struct event_ring *ring);

/* Unmaps this process's view. NULL is no ring. */
void event_ring_free(struct event_ring *ring);

static inline void event_ring_freep(struct event_ring **ring)
{
	event_ring_free(*ring);
	*ring = NULL;
}
