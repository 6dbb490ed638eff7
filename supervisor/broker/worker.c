/* SPDX-License-Identifier: Apache-2.0 */
/*
 * worker.c - the threads that receive calls and answer them.
 *
 * Some workers are always parked at the listener, up to a limit of calls that
 * block: a call that nobody has received can fail with EINTR for a signal
 * that would not have cut it short without us.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/own.h"
#include "broker/block.h"
#include "broker/broker.h"
#include "broker/calls.h"
#include "broker/execs.h"
#include "broker/judge.h"
#include "broker/listener.h"
#include "broker/net.h"
#include "broker/open.h"
#include "broker/work.h"

#define WORKERS_MAX 66 /* 64 calls that block, and two that wait */
#define PARKED_MIN 2
#define STACK_BYTES ((size_t)256 * 1024)

struct broker {
	struct office office;
	int (*settle)(void *ctx, struct error *err);
	void *settle_ctx;
	sem_t settled; /* posted once by each worker that started */
	sem_t serving; /* posted when the listener is there */
	atomic_int parked;
	atomic_int total;
	pthread_mutex_t names;
	struct error err; /* of the first worker, where it could not settle */
};

static int worker_spawn(struct broker *broker);

/* Keeps enough workers parked. What cannot be had is done without. */
static void workers_grow(struct broker *broker)
{
	while (atomic_load(&broker->parked) < PARKED_MIN &&
	       atomic_load(&broker->total) < WORKERS_MAX) {
		if (worker_spawn(broker) < 0)
			return;
	}
}

/* What the record says of it: a connection that is begun has not failed. */
static int outcome_recorded(int outcome)
{
	if (outcome == -EINPROGRESS)
		return 0;
	return outcome == -BLOCK_RESTART ? -EINTR : outcome;
}

static void work_finish(struct work *work, int outcome)
{
	const int listener = work->office->listener;
	const uint64_t id = work->notice.id;

	judge_record(work, outcome_recorded(outcome));
	if (work->killed) {
		fd_closep(&work->inject_fd);
		fd_closep(&work->made_dir);
		return; /* the answer is SIGKILL */
	}
	if (outcome == 0 && work->inject_fd >= 0) {
		int number = listener_inject(listener, id, work->inject_fd,
					     work->inject_cloexec);

		if (number < 0) {
			open_undo(work);
			outcome = number;
		} else {
			work->value = number;
		}
	}
	fd_closep(&work->inject_fd);
	fd_closep(&work->made_dir);
	if (outcome == 0 && work->goes_on)
		listener_continue(listener, id);
	else
		listener_answer(listener, id, outcome, work->value);
}

static void work_do(struct work *work)
{
	work_handler *handler = call_handler(work->notice.data.nr);
	int outcome = -EACCES; /* nothing is let through for being unknown */

	work->judgement_count = 0;
	work->killed = false;
	work->goes_on = false;
	work->value = 0;
	work->inject_fd = -1;
	work->made_dir = -1;
	work->caller.proc_fd = work->office->proc_fd;
	work->caller.tid = (pid_t)work->notice.pid;
	if (execs_check(work->office->execs, work->office->proc_fd,
			work->caller.tid))
		judge_foreign(work);
	else if (handler && work->caller.tid > 0)
		outcome = handler(work);
	work_finish(work, outcome);
}

static void worker_serve(struct broker *broker, struct work *work)
{
	const int listener = broker->office.listener;

	for (;;) {
		int r = listener_receive(listener, &work->notice);

		if (r == -EINTR)
			continue;
		if (r == -ENOENT && listener_has_callers(listener))
			continue;
		if (r < 0)
			return;
		if (atomic_fetch_sub(&broker->parked, 1) <= PARKED_MIN)
			workers_grow(broker);
		work_do(work);
		atomic_fetch_add(&broker->parked, 1);
	}
}

/*
 * A worker has a umask of its own, since files are made with the caller's, and
 * stands in self/fd: "N" is the broker's descriptor N to every call that takes
 * nothing but a path.
 */
static void *worker_main(void *arg)
{
	CLEANUP(freep) struct work *work = calloc(1, sizeof(*work));
	struct broker *broker = arg;
	struct error err = { 0 };
	int r = 0;

	if (!work)
		r = error_set(&err, -ENOMEM, "worker");
	else if (unshare(CLONE_FS) < 0 || fchdir(broker->office.self_fd) < 0)
		r = error_set(&err, -errno, "worker");
	else if (broker->settle) /* later ones inherit from the first */
		r = broker->settle(broker->settle_ctx, &err);
	if (r < 0 && broker->settle)
		broker->err = err;
	broker->settle = NULL;
	sem_post(&broker->settled);
	if (r < 0)
		return NULL;
	while (sem_wait(&broker->serving) < 0)
		;
	sem_post(&broker->serving); /* for the next one */
	work->office = &broker->office;
	worker_serve(broker, work);
	return NULL;
}

static int worker_spawn(struct broker *broker)
{
	pthread_attr_t attr;
	pthread_t thread;
	int r;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	atomic_fetch_add(&broker->parked, 1);
	atomic_fetch_add(&broker->total, 1);
	r = pthread_create(&thread, &attr, worker_main, broker);
	pthread_attr_destroy(&attr);
	if (r != 0) {
		atomic_fetch_sub(&broker->parked, 1);
		atomic_fetch_sub(&broker->total, 1);
	}
	return -r;
}

/* The device that memfds lie on, which no path leads to. */
static int memory_dev(dev_t *out_dev, struct error *err)
{
	CLEANUP(fd_closep) int fd = memfd_create("probe", MFD_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_set(err, -errno, "memfd");
	*out_dev = st.st_dev;
	return 0;
}

static int office_open(struct office *office, const struct broker_spec *spec,
		       struct error *err)
{
	*office = (struct office){
		.policy = spec->policy,
		.ring = spec->ring,
		.proc_fd = spec->proc_fd,
		.jail_fd = spec->jail_fd,
		.observe = spec->observe,
		.power_of = spec->power_of,
		.power_ctx = spec->power_ctx,
		.names = office->names,
		.execs = office->execs,
		.blocks = office->blocks,
		.net = office->net,
		.listener = -1,
		.self_fd = openat(spec->proc_fd, "self/fd",
				  O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	if (office->self_fd < 0)
		return error_set(err, -errno, "/proc/self/fd");
	return memory_dev(&office->memory_dev, err);
}

int broker_start(const struct broker_spec *spec, struct broker **out_broker,
		 struct error *err)
{
	CLEANUP(freep) struct broker *broker = calloc(1, sizeof(*broker));
	int r;

	if (!broker)
		return error_set(err, -ENOMEM, "broker");
	broker->settle = spec->settle;
	broker->settle_ctx = spec->settle_ctx;
	sem_init(&broker->settled, 0, 0);
	sem_init(&broker->serving, 0, 0);
	pthread_mutex_init(&broker->names, NULL);
	broker->office.names = &broker->names;
	broker->office.execs = execs_new();
	broker->office.blocks = blocks_new();
	broker->office.net = net_new(spec->resolvers);
	if (!broker->office.execs || !broker->office.blocks ||
	    !broker->office.net)
		return error_set(err, -ENOMEM, "broker");
	r = office_open(&broker->office, spec, err);
	if (r < 0)
		return r;
	r = worker_spawn(broker);
	if (r < 0)
		return error_set(err, r, "first worker");
	while (sem_wait(&broker->settled) < 0)
		;
	if (broker->err.code) {
		*err = broker->err;
		return error_wrap(err, "first worker");
	}
	*out_broker = TAKE_PTR(broker);
	return 0;
}

void broker_serve(struct broker *broker, int listener)
{
	broker->office.listener = listener;
	listener_tune(listener);
	sem_post(&broker->serving);
}
