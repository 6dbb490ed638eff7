/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/target.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/own.h"
#include "broker/judge.h"
#include "broker/listener.h"
#include "broker/resolve.h"
#include "broker/work.h"

int target_take(int fd, struct target *out_target)
{
	if (fd < 0)
		return fd;
	out_target->fd = fd;
	snprintf(out_target->name, sizeof(out_target->name), "%d", fd);
	return fstat(fd, &out_target->st) < 0 ? -errno : 0;
}

int target_at(struct work *work, int dir_fd, uint64_t address, unsigned flags,
	      struct target *out_target)
{
	const struct resolve_start start = {
		.caller = &work->caller,
		.dir_fd = dir_fd,
	};
	char path[PATH_MAX];
	ssize_t n = caller_read_string(&work->caller, address, path);

	if (n < 0)
		return (int)n;
	if (n == 0 && flags & AT_EMPTY_PATH)
		return target_take(resolve_descriptor(&start), out_target);
	return target_take(
		resolve_object(&start, path,
			       flags & AT_SYMLINK_NOFOLLOW ? O_NOFOLLOW : 0),
		out_target);
}

/* The flags that the caller's descriptor FD was opened with, or -EBADF. */
static int descriptor_flags(const struct caller *caller, int fd)
{
	char name[64], text[512];
	CLEANUP(fd_closep) int info = -1;
	const char *flags;
	ssize_t n;

	snprintf(name, sizeof(name), "%d/fdinfo/%d", caller->tid, fd);
	info = openat(caller->proc_fd, name, O_RDONLY | O_CLOEXEC);
	if (info < 0)
		return -EBADF;
	n = io_read_all(info, text, sizeof(text) - 1);
	if (n < 0)
		return -EBADF;
	text[n] = '\0';
	flags = strstr(text, "\nflags:\t");
	if (!flags)
		return -EBADF;
	return (int)strtol(flags + strlen("\nflags:\t"), NULL, 8);
}

int target_open(struct work *work, int fd, struct target *out_target)
{
	const struct resolve_start start = {
		.caller = &work->caller,
		.dir_fd = fd,
	};
	int flags;

	if (fd < 0)
		return -EBADF;
	flags = descriptor_flags(&work->caller, fd);
	if (flags < 0 || flags & O_PATH)
		return -EBADF;
	return target_take(resolve_descriptor(&start), out_target);
}

int target_may(struct work *work, uint32_t ops, const struct target *target)
{
	int r = judge_object(work, ops, target->fd, &target->st);

	if (r < 0)
		return r;
	return listener_is_waiting(work->office->listener, work->notice.id)
		       ? 0
		       : -EINTR;
}

void target_endp(struct target *target)
{
	fd_closep(&target->fd);
}
