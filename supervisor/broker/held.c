/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/held.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/pidfd.h>

#include "base/own.h"
#include "broker/work.h"

/* The broker's own copy, which nobody else can exchange while it is read. */
static int copy_of(struct work *work, int number)
{
	CLEANUP(fd_closep) int pidfd = -1;
	struct caller_status status;
	int r = caller_status(&work->caller, &status);

	if (r < 0)
		return r;
	pidfd = pidfd_open(status.tgid, 0);
	return pidfd < 0 ? pidfd : pidfd_getfd(pidfd, number, 0);
}

static bool covers(int held, int wanted)
{
	switch (held & O_ACCMODE) {
	case O_RDWR:
		break;
	case O_RDONLY:
	case O_WRONLY:
		if ((wanted & O_ACCMODE) != (held & O_ACCMODE))
			return false;
		break;
	default:
		return false;
	}
	if (held & O_PATH || wanted & O_TRUNC)
		return false;
	return (wanted & O_ACCMODE) == O_RDONLY || !(held & O_APPEND) ||
	       (wanted & O_APPEND);
}

int held_copy(struct work *work, int number, int flags, const struct stat *st)
{
	CLEANUP(fd_closep) int copy = number < 0 ? -1 : copy_of(work, number);
	struct stat held;
	int held_flags;

	if (copy < 0 || fstat(copy, &held) < 0 || held.st_dev != st->st_dev ||
	    held.st_ino != st->st_ino)
		return -1;
	held_flags = fcntl(copy, F_GETFL);
	if (held_flags < 0 || (flags & O_ACCMODE) == O_ACCMODE ||
	    !covers(held_flags, flags))
		return -1;
	return TAKE_FD(copy);
}
