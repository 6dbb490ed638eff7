/* SPDX-License-Identifier: Apache-2.0 */
#include "run/attend.h"

#include <poll.h>
#include <stdbool.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/own.h"
#include "run/channel.h"

int attend_children(int *out_child_fd, struct error *err)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return error_set(err, -errno, "SIGCHLD");
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return error_set(err, -errno, "signalfd");
	*out_child_fd = fd;
	return 0;
}

/*
 * Reaps all that has ended: a clone with CLONE_PARENT makes children of ours,
 * too. Returns true where the attended one was among them.
 */
static bool children_reap(const struct attendance *a, int *status)
{
	bool ended = false;
	int theirs;
	pid_t pid;

	while ((pid = waitpid(-1, &theirs, WNOHANG | __WALL)) > 0) {
		if (pid != a->child)
			continue;
		*status = theirs;
		ended = true;
	}
	return ended || (pid < 0 && errno == ECHILD);
}

/* Returns false where the supervisor is gone. */
static bool request_take(const struct attendance *a)
{
	struct channel_message message;

	if (channel_receive(a->channel_fd, &message) < 0)
		return false;
	if (a->leader_fd >= 0)
		channel_send(a->leader_fd, message.word, message.value, NULL);
	else if (message.word == CHANNEL_SIGNAL)
		/* Not reaped yet, so the number is nobody else's. */
		kill(-a->child, message.value);
	return true;
}

/* Returns true where the command has ended, or its leader has. */
static bool leader_hear(const struct attendance *a, int *status)
{
	struct channel_message message;

	if (channel_receive(a->leader_fd, &message) < 0) {
		/* It tells of the command before it ends: it was ended. */
		waitpid(a->child, status, __WALL);
		return true;
	}
	if (message.word == CHANNEL_ENDED) {
		*status = message.value;
		return true;
	}
	channel_send(a->channel_fd, message.word, message.value, NULL);
	return false;
}

int attend(const struct attendance *a)
{
	struct signalfd_siginfo info;
	int status = SIGKILL;

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = a->channel_fd, .events = POLLIN },
			{ .fd = a->child_fd, .events = POLLIN },
			{ .fd = a->leader_fd, .events = POLLIN },
		};

		if (a->leader_fd < 0 && children_reap(a, &status))
			return status;
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			return status;
		if (fds[1].revents &&
		    read(a->child_fd, &info, sizeof(info)) < 0 &&
		    errno != EAGAIN)
			return status;
		if (fds[2].revents && leader_hear(a, &status))
			return status;
		if (fds[0].revents && !request_take(a))
			return status;
	}
}
