/* SPDX-License-Identifier: Apache-2.0 */
#include "event/ring.h"

#include <assert.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#include "base/error.h"
#include "base/own.h"
#include "terms/verdict.h"

#define SIZE_MIN_BYTES ((size_t)32 << 10)
#define SIZE_MAX_BYTES ((size_t)1 << 30)
#define WAIT_NS 10000000

static_assert(ABI_EVENT_SIZE_MAX < SIZE_MIN_BYTES / 2, "two records fit");

/*
 * What both map. Positions count bytes and run on; their low bits are the
 * place in data. Each side keeps its own position to itself and only tells it
 * here, so that neither can move the other's.
 */
struct shared {
	uint32_t head; /* the writer's: up to here records are whole */
	uint32_t pad1[15];
	uint32_t tail;	  /* the reader's: up to here they may be overwritten */
	uint32_t waiting; /* a writer sleeps on tail */
	uint32_t pad2[14];
	unsigned char data[];
};

struct event_ring {
	struct shared *shared;
	size_t map_size;
	uint32_t size;
	enum abi_source source;
	int wake_fd;
	/* The writer's side. */
	pthread_mutex_t lock;
	uint32_t head;
	uint64_t seq;
	unsigned char out[ABI_EVENT_SIZE_MAX];
	/* The reader's side. */
	uint32_t tail;
	bool broken;
	unsigned char in[ABI_EVENT_SIZE_MAX];
};

int event_ring_create(size_t size, enum abi_source source,
		      struct event_ring **out_ring, struct error *err)
{
	CLEANUP(event_ring_freep) struct event_ring *ring = NULL;
	void *map;

	if (size < SIZE_MIN_BYTES || size > SIZE_MAX_BYTES ||
	    (size & (size - 1)))
		return error_say(err, -EINVAL, "event ring of %zu bytes", size);
	ring = calloc(1, sizeof(*ring));
	if (!ring)
		return error_set(err, -ENOMEM, "event ring");
	pthread_mutex_init(&ring->lock, NULL);
	ring->wake_fd = -1;
	ring->source = source;
	ring->size = (uint32_t)size;
	/*
	 * Anonymous: there is no descriptor through which either side could
	 * cut the memory short under the other.
	 */
	map = mmap(NULL, sizeof(struct shared) + size, PROT_READ | PROT_WRITE,
		   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED)
		return error_set(err, -errno, "event ring: mmap");
	ring->shared = map;
	ring->map_size = sizeof(struct shared) + size;
	ring->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (ring->wake_fd < 0)
		return error_set(err, -errno, "event ring: eventfd");
	*out_ring = TAKE_PTR(ring);
	return 0;
}

int event_ring_fd(const struct event_ring *ring)
{
	return ring->wake_fd;
}

void event_ring_free(struct event_ring *ring)
{
	if (!ring)
		return;
	fd_closep(&ring->wake_fd);
	if (ring->shared)
		munmap(ring->shared, ring->map_size);
	pthread_mutex_destroy(&ring->lock);
	free(ring);
}

/* A counter that is full already wakes the reader just as well. */
static void reader_wake(const struct event_ring *ring)
{
	const uint64_t one = 1;
	ssize_t n = write(ring->wake_fd, &one, sizeof(one));

	(void)n;
}

/* Sleeps until the reader has moved on from TAIL, or a little while. */
static void wait_for_room(struct event_ring *ring, uint32_t tail)
{
	const struct timespec timeout = { .tv_nsec = WAIT_NS };
	struct shared *shared = ring->shared;

	__atomic_store_n(&shared->waiting, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &shared->tail, FUTEX_WAIT, tail, &timeout, NULL, 0);
}

static void copy_in(struct event_ring *ring, size_t len)
{
	const uint32_t at = ring->head & (ring->size - 1);
	const size_t first = ring->size - at < len ? ring->size - at : len;

	memcpy(ring->shared->data + at, ring->out, first);
	memcpy(ring->shared->data, ring->out + first, len - first);
}

static void copy_out(struct event_ring *ring, size_t len)
{
	const uint32_t at = ring->tail & (ring->size - 1);
	const size_t first = ring->size - at < len ? ring->size - at : len;

	memcpy(ring->in, ring->shared->data + at, first);
	memcpy(ring->in + first, ring->shared->data, len - first);
}

/* With the lock held: the LEN bytes of ring->out become the next record. */
static void record_push(struct event_ring *ring, size_t len, bool urgent)
{
	struct shared *shared = ring->shared;
	const uint32_t half = ring->size / 2;
	uint32_t used;

	for (;;) {
		uint32_t tail =
			__atomic_load_n(&shared->tail, __ATOMIC_SEQ_CST);

		used = ring->head - tail;
		if (used + len <= ring->size)
			break;
		reader_wake(ring);
		wait_for_room(ring, tail);
	}
	copy_in(ring, len);
	ring->head += (uint32_t)len;
	__atomic_store_n(&shared->head, ring->head, __ATOMIC_RELEASE);
	if (urgent || (used <= half && used + len > half))
		reader_wake(ring);
}

int event_ring_write(struct event_ring *ring, const struct event *event,
		     struct error *err)
{
	struct event stamped = *event;
	size_t len = 0;
	int r;

	stamped.source = ring->source;
	pthread_mutex_lock(&ring->lock);
	stamped.seq = ring->seq + 1;
	r = event_encode(&stamped, ring->out, sizeof(ring->out), &len, err);
	if (r == 0) {
		ring->seq++;
		record_push(ring, len, !verdict_is_loose(event->verdict));
	}
	pthread_mutex_unlock(&ring->lock);
	return r;
}

/* Copies the record at the tail, of AVAILABLE bytes at most, and checks it. */
static int record_pull(struct event_ring *ring, uint32_t available,
		       struct event *out_event, struct error *err)
{
	const uint32_t at = ring->tail & (ring->size - 1);
	struct event event;
	uint32_t len;
	int r;

	/* Once: the memory may change between two looks at it. */
	len = __atomic_load_n((uint32_t *)(ring->shared->data + at),
			      __ATOMIC_RELAXED);
	if (len < sizeof(struct abi_event) || len > sizeof(ring->in) ||
	    len % 8 || len > available)
		return error_say(err, -EPROTO, "event record: size %u", len);
	copy_out(ring, len);
	r = event_decode(ring->in, len, &event, err);
	if (r < 0)
		return r;
	if (event.source != ring->source)
		return error_say(err, -EPROTO, "event record: source %s",
				 event_source_name(event.source));
	ring->tail += len;
	*out_event = event;
	return 0;
}

/* Tells the writer how far the reader is, and wakes it if it sleeps. */
static void tail_publish(struct event_ring *ring)
{
	struct shared *shared = ring->shared;

	__atomic_store_n(&shared->tail, ring->tail, __ATOMIC_SEQ_CST);
	if (__atomic_exchange_n(&shared->waiting, 0, __ATOMIC_SEQ_CST))
		syscall(SYS_futex, &shared->tail, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/* Hands on what lies between the tail and HEAD. */
static int records_read(struct event_ring *ring, uint32_t head, event_fn *fn,
			void *ctx, struct error *err)
{
	int count = 0;

	while (ring->tail != head) {
		struct event event;
		int r = record_pull(ring, head - ring->tail, &event, err);

		if (r < 0) {
			ring->broken = true;
			return error_wrap(err, "event ring");
		}
		tail_publish(ring);
		r = fn(ctx, &event);
		if (r < 0)
			return r;
		count++;
	}
	return count;
}

int event_ring_read(struct event_ring *ring, event_fn *fn, void *ctx,
		    struct error *err)
{
	uint64_t wakes;
	uint32_t head;
	ssize_t n;

	if (ring->broken)
		return error_say(err, -EPROTO, "event ring: broken before");
	/* Cleared first: what is written from here on wakes again. */
	n = read(ring->wake_fd, &wakes, sizeof(wakes));
	(void)n;
	head = __atomic_load_n(&ring->shared->head, __ATOMIC_ACQUIRE);
	if (head - ring->tail > ring->size || head % 8) {
		ring->broken = true;
		return error_say(err, -EPROTO,
				 "event ring: head %u, tail %u, size %u", head,
				 ring->tail, ring->size);
	}
	return records_read(ring, head, fn, ctx, err);
}
