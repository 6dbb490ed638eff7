/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/caller.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "base/io.h"
#include "base/own.h"

#define PAGE_BYTES 4096

static ssize_t peek(const struct caller *caller, uint64_t address, void *data,
		    size_t len)
{
	const struct iovec local = { .iov_base = data, .iov_len = len };
	const struct iovec remote = { .iov_base = (void *)(uintptr_t)address,
				      .iov_len = len };

	return process_vm_readv(caller->tid, &local, 1, &remote, 1, 0);
}

/* By pages, since the one after the string may not be there. */
ssize_t caller_read_string(const struct caller *caller, uint64_t address,
			   char text[PATH_MAX])
{
	size_t have = 0;

	while (have < PATH_MAX) {
		uint64_t at = address + have;
		size_t want = PAGE_BYTES - at % PAGE_BYTES;
		char *end;
		ssize_t n;

		if (want > PATH_MAX - have)
			want = PATH_MAX - have;
		n = peek(caller, at, text + have, want);
		if (n <= 0)
			return -EFAULT;
		end = memchr(text + have, '\0', (size_t)n);
		if (end)
			return end - text;
		have += (size_t)n;
	}
	return -ENAMETOOLONG;
}

int caller_read(const struct caller *caller, uint64_t address, void *data,
		size_t len)
{
	return peek(caller, address, data, len) == (ssize_t)len ? 0 : -EFAULT;
}

int caller_write(const struct caller *caller, uint64_t address,
		 const void *data, size_t len)
{
	const struct iovec local = { .iov_base = (void *)data, .iov_len = len };
	const struct iovec remote = { .iov_base = (void *)(uintptr_t)address,
				      .iov_len = len };

	return process_vm_writev(caller->tid, &local, 1, &remote, 1, 0) ==
			       (ssize_t)len
		       ? 0
		       : -EFAULT;
}

/* The last number of a line such as "NSpid:\t4711\t12". */
static pid_t last_number(const char *line)
{
	const char *end = strchr(line, '\n');
	const char *at = end;

	while (at > line && at[-1] != '\t' && at[-1] != ' ')
		at--;
	return (pid_t)strtol(at, NULL, 10);
}

static const char *value_of(const char *status, const char *key)
{
	const char *line = strstr(status, key);

	return line && strchr(line, '\n') ? line + strlen(key) : NULL;
}

#define STATUS_BYTES 4096

static int status_read(const struct caller *caller, char text[STATUS_BYTES])
{
	char name[64];
	CLEANUP(fd_closep) int fd = -1;
	ssize_t n;

	snprintf(name, sizeof(name), "%d/status", caller->tid);
	fd = openat(caller->proc_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = io_read_all(fd, text, STATUS_BYTES - 1);
	if (n < 0)
		return (int)n;
	text[n] = '\0';
	return 0;
}

static uint64_t signals_of(const char *status, const char *key)
{
	const char *mask = value_of(status, key);

	return mask ? strtoull(mask, NULL, 16) : 0;
}

/*
 * One sent to the process wakes its leader, which may be another thread than
 * the task: only where it is the leader does that end the task's own call.
 */
bool caller_has_signal(const struct caller *caller)
{
	char text[STATUS_BYTES];
	const char *tgid;
	uint64_t waiting;

	if (status_read(caller, text) < 0)
		return false;
	tgid = value_of(text, "\nTgid:\t");
	waiting = signals_of(text, "\nSigPnd:\t");
	if (tgid && strtol(tgid, NULL, 10) == caller->tid)
		waiting |= signals_of(text, "\nShdPnd:\t");
	return (waiting & ~signals_of(text, "\nSigBlk:\t")) != 0;
}

int caller_status(const struct caller *caller, struct caller_status *out)
{
	const char *umask_, *tgid, *ppid, *inner_tgid, *inner_tid;
	char text[STATUS_BYTES];
	int r = status_read(caller, text);

	if (r < 0)
		return r;
	umask_ = value_of(text, "\nUmask:\t");
	tgid = value_of(text, "\nTgid:\t");
	ppid = value_of(text, "\nPPid:\t");
	inner_tgid = value_of(text, "\nNStgid:\t");
	inner_tid = value_of(text, "\nNSpid:\t");
	if (!umask_ || !tgid || !ppid || !inner_tgid || !inner_tid)
		return -ESRCH; /* it ended while it was read */
	out->umask = (mode_t)strtoul(umask_, NULL, 8);
	out->tgid = (pid_t)strtol(tgid, NULL, 10);
	out->ppid = (pid_t)strtol(ppid, NULL, 10);
	out->inner_tgid = last_number(inner_tgid);
	out->inner_tid = last_number(inner_tid);
	return 0;
}

pid_t caller_process(const struct caller *caller)
{
	struct caller_status status = { .tgid = caller->tid };

	/* Most are alone in theirs, and this is the cheapest way to know. */
	if (syscall(SYS_tgkill, caller->tid, caller->tid, 0) == 0 ||
	    caller_status(caller, &status) < 0)
		return caller->tid;
	return status.tgid;
}

void caller_exe(const struct caller *caller, char text[PATH_MAX])
{
	char name[64];
	ssize_t n;

	snprintf(name, sizeof(name), "%d/exe", caller->tid);
	n = readlinkat(caller->proc_fd, name, text, PATH_MAX - 1);
	text[n > 0 ? n : 0] = '\0';
}
