/* SPDX-License-Identifier: Apache-2.0 */
#include "run/leader.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/own.h"
#include "enforce/privilege.h"
#include "run/birth.h"
#include "run/channel.h"
#include "run/launch.h"
#include "run/stdio.h"

#define FIRST_SPARE 64 /* above every descriptor that may still be needed */

struct leader {
	int channel_fd;
	int tty_fd;
	int child_fd; /* readable when a child changed */
	pid_t agent;
	pid_t group; /* the agent's; our own where nothing is to stop it */
	pid_t front; /* whom the terminal was taken from; 0: nobody */
};

/* Nothing but SIGKILL reaches it: a signal to its group is not meant for it. */
static int signals_take(struct leader *leader, struct error *err)
{
	sigset_t set;

	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	leader->child_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (leader->child_fd < 0)
		return error_set(err, -errno, "signalfd");
	return 0;
}

static int terminal_take(const struct leader *leader, const struct birth *birth,
			 struct error *err)
{
	if (setsid() < 0 || ioctl(leader->tty_fd, TIOCSCTTY, 0) < 0)
		return error_set(err, -errno, "the controlling terminal");
	for (int fd = 0; fd <= 2; fd++)
		if (birth->terminals & 1u << fd && dup2(leader->tty_fd, fd) < 0)
			return error_set(err, -errno, "the terminal");
	return 0;
}

/* Both sides make the group, since nobody knows who comes first. */
static int agent_start(struct leader *leader, const struct birth *birth,
		       const struct launch_pipes *pipes, struct error *err)
{
	leader->agent = fork();
	if (leader->agent < 0)
		return error_set(err, -errno, "fork");
	if (leader->agent == 0) {
		if (birth->job_control)
			setpgid(0, 0);
		close(leader->channel_fd);
		launch_main(birth, pipes);
	}
	leader->group = birth->job_control ? leader->agent : getpgrp();
	if (birth->job_control)
		setpgid(leader->agent, leader->agent);
	if (birth->foreground && tcsetpgrp(leader->tty_fd, leader->group) < 0)
		return error_set(err, -errno, "the terminal's foreground");
	return 0;
}

static int settle(const struct birth *birth, int null_fd, struct error *err)
{
	int r;

	if (chdir("/") < 0)
		return error_set(err, -errno, "/");
	r = stdio_silence(null_fd, err);
	if (r == 0)
		r = privilege_drop(&birth->identity, err);
	if (r < 0)
		return r;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return error_set(err, -errno, "prctl");
	return 0;
}

/* Keeps its three descriptors, as 3, 4 and 5, and nothing else. */
static int descriptors_close(struct leader *leader, struct error *err)
{
	int *const kept[] = { &leader->channel_fd, &leader->tty_fd,
			      &leader->child_fd };

	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		*kept[i] = fcntl(*kept[i], F_DUPFD_CLOEXEC, FIRST_SPARE);
		if (*kept[i] < 0)
			return error_set(err, -errno, "descriptors");
	}
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		if (dup2(*kept[i], 3 + (int)i) < 0)
			return error_set(err, -errno, "descriptors");
		*kept[i] = 3 + (int)i;
	}
	if (close_range(3 + ARRAY_SIZE(kept), ~0U, 0) < 0)
		return error_set(err, -errno, "close_range");
	return 0;
}

static int agent_tell(const struct leader *leader, struct error *err)
{
	CLEANUP(fd_closep) int pidfd = pidfd_open(leader->agent, 0);
	int r = pidfd < 0 ? -errno
			  : channel_pass(leader->channel_fd, CHANNEL_READY, 0,
					 pidfd);

	return r < 0 ? error_set(err, r, "the agent's pidfd") : 0;
}

/* A clone with CLONE_PARENT makes children of ours that nobody waits for. */
static void children_reap(const struct leader *leader)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED | __WALL)) > 0) {
		if (pid != leader->agent)
			continue;
		if (WIFSTOPPED(status))
			channel_send(leader->channel_fd, CHANNEL_STOPPED,
				     WSTOPSIG(status), NULL);
		else
			channel_send(leader->channel_fd, CHANNEL_ENDED, status,
				     NULL);
	}
}

static void group_signal(const struct leader *leader, pid_t group, int sig)
{
	/* It may have left the group that was made for it. */
	if (kill(-group, sig) < 0 && group == leader->group)
		kill(leader->agent, sig);
}

/* What has the terminal; the agent's own group where that is taken away. */
static pid_t group_in_front(const struct leader *leader)
{
	const pid_t group = tcgetpgrp(leader->tty_fd);

	return group > 0 && group != getpgrp() ? group : leader->group;
}

static void continue_with(struct leader *leader, bool foreground)
{
	const pid_t group = tcgetpgrp(leader->tty_fd);

	if (!foreground && group != getpgrp()) {
		leader->front = group;
		tcsetpgrp(leader->tty_fd, getpgrp());
	} else if (foreground && group == getpgrp()) {
		if (leader->front <= 0 ||
		    tcsetpgrp(leader->tty_fd, leader->front) < 0)
			tcsetpgrp(leader->tty_fd, leader->group);
	}
	if (leader->front > 0 && leader->front != leader->group)
		group_signal(leader, leader->front, SIGCONT);
	group_signal(leader, leader->group, SIGCONT);
	if (foreground)
		leader->front = 0;
}

static void command_take(struct leader *leader)
{
	struct channel_message message;

	if (channel_receive(leader->channel_fd, &message) < 0)
		_exit(1); /* the broker is gone, and so is the jail */
	switch (message.word) {
	case CHANNEL_SIGNAL:
		group_signal(leader, group_in_front(leader), message.value);
		break;
	case CHANNEL_FOREGROUND:
		continue_with(leader, true);
		break;
	case CHANNEL_BACKGROUND:
		continue_with(leader, false);
		break;
	default:
		_exit(1);
	}
}

_Noreturn static void lead(struct leader *leader)
{
	struct signalfd_siginfo info;

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = leader->channel_fd, .events = POLLIN },
			{ .fd = leader->child_fd, .events = POLLIN },
		};

		/* What happened before the first look is seen as well. */
		children_reap(leader);
		if (poll(fds, ARRAY_SIZE(fds), -1) < 0 && errno != EINTR)
			_exit(1);
		if (fds[1].revents &&
		    read(leader->child_fd, &info, sizeof(info)) < 0 &&
		    errno != EAGAIN)
			_exit(1);
		if (fds[0].revents)
			command_take(leader);
	}
}

void leader_main(const struct birth *birth, const struct launch_pipes *pipes,
		 int channel_fd, int tty_fd, int null_fd)
{
	struct leader leader = { .channel_fd = channel_fd, .tty_fd = tty_fd };
	struct error err = { 0 };
	int r = signals_take(&leader, &err);

	if (r == 0)
		r = terminal_take(&leader, birth, &err);
	if (r == 0)
		r = agent_start(&leader, birth, pipes, &err);
	if (r == 0)
		r = settle(birth, null_fd, &err);
	if (r == 0)
		r = descriptors_close(&leader, &err);
	if (r == 0)
		r = agent_tell(&leader, &err);
	if (r < 0) {
		channel_send(leader.channel_fd, CHANNEL_FAILED, 0, &err);
		_exit(1);
	}
	lead(&leader);
}
