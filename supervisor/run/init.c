/* SPDX-License-Identifier: Apache-2.0 */
#include "run/init.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"
#include "enforce/mounts.h"
#include "enforce/privilege.h"
#include "run/birth.h"
#include "run/stdio.h"

#define FIRST_SPARE 64 /* above every descriptor that may still be needed */

/*
 * A session of its own, so that no signal to a process group finds it; and
 * nothing open that would keep the agent's pipes alive.
 */
static int settle(const struct birth *birth, int null_fd, struct error *err)
{
	int r;

	setsid();
	if (chdir("/") < 0)
		return error_set(err, -errno, "/");
	r = mounts_proc(err);
	if (r == 0)
		r = stdio_silence(null_fd, err);
	if (r == 0)
		r = privilege_freeze(err);
	if (r == 0)
		r = privilege_drop(&birth->identity, err);
	if (r < 0)
		return r;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return error_set(err, -errno, "prctl");
	return 0;
}

static void reap(int lifeline_fd, int child_fd)
{
	struct pollfd fds[] = {
		{ .fd = lifeline_fd },
		{ .fd = child_fd, .events = POLLIN },
	};
	struct signalfd_siginfo info;

	/* Both are checked at each turn: a lost signal costs nothing. */
	while (!(fds[0].revents & (POLLHUP | POLLERR))) {
		if (fds[1].revents && read(child_fd, &info, sizeof(info)) < 0)
			return;
		while (waitpid(-1, NULL, WNOHANG | __WALL) > 0)
			;
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			return;
	}
}

void init_main(const struct birth *birth, int null_fd, int report_fd,
	       int lifeline_fd)
{
	struct error err = { 0 };
	sigset_t all;
	int child_fd;
	char go;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (io_read_all(lifeline_fd, &go, 1) != 1)
		_exit(1);
	if (settle(birth, null_fd, &err) < 0) {
		io_write_all(report_fd, &err, sizeof(err));
		_exit(1);
	}
	sigemptyset(&all);
	sigaddset(&all, SIGCHLD);
	child_fd = signalfd(-1, &all, SFD_CLOEXEC);
	io_write_all(report_fd, &err, sizeof(err)); /* code 0: ready */
	/* Nothing of the host's stays open but what it waits for. */
	child_fd = fcntl(child_fd, F_DUPFD_CLOEXEC, FIRST_SPARE);
	lifeline_fd = fcntl(lifeline_fd, F_DUPFD_CLOEXEC, FIRST_SPARE);
	if (dup2(child_fd, 3) < 0 || dup2(lifeline_fd, 4) < 0)
		_exit(1);
	close_range(5, ~0U, 0);
	reap(4, 3);
	_exit(0);
}
