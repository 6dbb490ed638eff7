/* SPDX-License-Identifier: Apache-2.0 */
#include "run/trial.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"
#include "broker/listener.h"
#include "enforce/filter.h"
#include "enforce/landlock.h"
#include "enforce/mounts.h"
#include "enforce/namespaces.h"
#include "enforce/privilege.h"
#include "run/invoker.h"

#define LIMIT_MS 5000
#define ANSWER 4711 /* what a notified call is told */

/* Runs FN in a process of its own, whose error comes back. */
static int try_apart(int (*fn)(const struct invoker *invoker,
			       struct error *err),
		     const struct invoker *invoker, struct error *err)
{
	struct error theirs = { 0 };
	int report[2];
	ssize_t n;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0)
		return error_set(err, -errno, "pipe");
	pid = fork();
	if (pid < 0) {
		int r = error_set(err, -errno, "fork");

		close(report[0]);
		close(report[1]);
		return r;
	}
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		close(report[0]);
		fn(invoker, &theirs);
		io_write_all(report[1], &theirs, sizeof(theirs));
		_exit(0);
	}
	close(report[1]);
	n = io_read_all(report[0], &theirs, sizeof(theirs));
	close(report[0]);
	waitpid(pid, NULL, 0);
	if (n != sizeof(theirs))
		return error_say(err, -ECHILD, "the trial ended early");
	if (theirs.code == 0)
		return 0;
	theirs.text[sizeof(theirs.text) - 1] = '\0';
	*err = theirs;
	return err->code;
}

/* Waits for the one call that a child makes, and answers it. */
static int call_answer(int listener, struct error *err)
{
	struct pollfd ready = { .fd = listener, .events = POLLIN };
	struct seccomp_notif notice;
	int r;

	if (poll(&ready, 1, LIMIT_MS) != 1)
		return error_say(err, -ETIMEDOUT, "no call was notified");
	r = listener_receive(listener, &notice);
	if (r == 0)
		r = listener_answer(listener, notice.id, 0, ANSWER);
	return r < 0 ? error_set(err, r, "a notified call") : 0;
}

static int notify_act(const struct invoker *invoker, struct error *err)
{
	const struct filter_rule row = {
		.call = SYS_getpgrp,
		.action = FILTER_NOTIFY,
	};
	CLEANUP(filter_freep) struct filter *filter = NULL;
	CLEANUP(fd_closep) int listener = -1;
	int status = 0;
	pid_t pid;
	int r = filter_build(&row, 1, &filter, err);

	(void)invoker;
	if (r == 0)
		r = privilege_freeze(err);
	if (r == 0)
		r = filter_enter(filter, &listener, err);
	if (r < 0)
		return r;
	pid = fork();
	if (pid < 0)
		return error_set(err, -errno, "fork");
	if (pid == 0)
		_exit(syscall(SYS_getpgrp) == ANSWER ? 0 : 1);
	r = call_answer(listener, err);
	if (r < 0)
		kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	if (r == 0 && status != 0)
		return error_say(err, -EPROTO,
				 "a notified call did not get its answer");
	return r;
}

int trial_notify(const struct invoker *invoker, char *out_text, size_t size,
		 struct error *err)
{
	int r = try_apart(notify_act, invoker, err);

	if (r == 0)
		snprintf(out_text, size, "a call waited and was answered");
	return r;
}

static int landlock_act(const struct invoker *invoker, struct error *err)
{
	CLEANUP(fd_closep) int ruleset_fd = -1;
	CLEANUP(fd_closep) int fd = -1;
	int r = landlock_create(&ruleset_fd, err);

	(void)invoker;
	if (r == 0)
		r = privilege_freeze(err);
	if (r == 0)
		r = landlock_enter(ruleset_fd, err);
	if (r < 0)
		return r;
	fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 || errno != EACCES)
		return error_say(err, -EPROTO, "it let an open pass");
	return 0;
}

int trial_landlock(const struct invoker *invoker, char *out_text, size_t size,
		   struct error *err)
{
	int r = try_apart(landlock_act, invoker, err);

	if (r == 0)
		snprintf(out_text, size, "version %d, an open was denied",
			 landlock_version());
	return r;
}

static int namespaces_take(const struct invoker *invoker, struct error *err)
{
	return namespaces_enter(!invoker->privileged, getuid(), getgid(), err);
}

/* A process of the namespace that holds ALIVE_FD for as long as it lives. */
static _Noreturn void init_act(int alive_fd)
{
	if (fork() == 0) {
		if (write(alive_fd, "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(alive_fd);
	for (;;)
		pause();
}

static int namespaces_act(const struct invoker *invoker, struct error *err)
{
	CLEANUP(fd_closep) int init_fd = -1;
	int alive[2];
	pid_t pid;
	char byte;
	int r = namespaces_take(invoker, err);

	if (r < 0)
		return r;
	if (pipe2(alive, O_CLOEXEC) < 0)
		return error_set(err, -errno, "pipe");
	pid = namespaces_fork_init(&init_fd, err);
	if (pid < 0)
		return (int)pid;
	if (pid == 0)
		init_act(alive[1]);
	close(alive[1]);
	if (io_read_all(alive[0], &byte, 1) != 1)
		r = error_say(err, -EPROTO, "its init starts no process");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, __WALL);
	/* The pipe ends when the last one who holds it does. */
	if (r == 0 && io_read_all(alive[0], &byte, 1) != 0)
		r = error_say(err, -EPROTO, "a process outlived its init");
	close(alive[0]);
	return r;
}

int trial_namespaces(const struct invoker *invoker, char *out_text, size_t size,
		     struct error *err)
{
	int r = try_apart(namespaces_act, invoker, err);

	if (r == 0)
		snprintf(out_text, size, "%s, all in it died with its init",
			 invoker->privileged ? "made as root"
					     : "a user namespace");
	return r;
}

static int mounts_act(const struct invoker *invoker, struct error *err)
{
	struct statvfs st;
	int r = namespaces_take(invoker, err);

	if (r == 0)
		r = mounts_isolate(err);
	if (r == 0)
		r = mounts_hide("/usr", err);
	if (r < 0)
		return r;
	if (statvfs("/usr", &st) < 0)
		return error_set(err, -errno, "/usr");
	if (!(st.f_flag & ST_RDONLY) || access("/usr/bin", F_OK) == 0)
		return error_say(err, -EPROTO, "it hid nothing");
	return 0;
}

int trial_mounts(const struct invoker *invoker, char *out_text, size_t size,
		 struct error *err)
{
	int r = try_apart(mounts_act, invoker, err);

	if (r == 0)
		snprintf(out_text, size, "a directory was hidden");
	return r;
}
