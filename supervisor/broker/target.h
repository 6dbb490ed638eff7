/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target.h - the object that a call is about, by its path or its descriptor.
 */
#pragma once

#include <stdint.h>
#include <sys/stat.h>

struct work;

struct target {
	int fd; /* O_PATH; owned */
	struct stat st;
	char name[16]; /* of the object, to a call that takes a path alone */
};

#define TARGET_NONE                                                            \
	{                                                                      \
		.fd = -1                                                       \
	}

/* Makes FD, which it then owns, the target; a negative one is an -errno. */
int target_take(int fd, struct target *out_target);

/*
 * Finds what the path at ADDRESS in the agent's memory leads to. FLAGS may
 * have AT_SYMLINK_NOFOLLOW and, where the call knows it, AT_EMPTY_PATH.
 * Returns 0 or the -errno that the kernel would give.
 */
int target_at(struct work *work, int dir_fd, uint64_t address, unsigned flags,
	      struct target *out_target);

/* Finds what is open as FD; one opened with O_PATH is -EBADF, as in fchmod. */
int target_open(struct work *work, int fd, struct target *out_target);

/*
 * Judges OPS on the target. Returns 0 where they may happen now; else a
 * negative errno, -EINTR where the call waits no longer.
 */
int target_may(struct work *work, uint32_t ops, const struct target *target);

void target_endp(struct target *target);
