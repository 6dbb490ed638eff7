/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/mounts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/own.h"

#define CLOSED (MS_NOSUID | MS_NODEV | MS_NOEXEC)

static uint64_t attributes_of(const struct mount_limits *limits)
{
	return MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
	       (limits->read_only ? (uint64_t)MOUNT_ATTR_RDONLY : 0) |
	       (limits->no_exec ? (uint64_t)MOUNT_ATTR_NOEXEC : 0);
}

/* Where FD is no directory it is the mount itself, and PATH is "". */
static int attributes_set(int fd, const char *path, uint64_t set,
			  const char *name, struct error *err)
{
	const unsigned empty = path[0] ? 0 : AT_EMPTY_PATH;
	struct mount_attr attr = { .attr_set = set };

	if (mount_setattr(fd, path, AT_RECURSIVE | empty, &attr, sizeof(attr)) <
	    0)
		return error_set(err, -errno, "mount attributes of %s", name);
	return 0;
}

int mounts_isolate(struct error *err)
{
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return error_set(err, -errno, "making mounts private");
	return attributes_set(AT_FDCWD, "/", MOUNT_ATTR_NOSUID, "/", err);
}

static int copy_raw(const char *path, struct error *err)
{
	int fd = open_tree(AT_FDCWD, path,
			   OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);

	return fd < 0 ? error_set(err, -errno, "mount of %s", path) : fd;
}

int mounts_copy(const char *path, const struct mount_limits *limits,
		struct error *err)
{
	CLEANUP(fd_closep) int fd = copy_raw(path, err);
	int r;

	if (fd < 0)
		return fd;
	r = attributes_set(fd, "", attributes_of(limits), path, err);
	return r < 0 ? r : TAKE_FD(fd);
}

int mounts_limit(const char *path, const struct mount_limits *limits,
		 struct error *err)
{
	return attributes_set(AT_FDCWD, path, attributes_of(limits), path, err);
}

int mounts_attach(int fd, const char *path, struct error *err)
{
	if (move_mount(fd, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return error_set(err, -errno, "mounting at %s", path);
	return 0;
}

int mounts_hide(const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
		return 0; /* nothing there to be seen */
	if (mount("hidden", path, "tmpfs", CLOSED | MS_RDONLY,
		  "mode=0,size=4k,nr_inodes=1") < 0)
		return error_set(err, -errno, "hiding %s", path);
	return 0;
}

/* Binds PATH over itself, read-only. */
static int freeze_place(const char *path, struct error *err)
{
	if (access(path, F_OK) < 0)
		return 0; /* this kernel has no such file */
	if (mount(path, path, NULL, MS_BIND, NULL) < 0 ||
	    mount(NULL, path, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | CLOSED,
		  NULL) < 0)
		return error_set(err, -errno, "making %s read-only", path);
	return 0;
}

int mounts_proc(struct error *err)
{
	static const char *const frozen[] = {
		"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus",
		"/proc/fs",  "/proc/acpi",
	};

	if (mount("proc", "/proc", "proc", CLOSED, NULL) < 0)
		return error_set(err, -errno, "mounting /proc");
	for (size_t i = 0; i < ARRAY_SIZE(frozen); i++) {
		int r = freeze_place(frozen[i], err);

		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * Where the new /dev is made before it is taken out again: a directory that is
 * there on every system and lies in no other's way.
 */
#define NEW_DEV "/sys"

/* Binds FROM at NAME of the new /dev, with the directories that it needs. */
static int place_bind(const char *from, const char *name, bool is_directory,
		      struct error *err)
{
	char to[256];
	int fd;

	snprintf(to, sizeof(to), NEW_DEV "/%s", name);
	for (char *at = to + sizeof(NEW_DEV); (at = strchr(at, '/')); at++) {
		*at = '\0';
		if (mkdir(to, 0755) < 0 && errno != EEXIST)
			return error_set(err, -errno, "%s", to);
		*at = '/';
	}
	if (is_directory) {
		if (mkdir(to, 0755) < 0 && errno != EEXIST)
			return error_set(err, -errno, "%s", to);
	} else {
		fd = open(to, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		if (fd < 0)
			return error_set(err, -errno, "%s", to);
		close(fd);
	}
	if (mount(from, to, NULL, MS_BIND | MS_REC, NULL) < 0)
		return error_set(err, -errno, "binding %s", from);
	return 0;
}

static int device_bind(const char *name, struct error *err)
{
	char from[256];
	struct stat st;

	snprintf(from, sizeof(from), "/dev/%s", name);
	if (stat(from, &st) < 0)
		return 0;
	return place_bind(from, name, S_ISDIR(st.st_mode), err);
}

static int file_bind(const char *file, const char *at, struct error *err)
{
	const struct mount_limits limits = {
		.read_only = true,
		.no_exec = true,
	};
	const char *name = at + strlen("/dev/");
	char to[256];
	int r = place_bind(file, name, false, err);

	snprintf(to, sizeof(to), NEW_DEV "/%s", name);
	return r < 0 ? r : mounts_limit(to, &limits, err);
}

static int devices_make(const char *const *extra, struct error *err)
{
	static const char *const basic[] = {
		"null", "zero", "full", "random", "urandom", "tty",
	};
	static const char *const links[][2] = {
		{ "/proc/self/fd", NEW_DEV "/fd" },
		{ "/proc/self/fd/0", NEW_DEV "/stdin" },
		{ "/proc/self/fd/1", NEW_DEV "/stdout" },
		{ "/proc/self/fd/2", NEW_DEV "/stderr" },
		{ "pts/ptmx", NEW_DEV "/ptmx" },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(basic) && r == 0; i++)
		r = device_bind(basic[i], err);
	for (; extra && *extra && r == 0; extra++)
		r = device_bind(*extra + strlen("/dev/"), err);
	for (size_t i = 0; i < ARRAY_SIZE(links) && r == 0; i++)
		if (symlink(links[i][0], links[i][1]) < 0)
			r = error_set(err, -errno, "%s", links[i][1]);
	return r;
}

static int filesystems_make(struct error *err)
{
	if (mkdir(NEW_DEV "/pts", 0755) < 0 || mkdir(NEW_DEV "/shm", 0755) < 0)
		return error_set(err, -errno, "making /dev");
	if (mount("devpts", NEW_DEV "/pts", "devpts", MS_NOSUID | MS_NOEXEC,
		  "newinstance,ptmxmode=0666,mode=620") < 0)
		return error_set(err, -errno, "mounting /dev/pts");
	if (mount("shm", NEW_DEV "/shm", "tmpfs", MS_NOSUID | MS_NODEV,
		  "mode=1777,size=50%") < 0)
		return error_set(err, -errno, "mounting /dev/shm");
	return 0;
}

int mounts_dev(const char *const *extra, const char *file, const char *at,
	       struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	int r;

	if (mount("dev", NEW_DEV, "tmpfs", MS_NOSUID | MS_NOEXEC,
		  "mode=755,size=256k") < 0)
		return error_set(err, -errno, "mounting /dev");
	r = devices_make(extra, err);
	if (r == 0 && file)
		r = file_bind(file, at, err);
	if (r == 0)
		r = filesystems_make(err);
	if (r == 0 &&
	    mount(NULL, NEW_DEV, NULL,
		  MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC,
		  NULL) < 0)
		r = error_set(err, -errno, "closing /dev");
	if (r == 0)
		fd = copy_raw(NEW_DEV, err);
	if (umount2(NEW_DEV, MNT_DETACH) < 0 && r == 0)
		r = error_set(err, -errno, "taking /dev out");
	if (r == 0 && fd < 0)
		r = fd;
	return r < 0 ? r : TAKE_FD(fd);
}
