/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attend.h - the broker's main thread while the command runs: hands on what
 * the supervisor asks of the command and what becomes of it.
 */
#pragma once

#include <signal.h>
#include <sys/types.h>

struct error;

struct attendance {
	int channel_fd; /* with the supervisor */
	int child_fd;	/* attend_children()'s */
	int leader_fd;	/* channel with the session leader; -1: there is none */
	pid_t child;	/* the session leader, or the command itself */
};

/*
 * A descriptor that is readable when a child changed; the caller's. Before the
 * process has a second thread, which would take the signals away.
 */
int attend_children(int *out_child_fd, struct error *err);

/*
 * Reaps and hands on until the command has ended, or the supervisor or the
 * leader has. Returns the command's wait status.
 */
int attend(const struct attendance *attendance);
