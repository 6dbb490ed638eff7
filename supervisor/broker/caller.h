/* SPDX-License-Identifier: Apache-2.0 */
/*
 * caller.h - the task whose call waits: its memory, its directories, its ids.
 *
 * Knows how one task is read from outside its pid namespace. All that it
 * gives is only good while the call still waits: the caller of these asks
 * listener_is_waiting() after reading and before acting.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct caller {
	pid_t tid;   /* as the broker's pid namespace numbers it */
	int proc_fd; /* the procfs of that namespace; not owned */
};

/*
 * Copies the string at ADDRESS into TEXT of PATH_MAX bytes. Returns its
 * length, -EFAULT, or -ENAMETOOLONG where it has no end within PATH_MAX, as
 * the kernel would.
 */
ssize_t caller_read_string(const struct caller *caller, uint64_t address,
			   char text[PATH_MAX]);

/* Copies LEN bytes. Returns 0 or -EFAULT. */
int caller_read(const struct caller *caller, uint64_t address, void *data,
		size_t len);

/* Writes LEN bytes into its memory. Returns 0 or -EFAULT. */
int caller_write(const struct caller *caller, uint64_t address,
		 const void *data, size_t len);

/*
 * Whether a signal waits for the task that it would take at once: what then
 * blocks in its name ends, as a call of its own would.
 */
bool caller_has_signal(const struct caller *caller);

/* A task's numbers and mask as /proc/TID/status has them. */
struct caller_status {
	pid_t tgid;
	pid_t ppid;
	pid_t inner_tgid; /* as the jail's own pid namespace numbers it */
	pid_t inner_tid;
	mode_t umask;
};

int caller_status(const struct caller *caller, struct caller_status *out);

/* The task's process: its thread group's number; its own if it has ended. */
pid_t caller_process(const struct caller *caller);

/* The file that the task executes; "" where it cannot be read. */
void caller_exe(const struct caller *caller, char text[PATH_MAX]);
