/* SPDX-License-Identifier: Apache-2.0 */
/*
 * observe_life.c - each process of a jail is seen to begin and to end once,
 * however it lives, and nothing outside the jail is seen.
 * as: root
 * timeout: 120
 */
#include "observe_expect.h"

#include <pthread.h>

#define RACES 100
#define STORM_PARENTS 4
#define STORM_CHILDREN 150

static int count_of(const struct jail *jail, enum abi_op op)
{
	int count = 0;

	for (int i = 0; i < jail->count; i++)
		count += jail->seen[i].event.op == op;
	return count;
}

/* --- threads ------------------------------------------------------------- */

static void *idle(void *arg)
{
	usleep(1000);
	return arg;
}

/*
 * Ends the process by its last thread alone, long after its first: also where
 * a guest's other processor stands still for a while.
 */
static void *end_last(void *arg)
{
	usleep(500000);
	syscall(SYS_exit, 9);
	return arg;
}

static int act_threads(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		pthread_t threads[8];

		for (int i = 0; i < 8; i++)
			pthread_create(&threads[i], NULL, i ? idle : end_last,
				       NULL);
		syscall(SYS_exit, 6);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void threads_are_no_processes(void)
{
	const struct seen *end;
	struct jail jail;
	uint32_t pid;
	int at = 0;

	jail_run(&jail, act_threads);
	pid = jail_next(&jail, &at, ABI_OP_FORK)->event.pid;
	end = jail_next(&jail, &at, ABI_OP_EXIT);
	CHECK(end->event.pid == pid);
	/* Whichever thread's status it is, it is what the parent was told. */
	CHECK(end->event.error == jail.status && jail.status != 0);
	CHECK(jail_next(&jail, &at, ABI_OP_EXIT)->event.pid ==
	      (uint32_t)jail.pid);
	CHECK(at == jail.count);
	jail_free(&jail);
}

static pthread_barrier_t together;

static void *end_together(void *arg)
{
	pthread_barrier_wait(&together);
	syscall(SYS_exit, 0);
	return arg;
}

/* All threads of a process end at the same moment, again and again. */
static int act_races(void)
{
	for (int i = 0; i < RACES; i++) {
		pthread_t thread;
		pid_t pid = fork();

		if (pid == 0) {
			pthread_barrier_init(&together, NULL, 3);
			pthread_create(&thread, NULL, end_together, NULL);
			pthread_create(&thread, NULL, end_together, NULL);
			end_together(NULL);
		}
		waitpid(pid, NULL, 0);
	}
	return 0;
}

static void threads_that_end_together_end_one_process(void)
{
	struct jail jail;

	jail_run(&jail, act_races);
	CHECK(count_of(&jail, ABI_OP_FORK) == RACES);
	CHECK(count_of(&jail, ABI_OP_EXIT) == RACES + 1);
	jail_free(&jail);
}

static void *exec_shell(void *arg)
{
	execl("/bin/sh", "sh", "-c", "exit 7", NULL);
	return arg;
}

/* An exec by a second thread: the process keeps its pid and goes on. */
static int act_thread_exec(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		pthread_t thread;

		pthread_create(&thread, NULL, exec_shell, NULL);
		pthread_join(thread, NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	return 0;
}

static void a_threads_exec_is_the_processs(void)
{
	const struct seen *end;
	struct jail jail;
	uint32_t pid;
	int at = 0;

	jail_run(&jail, act_thread_exec);
	pid = jail_next(&jail, &at, ABI_OP_FORK)->event.pid;
	CHECK(jail_next(&jail, &at, ABI_OP_EXECUTED)->event.pid == pid);
	end = jail_next(&jail, &at, ABI_OP_EXIT);
	CHECK(end->event.pid == pid && end->event.error == 7 << 8);
	jail_next(&jail, &at, ABI_OP_EXIT);
	CHECK(at == jail.count);
	jail_free(&jail);
}

/* --- those who try to get away ------------------------------------------- */

/* A daemon: two forks, a session of its own, its parents gone. */
static void daemonize(void)
{
	if (fork() != 0)
		_exit(1);
	setsid();
	if (fork() != 0)
		_exit(2);
	usleep(50000);
	execl("/bin/sh", "sh", "-c", "exit 8", NULL);
	_exit(99);
}

static int act_daemon(void)
{
	if (fork() == 0)
		daemonize();
	while (wait(NULL) > 0)
		;
	return 0;
}

static void a_daemon_stays_in_the_jail(void)
{
	struct jail jail;
	uint32_t pid = 0;

	jail_run(&jail, act_daemon);
	CHECK(count_of(&jail, ABI_OP_FORK) == 3);
	CHECK(count_of(&jail, ABI_OP_EXIT) == 4);
	for (int i = 0; i < jail.count; i++) {
		const struct event *event = &jail.seen[i].event;

		if (event->op == ABI_OP_EXECUTED) {
			pid = event->pid;
			CHECK(event->ppid == (uint32_t)jail.pid);
		}
		if (event->op == ABI_OP_EXIT && event->pid == pid)
			CHECK(event->error == 8 << 8);
	}
	CHECK(pid != 0);
	jail_free(&jail);
}

/* Whom the child is a child of is not who made it. */
static int act_clone_parent(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		if (syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0) == 0)
			_exit(3);
		_exit(2);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

static void a_fork_names_who_made_the_process(void)
{
	struct jail jail;
	uint32_t pid;
	int at = 0;

	jail_run(&jail, act_clone_parent);
	pid = jail_next(&jail, &at, ABI_OP_FORK)->event.pid;
	CHECK(jail_next(&jail, &at, ABI_OP_FORK)->event.ppid == pid);
	CHECK(count_of(&jail, ABI_OP_EXIT) == 3);
	jail_free(&jail);
}

/* vfork, and a pid namespace in the jail's own. */
static int act_nested(void)
{
	pid_t pid = process_clone(CLONE_NEWPID, NULL);

	if (pid == 0) {
		pid_t inner = vfork();

		if (inner == 0) {
			execl("/bin/sh", "sh", "-c", "exit 0", NULL);
			_exit(99);
		}
		waitpid(inner, NULL, 0);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	return 0;
}

static void a_namespace_in_the_jail_is_of_the_jail(void)
{
	struct jail jail;

	jail_run(&jail, act_nested);
	CHECK(count_of(&jail, ABI_OP_FORK) == 2);
	CHECK(count_of(&jail, ABI_OP_EXECUTED) == 1);
	CHECK(count_of(&jail, ABI_OP_EXIT) == 3);
	jail_free(&jail);
}

/* --- the others ---------------------------------------------------------- */

static int act_nothing(void)
{
	return 0;
}

static void others_do_as_they_please(int namespaces)
{
	pid_t pid = process_clone(namespaces, NULL);

	if (pid == 0) {
		if (fork() == 0) {
			execl("/bin/sh", "sh", "-c", "exit 0", NULL);
			_exit(99);
		}
		wait(NULL);
		_exit(0);
	}
	CHECK(waitpid(pid, NULL, 0) == pid);
}

static void nobody_outside_is_seen(void)
{
	struct jail jail;
	int at = 0;

	jail_start(&jail, OBSERVER_RING_BYTES, act_nothing);
	others_do_as_they_please(0);
	others_do_as_they_please(CLONE_NEWPID);
	jail_drain(&jail);
	CHECK(jail.count == 0);
	jail_go(&jail);
	jail_wait(&jail, true);
	CHECK(jail_next(&jail, &at, ABI_OP_EXIT)->event.pid ==
	      (uint32_t)jail.pid);
	CHECK(at == jail.count);
	jail_free(&jail);
}

/* --- many at once -------------------------------------------------------- */

static int act_storm(void)
{
	for (int i = 0; i < STORM_PARENTS; i++) {
		if (fork() != 0)
			continue;
		for (int k = 0; k < STORM_CHILDREN; k++) {
			if (fork() == 0)
				_exit(0);
			wait(NULL);
		}
		_exit(0);
	}
	while (wait(NULL) > 0)
		;
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct seen *left = a;
	const struct seen *right = b;

	return (left->event.seq > right->event.seq) -
	       (left->event.seq < right->event.seq);
}

static void a_storm_is_seen_whole(void)
{
	const int forks = STORM_PARENTS * (STORM_CHILDREN + 1);
	struct jail jail;

	jail_run(&jail, act_storm);
	CHECK(count_of(&jail, ABI_OP_FORK) == forks);
	CHECK(count_of(&jail, ABI_OP_EXIT) == forks + 1);
	CHECK(jail.count == 2 * forks + 1);
	qsort(jail.seen, (size_t)jail.count, sizeof(*jail.seen), by_number);
	for (int i = 0; i < jail.count; i++)
		if (jail.seen[i].event.seq != (uint64_t)i + 1)
			CHECK(!"a number is missing or there twice");
	jail_free(&jail);
}

int main(void)
{
	if (geteuid() != 0) {
		printf("needs root\n");
		return 77;
	}
	threads_are_no_processes();
	threads_that_end_together_end_one_process();
	a_threads_exec_is_the_processs();
	a_daemon_stays_in_the_jail();
	a_fork_names_who_made_the_process();
	a_namespace_in_the_jail_is_of_the_jail();
	nobody_outside_is_seen();
	a_storm_is_seen_whole();
	return failures != 0;
}
