/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/resolve.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/own.h"
#include "broker/procfs.h"

#define LINKS_MAX 40 /* path_resolution(7) */
#define PROC_ROOT_INO 1

static int open_how(int dir_fd, const char *path, int flags, uint64_t resolve)
{
	const struct open_how how = {
		.flags = (uint64_t)(unsigned)flags | O_PATH | O_CLOEXEC,
		.resolve = resolve,
	};
	long fd = syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));

	return fd < 0 ? -errno : (int)fd;
}

int resolve_descriptor(const struct resolve_start *start)
{
	const struct caller *caller = start->caller;
	char link[64];
	int fd;

	if (start->dir_fd == AT_FDCWD)
		snprintf(link, sizeof(link), "%d/cwd", caller->tid);
	else if (start->dir_fd < 0)
		return -EBADF;
	else
		snprintf(link, sizeof(link), "%d/fd/%d", caller->tid,
			 start->dir_fd);
	fd = open_how(caller->proc_fd, link, 0, 0);
	if (fd == -ENOENT)
		return start->dir_fd == AT_FDCWD ? -ENOENT : -EBADF;
	return fd;
}

/* A walk in progress: where it stands and what is left to go. */
struct walk {
	const struct caller *caller;
	int dir_fd;
	int links;
	bool nofollow;
	bool no_magic;
	int *held;
	char rest[2 * PATH_MAX];
};

static void walk_endp(struct walk *walk)
{
	fd_closep(&walk->dir_fd);
}

/* Puts the link's text before what is left to go. */
static int walk_splice(struct walk *walk, const char *text, const char *rest)
{
	char joined[2 * PATH_MAX];
	int n = snprintf(joined, sizeof(joined), "%s%s", text, rest);

	if (n >= (int)sizeof(joined) || n >= PATH_MAX + NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(walk->rest, joined, (size_t)n + 1);
	if (text[0] != '/')
		return 0;
	fd_closep(&walk->dir_fd);
	walk->dir_fd = open_how(AT_FDCWD, "/", O_DIRECTORY, 0);
	return walk->dir_fd < 0 ? walk->dir_fd : 0;
}

bool resolve_is_magic(int dir_fd, const char *name)
{
	CLEANUP(fd_closep) int fd = -1;

	if (!procfs_has(dir_fd))
		return false;
	fd = open_how(dir_fd, name, 0, RESOLVE_NO_MAGICLINKS);
	return fd == -ELOOP;
}

/* self and thread-self mean the caller, who is not who walks. */
static int self_text(const struct walk *walk, const char *name,
		     char text[PATH_MAX])
{
	struct caller_status status;
	struct stat st;
	int r;

	if (strcmp(name, "self") != 0 && strcmp(name, "thread-self") != 0)
		return 0;
	if (!procfs_has(walk->dir_fd) || fstat(walk->dir_fd, &st) < 0 ||
	    st.st_ino != PROC_ROOT_INO)
		return 0;
	if (procfs_is_foreign(walk->dir_fd, &st))
		return -EACCES;
	r = caller_status(walk->caller, &status);
	if (r < 0)
		return r;
	if (name[0] == 's')
		return snprintf(text, PATH_MAX, "%d", status.inner_tgid);
	return snprintf(text, PATH_MAX, "%d/task/%d", status.inner_tgid,
			status.inner_tid);
}

/* Notes where the walk ends at one of the caller's own descriptors. */
static void held_note(struct walk *walk, const char *name)
{
	char link[16], path[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "%d", walk->dir_fd);
	n = readlink(link, path, sizeof(path) - 1); /* workers stand in fd */
	if (n < 0)
		return;
	path[n] = '\0';
	if (procfs_is_own_descriptors(walk->caller, path))
		*walk->held = (int)strtol(name, NULL, 10);
}

/* Goes through the link NAME, whose text means nothing; REST follows it. */
static int walk_jump(struct walk *walk, const char *name, const char *rest)
{
	struct stat st;
	int fd;

	if (fstat(walk->dir_fd, &st) < 0)
		return -errno;
	if (procfs_is_foreign(walk->dir_fd, &st))
		return -EACCES;
	fd = open_how(walk->dir_fd, name, 0, 0);
	if (fd < 0)
		return fd;
	if (walk->held && !rest[0])
		held_note(walk, name);
	fd_closep(&walk->dir_fd);
	walk->dir_fd = fd;
	memmove(walk->rest, rest, strlen(rest) + 1);
	return 0;
}

/* Goes through the link NAME; REST follows it. */
static int walk_link(struct walk *walk, const char *name, const char *rest)
{
	char text[PATH_MAX];
	ssize_t n;

	if (++walk->links > LINKS_MAX)
		return -ELOOP;
	n = self_text(walk, name, text);
	if (n < 0)
		return (int)n;
	if (n == 0 && resolve_is_magic(walk->dir_fd, name))
		return walk->no_magic ? -ELOOP : walk_jump(walk, name, rest);
	if (n == 0)
		n = readlinkat(walk->dir_fd, name, text, sizeof(text) - 1);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	return walk_splice(walk, text, rest);
}

/* One component. Returns 1 when the walk has arrived, 0 to go on, -errno. */
static int walk_step(struct walk *walk)
{
	CLEANUP(fd_closep) int fd = -1;
	char name[NAME_MAX + 1], rest[2 * PATH_MAX];
	const char *at = walk->rest + strspn(walk->rest, "/");
	size_t len = strcspn(at, "/");
	struct stat st;

	if (!len)
		return 1;
	if (len > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, at, len);
	name[len] = '\0';
	snprintf(rest, sizeof(rest), "%s", at + len);
	fd = open_how(walk->dir_fd, name, O_NOFOLLOW, 0);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode) && !(walk->nofollow && !rest[0]))
		return walk_link(walk, name, rest);
	if (rest[0] && !S_ISDIR(st.st_mode))
		return -ENOTDIR;
	fd_closep(&walk->dir_fd);
	walk->dir_fd = TAKE_FD(fd);
	memmove(walk->rest, rest, strlen(rest) + 1);
	return 0;
}

/*
 * By component, as the kernel does: the slow way, for paths through links of
 * procfs that mean the walker.
 */
static int walk_object(const struct resolve_start *start, const char *path,
		       int flags)
{
	CLEANUP(walk_endp)
	struct walk walk = {
		.caller = start->caller,
		.dir_fd = -1,
		.nofollow = flags & O_NOFOLLOW,
		.no_magic = start->resolve & RESOLVE_NO_MAGICLINKS,
		.held = start->held,
	};
	struct stat st;
	int r = 0;

	walk.dir_fd = path[0] == '/' ? open_how(AT_FDCWD, "/", O_DIRECTORY, 0)
				     : resolve_descriptor(start);
	if (walk.dir_fd < 0)
		return walk.dir_fd;
	snprintf(walk.rest, sizeof(walk.rest), "%s", path);
	while (r == 0)
		r = walk_step(&walk);
	if (r < 0)
		return r;
	if (flags & O_DIRECTORY &&
	    (fstat(walk.dir_fd, &st) < 0 || !S_ISDIR(st.st_mode)))
		return -ENOTDIR;
	return TAKE_FD(walk.dir_fd);
}

/*
 * The kernel's own walk, begun where the caller's would begin. It jumps
 * through no link of procfs: from whose procfs to where is not seen then.
 */
static int direct_object(const struct resolve_start *start, const char *path,
			 int flags, uint64_t resolve)
{
	CLEANUP(fd_closep) int base = -1;

	resolve |= RESOLVE_NO_MAGICLINKS;
	if (path[0] == '/' && !(resolve & (RESOLVE_BENEATH | RESOLVE_IN_ROOT)))
		return open_how(AT_FDCWD, path, flags, resolve);
	base = resolve_descriptor(start);
	if (base < 0)
		return base;
	return open_how(base, path, flags, resolve);
}

int resolve_object(const struct resolve_start *start, const char *path,
		   int flags)
{
	int fd;

	if (start->held)
		*start->held = -1;
	if (!path[0])
		return -ENOENT;
	fd = direct_object(start, path, flags, start->resolve);
	if (fd != -ENOENT && fd != -ELOOP)
		return fd;
	/* Nothing there, or a link of procfs that means the walker? */
	if (start->resolve & (RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH |
			      RESOLVE_IN_ROOT | RESOLVE_NO_XDEV))
		return fd;
	if (fd == -ENOENT)
		fd = direct_object(start, path, flags,
				   start->resolve | RESOLVE_NO_SYMLINKS);
	if (fd != -ELOOP)
		return fd;
	return walk_object(start, path, flags);
}

int resolve_parent(const struct resolve_start *start, const char *path,
		   char out_name[NAME_MAX + 1], bool *out_slash)
{
	char dir[PATH_MAX];
	size_t len = strlen(path), end = len, at;

	if (!len)
		return -ENOENT;
	while (end > 0 && path[end - 1] == '/')
		end--;
	at = end;
	while (at > 0 && path[at - 1] != '/')
		at--;
	if (end - at > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(dir, path, at);
	dir[at] = '\0';
	if (!at)
		strcpy(dir, ".");
	memcpy(out_name, path + at, end - at);
	out_name[end - at] = '\0';
	*out_slash = end < len;
	return resolve_object(start, dir, O_DIRECTORY);
}
