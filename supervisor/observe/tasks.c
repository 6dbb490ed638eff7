/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/tasks.h"

#include <assert.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"
#include "bpf/agentjail.skel.h"
#include "bpf/maps.h"
#include "observe/programs.h"
#include "observe/refusal.h"

#define DRAIN_MAX 16384 /* events: so that no flood keeps the caller here */

struct observer {
	struct agentjail_bpf *bpf;
	struct ring_buffer *ring;
	struct programs *programs;
	int ns_fd; /* keeps the jail's pid namespace, and so its address */
	/* Of the drain under way. */
	event_fn *fn;
	void *ctx;
	struct error *err;
	int drained;
	int refused; /* what ended it: below 0 */
};

static int event_complete(struct observer *observer, struct event *event)
{
	const bool is_fork = event->op == ABI_OP_FORK;
	const struct event_text asked = event->object2;

	event->exe = programs_get(observer->programs,
				  is_fork ? event->ppid : event->pid);
	/* The name that was asked for says nothing where it is the file's. */
	if (asked.len == event->object.len &&
	    memcmp(asked.at, event->object.at, asked.len) == 0)
		event->object2.len = 0;
	return observer->fn(observer->ctx, event);
}

/* After the event was handed on, whose exe is a text of the table. */
static void programs_learn(struct programs *programs, const struct event *event)
{
	if (event->op == ABI_OP_FORK)
		programs_inherit(programs, event->pid, event->ppid);
	else if (event->op == ABI_OP_EXECUTED)
		programs_set(programs, event->pid, event->object);
	else if (event->op == ABI_OP_EXIT)
		programs_forget(programs, event->pid);
}

/* libbpf's callback: below 0 ends the drain, after this record. */
static int record_take(void *ctx, void *record, size_t len)
{
	struct observer *observer = ctx;
	struct event event;

	observer->refused = event_decode(record, len, &event, observer->err);
	if (observer->refused < 0)
		return observer->refused;
	observer->drained++;
	observer->refused = event_complete(observer, &event);
	programs_learn(observer->programs, &event);
	if (observer->refused < 0)
		return observer->refused;
	return observer->drained < DRAIN_MAX ? 0 : -EAGAIN;
}

int observer_drain(struct observer *observer, event_fn *fn, void *ctx,
		   struct error *err)
{
	int r;

	observer->fn = fn;
	observer->ctx = ctx;
	observer->err = err;
	observer->drained = 0;
	observer->refused = 0;
	r = ring_buffer__consume(observer->ring);
	if (observer->refused < 0)
		return observer->refused;
	if (r < 0 && r != -EAGAIN)
		return error_set(err, r, "kernel events");
	return observer->drained;
}

int observer_fd(const struct observer *observer)
{
	return ring_buffer__epoll_fd(observer->ring);
}

static int programs_load(struct observer *observer, size_t ring_bytes,
			 struct error *err)
{
	int r;

	refusal_listen();
	observer->bpf = agentjail_bpf__open();
	if (!observer->bpf)
		return refusal_explain(-errno, "open eBPF programs", err);
	r = bpf_map__set_max_entries(observer->bpf->maps.ring,
				     (uint32_t)ring_bytes);
	if (r < 0)
		return refusal_explain(r, "eBPF ring", err);
	r = agentjail_bpf__load(observer->bpf);
	if (r < 0)
		return refusal_explain(r, "load eBPF programs", err);
	r = agentjail_bpf__attach(observer->bpf);
	if (r < 0)
		return refusal_explain(r, "attach eBPF programs", err);
	observer->ring = ring_buffer__new(bpf_map__fd(observer->bpf->maps.ring),
					  record_take, observer, NULL);
	if (!observer->ring)
		return refusal_explain(-errno, "map eBPF ring", err);
	return 0;
}

int observer_open(size_t ring_bytes, struct observer **out_observer,
		  struct error *err)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	CLEANUP(observer_closep) struct observer *observer = NULL;
	int r;

	if (ring_bytes < page || ring_bytes > INT_MAX ||
	    (ring_bytes & (ring_bytes - 1)))
		return error_say(err, -EINVAL, "eBPF ring of %zu bytes",
				 ring_bytes);
	observer = calloc(1, sizeof(*observer));
	if (!observer)
		return error_set(err, -ENOMEM, "observer");
	observer->ns_fd = -1;
	observer->programs = programs_create();
	if (!observer->programs)
		return error_set(err, -ENOMEM, "observer");
	r = programs_load(observer, ring_bytes, err);
	if (r < 0)
		return r;
	*out_observer = TAKE_PTR(observer);
	return 0;
}

void observer_close(struct observer *observer)
{
	int saved = errno;

	if (!observer)
		return;
	ring_buffer__free(observer->ring);
	agentjail_bpf__destroy(observer->bpf);
	programs_free(observer->programs);
	fd_closep(&observer->ns_fd);
	free(observer);
	errno = saved;
}

/* The pid of PIDFD as this process's /proc has it. */
static int pid_of(int pidfd, pid_t *out_pid, struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	char path[64];
	size_t len = 0;
	const char *at;
	int r;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", pidfd);
	r = io_read_file(AT_FDCWD, path, 4096, &text, &len, err);
	if (r < 0)
		return r;
	at = strstr(text, "\nPid:");
	if (!at)
		return error_say(err, -EBADF, "descriptor %d is no pidfd",
				 pidfd);
	*out_pid = atoi(at + strlen("\nPid:"));
	if (*out_pid <= 0)
		return error_say(err, -ESRCH, "the process has ended");
	return 0;
}

/* The pid namespace of PID, which must be another than this process's. */
static int namespace_open(pid_t pid, int *out_fd, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	struct stat its;
	struct stat own;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &its) < 0)
		return error_set(err, -errno, "%s", path);
	if (stat("/proc/self/ns/pid", &own) < 0)
		return error_set(err, -errno, "/proc/self/ns/pid");
	if (its.st_ino == own.st_ino && its.st_dev == own.st_dev)
		return error_say(err, -EINVAL,
				 "process %d has no pid namespace of its own",
				 pid);
	*out_fd = TAKE_FD(fd);
	return 0;
}

/* What PID runs before its first exec, if /proc tells. */
static void programs_begin(struct programs *programs, pid_t pid)
{
	char path[64];
	char exe[PATH_MAX];
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	len = readlink(path, exe, sizeof(exe));
	if (len > 0)
		programs_set(programs, (uint32_t)pid,
			     (struct event_text){ exe, (size_t)len });
}

int observer_enroll(struct observer *observer, int pidfd, struct error *err)
{
	const int map_fd = bpf_map__fd(observer->bpf->maps.tasks);
	const struct map_task mark = { .slot = 0 };
	CLEANUP(fd_closep) int ns_fd = -1;
	pid_t pid = 0;
	int r;

	if (observer->ns_fd >= 0)
		return error_set(err, -EBUSY, "enroll a second process");
	r = pid_of(pidfd, &pid, err);
	if (r == 0)
		r = namespace_open(pid, &ns_fd, err);
	if (r < 0)
		return error_wrap(err, "enroll");
	programs_begin(observer->programs, pid);
	/* Where it is alive still, it is what was looked at by its number. */
	if (syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0) < 0)
		return error_set(err, -errno, "enroll process %d", pid);
	if (bpf_map_update_elem(map_fd, &pidfd, &mark, BPF_NOEXIST) < 0)
		return error_set(err, -errno, "enroll process %d", pid);
	observer->ns_fd = TAKE_FD(ns_fd);
	return 0;
}

/* How often the kernel left out the run of a program. */
static int missed_of(const struct bpf_program *program, uint64_t *out_missed)
{
	struct bpf_prog_info info = { 0 };
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &len) < 0)
		return -errno;
	*out_missed = info.recursion_misses;
	return 0;
}

int observer_lost(const struct observer *observer,
		  struct observer_loss *out_loss, struct error *err)
{
	const int fd = bpf_map__fd(observer->bpf->maps.counters);
	const struct bpf_program *const programs[] = {
		observer->bpf->progs.task_fork,
		observer->bpf->progs.task_exec,
		observer->bpf->progs.task_exit,
	};
	struct map_counters counters;
	struct observer_loss loss;
	const __u32 slot = 0;

	if (bpf_map_lookup_elem(fd, &slot, &counters) < 0)
		return error_set(err, -errno, "eBPF counters");
	loss = (struct observer_loss){
		.fork = counters.lost[MAP_LOSS_FORK],
		.exec = counters.lost[MAP_LOSS_EXEC],
		.exit = counters.lost[MAP_LOSS_EXIT],
		.enrol = counters.lost[MAP_LOSS_ENROL],
		.last_seq = counters.seq,
	};
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		uint64_t missed = 0;
		int r = missed_of(programs[i], &missed);

		if (r < 0)
			return error_set(err, r, "eBPF program %s",
					 bpf_program__name(programs[i]));
		loss.missed += missed;
	}
	*out_loss = loss;
	return 0;
}
