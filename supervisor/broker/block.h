/* SPDX-License-Identifier: Apache-2.0 */
/*
 * block.h - calls on the agent's behalf that may wait long.
 *
 * Bare a signal ends such a call. Here a worker waits and the signal comes to
 * the agent, so a watcher looks for it and ends the worker's wait.
 */
#pragma once

/* The kernel's own ERESTARTSYS, which no program sees; linux/errno.h. */
#define BLOCK_RESTART 512

struct blocks;
struct work;

/* Returns NULL where there is no memory. Lives as long as its process. */
struct blocks *blocks_new(void);

/*
 * Says that the calling worker is about to wait: until block_end() its system
 * call fails with EINTR once the caller has a signal to handle or is gone.
 *
 *   -EAGAIN   too many wait already
 */
int block_begin(struct work *work);
void block_end(struct work *work);

/*
 * The answer to a wait that failed with EINTR: the number by which the kernel
 * lets the call begin anew, or fail with EINTR, as the signal's handler wants
 * it (seccomp_unotify(2)); 0 where there is no signal, and to be waited on.
 */
int block_interrupted(struct work *work);
