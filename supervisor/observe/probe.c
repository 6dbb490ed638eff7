/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/probe.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/own.h"
#include "observe/tasks.h"

#define RING_BYTES ((size_t)64 << 10)
#define LIMIT_MS 5000

/* What a look at the throwaway process must show. */
struct sight {
	unsigned int forks;
	unsigned int execs;
	unsigned int exits;
};

static int see(void *ctx, const struct event *event)
{
	struct sight *sight = ctx;

	sight->forks += event->op == ABI_OP_FORK;
	sight->execs += event->op == ABI_OP_EXECUTED;
	sight->exits += event->op == ABI_OP_EXIT;
	return 0;
}

/* By the syscall itself: other threads may hold what glibc would lock. */
static pid_t process_clone(uint64_t flags, int *out_pidfd)
{
	struct clone_args args = {
		.flags = flags,
		.pidfd = (uint64_t)(uintptr_t)out_pidfd,
	};

	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/* The throwaway process. Once it may, it lets a child execute the shell. */
static void __attribute__((noreturn)) act(int go_fd)
{
	static char *const argv[] = { "sh", "-c", ":", NULL };
	static char *const envp[] = { NULL };
	int status = 0;
	pid_t pid;
	char go;

	if (read(go_fd, &go, 1) != 1)
		_exit(1);
	pid = process_clone(0, NULL);
	if (pid == 0) {
		execve("/bin/sh", argv, envp);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, __WALL) != pid)
		_exit(1);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/* Waits for the end of the process, or sees to it. 0 where it went well. */
static int process_reap(int pidfd, struct error *err)
{
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };
	siginfo_t info = { 0 };

	if (poll(&pfd, 1, LIMIT_MS) != 1)
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	if (waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED | __WALL) < 0)
		return error_set(err, -errno, "throwaway process");
	if (info.si_code == CLD_EXITED && info.si_status == 127)
		return error_say(err, -ENOENT, "/bin/sh does not execute");
	if (info.si_code != CLD_EXITED || info.si_status != 0)
		return error_say(err, -ECHILD, "throwaway process: status %d",
				 info.si_status);
	return 0;
}

/* Starts the process, lets it act when it is enrolled, and reaps it. */
static int process_run(struct observer *observer, struct error *err)
{
	CLEANUP(fd_closep) int pidfd = -1;
	CLEANUP(fd_closep) int wait_fd = -1;
	CLEANUP(fd_closep) int go_fd = -1;
	struct error reap_err = { 0 };
	int fds[2];
	pid_t pid;
	int reaped;
	int r;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return error_set(err, -errno, "pipe");
	wait_fd = fds[0];
	go_fd = fds[1];
	pid = process_clone(CLONE_NEWPID | CLONE_PIDFD, &pidfd);
	if (pid < 0)
		return error_set(err, -errno, "process in a pid namespace");
	if (pid == 0) {
		close(go_fd);
		act(wait_fd);
	}
	r = observer_enroll(observer, pidfd, err);
	if (r == 0 && write(go_fd, "g", 1) != 1)
		r = error_set(err, -errno, "pipe");
	fd_closep(&go_fd); /* who was not let go ends */
	reaped = process_reap(pidfd, r < 0 ? &reap_err : err);
	return r < 0 ? r : reaped;
}

int observer_probe(struct error *err)
{
	CLEANUP(observer_closep) struct observer *observer = NULL;
	struct sight sight = { 0 };
	int r = observer_open(RING_BYTES, &observer, err);

	if (r == 0)
		r = process_run(observer, err);
	if (r == 0)
		r = observer_drain(observer, see, &sight, err);
	if (r < 0)
		return error_wrap(err, "eBPF tracing");
	if (sight.forks != 1 || sight.execs != 1 || sight.exits != 2)
		return error_say(err, -ENODATA,
				 "eBPF tracing: the programs loaded, but saw "
				 "%u of 1 fork, %u of 1 exec, %u of 2 exits",
				 sight.forks, sight.execs, sight.exits);
	return 0;
}
