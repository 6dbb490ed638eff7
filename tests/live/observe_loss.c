/* SPDX-License-Identifier: Apache-2.0 */
/*
 * observe_loss.c - what an observer does not see it counts, and what it cannot
 * do it refuses by name.
 * as: root
 * timeout: 120
 */
#include "observe_expect.h"

#include <bpf/bpf.h>
#include <errno.h>

#include "bpf/maps.h"
#include "observe/probe.h"

#define CHILDREN 100

/* --- a ring without room ------------------------------------------------- */

static int act_many(void)
{
	for (int i = 0; i < CHILDREN; i++) {
		if (fork() == 0) {
			execl("/bin/sh", "sh", "-c", ":", NULL);
			_exit(99);
		}
		wait(NULL);
	}
	return 0;
}

/* Seen and lost, every event has a number; the first without room is a gap. */
static void what_finds_no_room_is_counted(void)
{
	struct observer_loss loss = { 0 };
	struct error err = { 0 };
	uint64_t seen[ABI_OPS] = { 0 };
	struct jail jail;

	jail_start(&jail, 4096, act_many);
	jail_go(&jail);
	jail_wait(&jail, false);
	for (int i = 0; i < jail.count; i++) {
		seen[jail.seen[i].event.op]++;
		CHECK(i == 0 ||
		      jail.seen[i].event.seq > jail.seen[i - 1].event.seq);
	}
	CHECK(observer_lost(jail.observer, &loss, &err) == 0);
	CHECK(jail.count > 10 && jail.count < CHILDREN);
	CHECK(loss.fork + seen[ABI_OP_FORK] == CHILDREN);
	CHECK(loss.exec + seen[ABI_OP_EXECUTED] == CHILDREN);
	CHECK(loss.exit + seen[ABI_OP_EXIT] == CHILDREN + 1);
	CHECK(loss.last_seq == 3 * CHILDREN + 1);
	CHECK(loss.enrol == 0 && loss.missed == 0);
	jail_free(&jail);
}

static int act_twice(void)
{
	act_many();
	usleep(300000);
	return 0;
}

/* After a loss the numbers go on where the last lost one was. */
static void a_loss_is_a_gap(void)
{
	struct jail jail;
	uint64_t gaps = 0;
	uint64_t last = 0;
	struct observer_loss loss = { 0 };
	struct error err = { 0 };

	jail_start(&jail, 4096, act_twice);
	jail_go(&jail);
	while (last < 3 * CHILDREN &&
	       observer_lost(jail.observer, &loss, &err) == 0) {
		last = loss.last_seq;
		usleep(1000);
	}
	jail_drain(&jail);
	jail_wait(&jail, true);
	last = 0;
	for (int i = 0; i < jail.count; i++) {
		gaps += jail.seen[i].event.seq - last - 1;
		last = jail.seen[i].event.seq;
	}
	CHECK(last == 3 * CHILDREN + 1);
	CHECK(observer_lost(jail.observer, &loss, &err) == 0);
	CHECK(gaps > 0 && gaps == loss.fork + loss.exec + loss.exit);
	jail_free(&jail);
}

/* --- when a task's mark is gone ------------------------------------------ */

/* The newest map of that NAME: this test's own observer made it. */
static int map_find(const char *name)
{
	CLEANUP(fd_closep) int found = -1;
	__u32 id = 0;

	while (bpf_map_get_next_id(id, &id) == 0) {
		struct bpf_map_info info = { 0 };
		__u32 len = sizeof(info);
		CLEANUP(fd_closep) int fd = bpf_map_get_fd_by_id(id);

		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0 ||
		    strcmp(info.name, name) != 0)
			continue;
		fd_closep(&found);
		found = TAKE_FD(fd);
	}
	return TAKE_FD(found);
}

static int hold_fds[2];

static int act_in_two_parts(void)
{
	char go;

	if (fork() == 0)
		_exit(0);
	wait(NULL);
	if (read(hold_fds[0], &go, 1) != 1)
		return 1;
	if (fork() == 0) {
		if (fork() == 0)
			_exit(0);
		wait(NULL);
		_exit(0);
	}
	wait(NULL);
	return 0;
}

/* The pid namespace still says which jail the task is of. */
static void a_task_without_its_mark_is_still_seen(void)
{
	CLEANUP(fd_closep) int map = -1;
	struct jail jail;

	CHECK(pipe2(hold_fds, O_CLOEXEC) == 0);
	jail_start(&jail, OBSERVER_RING_BYTES, act_in_two_parts);
	map = map_find("tasks");
	jail_go(&jail);
	while (jail.count < 2) {
		usleep(1000);
		jail_drain(&jail);
	}
	CHECK(bpf_map_delete_elem(map, &jail.pidfd) == 0);
	CHECK(write(hold_fds[1], "g", 1) == 1);
	jail_wait(&jail, true);
	CHECK(jail.status == 0);
	CHECK(jail.count == 2 + 2 + 3);
	jail_free(&jail);
	close(hold_fds[0]);
	close(hold_fds[1]);
}

static int act_hold(void)
{
	char go;

	if (fork() == 0)
		_exit(read(hold_fds[0], &go, 1) == 1 ? 0 : 1);
	wait(NULL);
	return 0;
}

/* So that the events of most tasks take no search for their namespace. */
static void a_child_bears_its_parents_mark(void)
{
	CLEANUP(fd_closep) int map = -1;
	CLEANUP(fd_closep) int child = -1;
	struct map_task mark = { .slot = 99 };
	struct jail jail;

	CHECK(pipe2(hold_fds, O_CLOEXEC) == 0);
	jail_start(&jail, OBSERVER_RING_BYTES, act_hold);
	map = map_find("tasks");
	jail_go(&jail);
	while (jail.count < 1) {
		usleep(1000);
		jail_drain(&jail);
	}
	child = (int)syscall(SYS_pidfd_open, jail.seen[0].event.pid, 0);
	CHECK(bpf_map_lookup_elem(map, &child, &mark) == 0);
	CHECK(mark.slot == 0 && mark.known && !mark.exited);
	CHECK(write(hold_fds[1], "g", 1) == 1);
	jail_wait(&jail, true);
	jail_free(&jail);
	close(hold_fds[0]);
	close(hold_fds[1]);
}

/* --- what is refused ----------------------------------------------------- */

static int act_nothing(void)
{
	return 0;
}

static void check_refused(struct observer *observer, int fd, int code,
			  const char *text)
{
	struct error err = { 0 };

	CHECK(observer_enroll(observer, fd, &err) == code);
	if (strcmp(err.text, text) != 0) {
		printf("\"%s\", not \"%s\"\n", err.text, text);
		failures++;
	}
}

static void a_wrong_process_is_refused(void)
{
	CLEANUP(observer_closep) struct observer *observer = NULL;
	CLEANUP(fd_closep) int own = (int)syscall(SYS_pidfd_open, getpid(), 0);
	CLEANUP(fd_closep) int no_pidfd = open("/", O_RDONLY | O_CLOEXEC);
	CLEANUP(fd_closep) int ended = -1;
	struct error err = { 0 };
	char text[128];
	pid_t pid;

	CHECK(observer_open(4096, &observer, &err) == 0);
	snprintf(text, sizeof(text),
		 "enroll: process %d has no pid namespace of its own",
		 getpid());
	check_refused(observer, own, -EINVAL, text);
	snprintf(text, sizeof(text), "enroll: descriptor %d is no pidfd",
		 no_pidfd);
	check_refused(observer, no_pidfd, -EBADF, text);
	pid = process_clone(CLONE_NEWPID | CLONE_PIDFD, &ended);
	if (pid == 0)
		_exit(0);
	CHECK(waitpid(pid, NULL, 0) == pid);
	check_refused(observer, ended, -ESRCH, "enroll: the process has ended");
}

static void a_second_process_is_refused(void)
{
	struct jail jail;

	jail_start(&jail, OBSERVER_RING_BYTES, act_nothing);
	check_refused(jail.observer, jail.pidfd, -EBUSY,
		      "enroll a second process: Device or resource busy");
	jail_go(&jail);
	jail_wait(&jail, true);
	jail_free(&jail);
}

static void a_size_that_is_no_ring_is_refused(void)
{
	static const size_t sizes[] = { 0,    100,   2048,
					4097, 12288, (size_t)1 << 40 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		struct observer *observer = NULL;
		struct error err = { 0 };

		CHECK(observer_open(sizes[i], &observer, &err) == -EINVAL);
		CHECK(!observer && *err.text);
	}
}

/* Without capabilities the cause is said, and nothing is printed. */
static void who_may_not_load_is_told_why(void)
{
	int fds[2];
	int status = 0;
	char printed[64];
	pid_t pid;

	CHECK(pipe2(fds, O_CLOEXEC) == 0);
	pid = fork();
	if (pid == 0) {
		struct observer *observer = NULL;
		struct error err = { 0 };

		dup2(fds[1], STDERR_FILENO);
		if (setresuid(65534, 65534, 65534) < 0)
			_exit(1);
		if (observer_open(4096, &observer, &err) != -EPERM)
			_exit(2);
		_exit(strstr(err.text, "it takes root") ? 0 : 3);
	}
	close(fds[1]);
	CHECK(read(fds[0], printed, sizeof(printed)) == 0);
	close(fds[0]);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

/* --- the probe ----------------------------------------------------------- */

static void the_probe_sees_what_it_does(void)
{
	struct error err = { 0 };

	if (observer_probe(&err) < 0) {
		printf("%s\n", err.text);
		failures++;
	}
	CHECK(waitpid(-1, NULL, __WALL | WNOHANG) < 0);
}

int main(void)
{
	if (geteuid() != 0) {
		printf("needs root\n");
		return 77;
	}
	what_finds_no_room_is_counted();
	a_loss_is_a_gap();
	a_task_without_its_mark_is_still_seen();
	a_child_bears_its_parents_mark();
	a_wrong_process_is_refused();
	a_second_process_is_refused();
	a_size_that_is_no_ring_is_refused();
	who_may_not_load_is_told_why();
	the_probe_sees_what_it_does();
	return failures != 0;
}
