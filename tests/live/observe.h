/* SPDX-License-Identifier: Apache-2.0 */
/* observe.h - a jail of one act, and every event that was seen of it. */
#pragma once

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/own.h"
#include "observe/tasks.h"
#include "observe_check.h"

#define SEEN_MAX 4000

struct seen {
	struct event event;
	char *exe;
	char *object;
	char *object2;
};

struct jail {
	struct observer *observer;
	int pidfd;
	int go_fd;
	pid_t pid;
	int status;
	struct seen *seen;
	int count;
};

/* As fork(), with FLAGS of clone(2). */
static inline pid_t process_clone(int flags, int *out_pidfd)
{
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, out_pidfd, NULL,
			      0);
}

static inline int see(void *ctx, const struct event *event)
{
	struct jail *jail = ctx;
	struct seen *seen = &jail->seen[jail->count];

	if (jail->count == SEEN_MAX)
		return -E2BIG;
	seen->event = *event;
	seen->exe =
		strndup(event->exe.len ? event->exe.at : "", event->exe.len);
	seen->object = strndup(event->object.len ? event->object.at : "",
			       event->object.len);
	seen->object2 = strndup(event->object2.len ? event->object2.at : "",
				event->object2.len);
	jail->count++;
	return 0;
}

/*
 * Starts ACT as the first process of a pid namespace, enrolled before its
 * first instruction. Where this kernel cannot be observed the test ends as
 * skipped.
 */
static inline void jail_start(struct jail *jail, size_t ring_bytes,
			      int (*act)(void))
{
	struct error err = { 0 };
	char go = 0;
	int fds[2];
	int r;

	*jail = (struct jail){ .pidfd = -1 };
	jail->seen = calloc(SEEN_MAX, sizeof(*jail->seen));
	r = observer_open(ring_bytes, &jail->observer, &err);
	if (r < 0) {
		printf("%s\n", err.text);
		exit(r == -EPERM ? 77 : 1);
	}
	if (pipe2(fds, O_CLOEXEC) < 0)
		exit(1);
	fflush(stdout);
	jail->pid = process_clone(CLONE_NEWPID | CLONE_PIDFD, &jail->pidfd);
	if (jail->pid == 0) {
		close(fds[1]);
		_exit(read(fds[0], &go, 1) == 1 ? act() : 99);
	}
	close(fds[0]);
	jail->go_fd = fds[1];
	r = observer_enroll(jail->observer, jail->pidfd, &err);
	if (r < 0)
		printf("%s\n", err.text);
	CHECK(r == 0);
}

static inline void jail_go(struct jail *jail)
{
	CHECK(write(jail->go_fd, "g", 1) == 1);
	close(jail->go_fd);
}

static inline void jail_drain(struct jail *jail)
{
	struct error err = { 0 };

	if (observer_drain(jail->observer, see, jail, &err) < 0) {
		printf("drain: %s\n", err.text);
		failures++;
	}
}

/* Waits for the end; drains all the while, or only then. */
static inline void jail_wait(struct jail *jail, bool drains)
{
	struct pollfd pfds[] = { { jail->pidfd, POLLIN, 0 },
				 { observer_fd(jail->observer), POLLIN, 0 } };

	while (!pfds[0].revents) {
		poll(pfds, drains ? 2 : 1, 50);
		if (drains)
			jail_drain(jail);
	}
	CHECK(waitpid(jail->pid, &jail->status, 0) == jail->pid);
	jail_drain(jail);
}

static inline void jail_free(struct jail *jail)
{
	for (int i = 0; i < jail->count; i++) {
		free(jail->seen[i].exe);
		free(jail->seen[i].object);
		free(jail->seen[i].object2);
	}
	free(jail->seen);
	close(jail->pidfd);
	observer_close(jail->observer);
}
