/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/block.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "broker/listener.h"
#include "broker/work.h"

#define BLOCKS_MAX 64
#define TICK_NS 50000000L /* how late a signal may be seen */
#define WAKE_SIGNAL SIGUSR1

struct block {
	struct work *work; /* NULL: a free slot */
	pthread_t worker;
};

struct blocks {
	pthread_mutex_t lock;
	pthread_cond_t some; /* there is somebody to watch */
	unsigned count;
	bool is_watched;
	struct block items[BLOCKS_MAX];
};

static void wake(int number)
{
	(void)number;
}

struct blocks *blocks_new(void)
{
	struct blocks *blocks = calloc(1, sizeof(*blocks));
	const struct sigaction action = { .sa_handler = wake };

	if (!blocks)
		return NULL;
	/* Without SA_RESTART: what the worker waits in shall fail. */
	sigaction(WAKE_SIGNAL, &action, NULL);
	pthread_mutex_init(&blocks->lock, NULL);
	pthread_cond_init(&blocks->some, NULL);
	return blocks;
}

static bool is_over(struct work *work)
{
	return caller_has_signal(&work->caller) ||
	       !listener_is_waiting(work->office->listener, work->notice.id);
}

/*
 * Wakes each time anew: a worker may have begun to wait just after the last
 * signal came.
 */
static void *watch(void *arg)
{
	const struct timespec tick = { .tv_nsec = TICK_NS };
	struct blocks *blocks = arg;

	for (;;) {
		pthread_mutex_lock(&blocks->lock);
		while (!blocks->count)
			pthread_cond_wait(&blocks->some, &blocks->lock);
		for (unsigned i = 0; i < BLOCKS_MAX; i++) {
			const struct block *block = &blocks->items[i];

			if (block->work && is_over(block->work))
				pthread_kill(block->worker, WAKE_SIGNAL);
		}
		pthread_mutex_unlock(&blocks->lock);
		nanosleep(&tick, NULL);
	}
	return NULL;
}

/* With the lock held. Workers can start threads; the main thread cannot. */
static int watcher_start(struct blocks *blocks)
{
	pthread_t thread;
	int r;

	if (blocks->is_watched)
		return 0;
	r = pthread_create(&thread, NULL, watch, blocks);
	if (r != 0)
		return -r;
	pthread_detach(thread);
	blocks->is_watched = true;
	return 0;
}

static struct block *slot_of(struct blocks *blocks, const struct work *work)
{
	for (unsigned i = 0; i < BLOCKS_MAX; i++)
		if (blocks->items[i].work == work)
			return &blocks->items[i];
	return NULL;
}

int block_begin(struct work *work)
{
	struct blocks *blocks = work->office->blocks;
	struct block *block;
	int r;

	pthread_mutex_lock(&blocks->lock);
	r = watcher_start(blocks);
	block = slot_of(blocks, NULL);
	if (r == 0 && !block)
		r = -EAGAIN;
	if (r == 0) {
		block->work = work;
		block->worker = pthread_self();
		blocks->count++;
		pthread_cond_signal(&blocks->some);
	}
	pthread_mutex_unlock(&blocks->lock);
	return r;
}

void block_end(struct work *work)
{
	struct blocks *blocks = work->office->blocks;
	struct block *block;

	pthread_mutex_lock(&blocks->lock);
	block = slot_of(blocks, work);
	block->work = NULL;
	blocks->count--;
	pthread_mutex_unlock(&blocks->lock);
}

int block_interrupted(struct work *work)
{
	if (caller_has_signal(&work->caller))
		return -BLOCK_RESTART;
	return listener_is_waiting(work->office->listener, work->notice.id)
		       ? 0
		       : -EINTR;
}
