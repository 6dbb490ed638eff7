/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/procfs.h"

#include <linux/magic.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "base/own.h"
#include "broker/caller.h"

#define KNOWN_MAX 16

/*
 * Devices of file systems that are no foreign procfs: to ask each time costs
 * a call. A slot that two threads write at once holds one of both.
 */
static atomic_ulong known[KNOWN_MAX];
static atomic_uint known_next;

bool procfs_has(int fd)
{
	struct statfs fs;

	return fstatfs(fd, &fs) == 0 && fs.f_type == PROC_SUPER_MAGIC;
}

static bool is_jails(dev_t dev)
{
	struct stat st;

	return stat("/proc", &st) == 0 && st.st_dev == dev;
}

bool procfs_is_foreign(int fd, const struct stat *st)
{
	if (major(st->st_dev) != 0)
		return false; /* on a device, as procfs never is */
	for (unsigned i = 0; i < KNOWN_MAX; i++)
		if (atomic_load(&known[i]) == st->st_dev)
			return false;
	if (procfs_has(fd) && !is_jails(st->st_dev))
		return true;
	atomic_store(&known[atomic_fetch_add(&known_next, 1) % KNOWN_MAX],
		     st->st_dev);
	return false;
}

/*
 * Takes /proc/PID or /proc/PID/task/TID off PATH; returns what follows, NULL
 * where it is none of these.
 */
static const char *process_skip(const char *path, pid_t *out_pid)
{
	char *end;

	if (strncmp(path, "/proc/", 6) != 0)
		return NULL;
	*out_pid = (pid_t)strtol(path + 6, &end, 10);
	if (end == path + 6)
		return NULL;
	if (strncmp(end, "/task/", 6) == 0) {
		const char *tid = end + 6;

		(void)strtol(tid, &end, 10);
		if (end == tid)
			return NULL;
	}
	return end;
}

static bool is_callers(const struct caller *caller, pid_t pid)
{
	struct caller_status status;

	return caller_status(caller, &status) == 0 && status.inner_tgid == pid;
}

void procfs_name_self(const struct caller *caller, char path[PATH_MAX])
{
	static const char self[] = "/proc/self";
	const char *slash;
	size_t len;

	if (strncmp(path, "/proc/", 6) != 0 || path[6] < '1' || path[6] > '9' ||
	    !is_callers(caller, (pid_t)strtol(path + 6, NULL, 10)))
		return;
	slash = strchr(path + 6, '/');
	len = slash ? strlen(slash) : 0;
	if (sizeof(self) + len > PATH_MAX)
		return;
	memmove(path + sizeof(self) - 1, slash ? slash : "", len);
	memcpy(path, self, sizeof(self) - 1);
	path[sizeof(self) - 1 + len] = '\0';
}

bool procfs_is_others_memory(const char *path)
{
	pid_t pid = 0;
	const char *rest = process_skip(path, &pid);

	return rest && strcmp(rest, "/mem") == 0;
}

bool procfs_is_own_descriptors(const struct caller *caller, const char *path)
{
	pid_t pid = 0;
	const char *rest = process_skip(path, &pid);

	return rest && strcmp(rest, "/fd") == 0 && is_callers(caller, pid);
}
