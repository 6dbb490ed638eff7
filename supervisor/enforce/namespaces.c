/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/namespaces.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"

static bool reads_as(const char *path, char digit)
{
	CLEANUP(fd_closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text = 0;

	return fd >= 0 && read(fd, &text, 1) == 1 && text == digit;
}

/* The same failure has several causes, and each its own remedy. */
static int explain_refusal(int code, struct error *err)
{
	const char *remedy = "this kernel or container forbids them";

	if (reads_as("/proc/sys/kernel/unprivileged_userns_clone", '0'))
		remedy = "sysctl kernel.unprivileged_userns_clone=1 allows "
			 "them";
	else if (reads_as("/proc/sys/user/max_user_namespaces", '0'))
		remedy = "sysctl user.max_user_namespaces=10000 allows them";
	else if (reads_as("/proc/sys/kernel/"
			  "apparmor_restrict_unprivileged_userns",
			  '1'))
		remedy = "AppArmor restricts them: install agentjail's "
			 "AppArmor profile (make install)";
	return error_set(err, code,
			 "user namespaces are not to be had (%s; or run as "
			 "root)",
			 remedy);
}

static int map_users(uid_t uid, gid_t gid, struct error *err)
{
	char text[64];
	int r;

	r = io_write_file(AT_FDCWD, "/proc/self/setgroups", "deny", err);
	if (r < 0)
		return r;
	snprintf(text, sizeof(text), "%u %u 1", uid, uid);
	r = io_write_file(AT_FDCWD, "/proc/self/uid_map", text, err);
	if (r < 0)
		return r;
	snprintf(text, sizeof(text), "%u %u 1", gid, gid);
	return io_write_file(AT_FDCWD, "/proc/self/gid_map", text, err);
}

int namespaces_enter(bool as_user, uid_t uid, gid_t gid, struct error *err)
{
	if (as_user) {
		if (unshare(CLONE_NEWUSER) < 0)
			return explain_refusal(-errno, err);
		if (map_users(uid, gid, err) < 0)
			return error_wrap(err, "user namespace");
	}
	if (unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS) < 0) {
		if (as_user && errno == EPERM)
			return explain_refusal(-EPERM, err);
		return error_set(err, -errno, "namespaces");
	}
	return 0;
}

pid_t namespaces_fork_init(int *out_pidfd, struct error *err)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags = CLONE_NEWPID | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid < 0)
		return error_set(err, -errno, "pid namespace");
	if (pid > 0)
		*out_pidfd = pidfd;
	return (pid_t)pid;
}

int namespaces_open_pid(int proc_fd, pid_t pid, struct error *err)
{
	char name[64];
	int fd;

	snprintf(name, sizeof(name), "%d/ns/pid", pid);
	fd = openat(proc_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set(err, -errno, "the pid namespace");
	return fd;
}

int namespaces_join_pid(int ns_fd, struct error *err)
{
	if (setns(ns_fd, CLONE_NEWPID) < 0)
		return error_set(err, -errno, "entering the pid namespace");
	return 0;
}
