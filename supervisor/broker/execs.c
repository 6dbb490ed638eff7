/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/execs.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define EXECS_MAX 256

struct file_id {
	dev_t dev;
	ino_t ino;
};

struct exec {
	pid_t tid;
	pid_t tgid;
	struct file_id before; /* what it executed when it called */
	struct file_id after;  /* what was judged */
};

struct execs {
	pthread_mutex_t lock;
	atomic_uint count; /* read without the lock, to skip it */
	struct exec items[EXECS_MAX];
};

struct execs *execs_new(void)
{
	struct execs *execs = calloc(1, sizeof(*execs));

	if (execs)
		pthread_mutex_init(&execs->lock, NULL);
	return execs;
}

static bool is_same(const struct file_id *a, const struct file_id *b)
{
	return a->dev == b->dev && a->ino == b->ino;
}

/* What the process executes; -errno where it has ended. */
static int executed(int proc_fd, pid_t tgid, struct file_id *out)
{
	char name[32];
	struct stat st;

	snprintf(name, sizeof(name), "%d/exe", tgid);
	if (fstatat(proc_fd, name, &st, 0) < 0)
		return -errno;
	*out = (struct file_id){ st.st_dev, st.st_ino };
	return 0;
}

int execs_expect(struct execs *execs, int proc_fd, pid_t tid, pid_t tgid,
		 const struct stat *expected)
{
	struct exec exec = {
		.tid = tid,
		.tgid = tgid,
		.after = { expected->st_dev, expected->st_ino },
	};
	int r = executed(proc_fd, tgid, &exec.before);

	if (r < 0)
		return r;
	pthread_mutex_lock(&execs->lock);
	if (execs->count == EXECS_MAX)
		r = -EAGAIN;
	else
		execs->items[execs->count++] = exec;
	pthread_mutex_unlock(&execs->lock);
	return r;
}

enum exec_state { EXEC_OPEN, EXEC_SETTLED, EXEC_FOREIGN };

/* Of two threads that execute at once one wins: any of theirs will do. */
static bool was_judged(const struct execs *execs, pid_t tgid,
		       const struct file_id *file)
{
	for (unsigned i = 0; i < execs->count; i++)
		if (execs->items[i].tgid == tgid &&
		    is_same(&execs->items[i].after, file))
			return true;
	return false;
}

static enum exec_state exec_look(const struct execs *execs,
				 const struct exec *exec, int proc_fd,
				 pid_t tid)
{
	struct file_id now;

	if (executed(proc_fd, exec->tgid, &now) < 0)
		return EXEC_SETTLED; /* it has ended */
	if (is_same(&now, &exec->before)) {
		/* The task itself is back: it failed, or is what it was. */
		if (exec->tid == tid || is_same(&exec->before, &exec->after))
			return EXEC_SETTLED;
		return EXEC_OPEN;
	}
	return was_judged(execs, exec->tgid, &now) ? EXEC_SETTLED
						   : EXEC_FOREIGN;
}

pid_t execs_check(struct execs *execs, int proc_fd, pid_t tid)
{
	enum exec_state states[EXECS_MAX];
	unsigned kept = 0;
	pid_t foreign = 0;

	if (!atomic_load(&execs->count))
		return 0;
	pthread_mutex_lock(&execs->lock);
	for (unsigned i = 0; i < execs->count; i++)
		states[i] = exec_look(execs, &execs->items[i], proc_fd, tid);
	for (unsigned i = 0; i < execs->count; i++) {
		if (states[i] == EXEC_FOREIGN)
			foreign = execs->items[i].tgid;
		if (states[i] != EXEC_SETTLED)
			execs->items[kept++] = execs->items[i];
	}
	execs->count = kept;
	pthread_mutex_unlock(&execs->lock);
	return foreign;
}
