/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/group.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"

#define MAKE_TRIES 8
#define REMOVE_TRIES 100
#define REMOVE_PAUSE_NS 10000000 /* a task leaves its group a little late */

static void dir_closep(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* Opens and locks it. Another run may have removed it in between: -EAGAIN. */
static int group_open(const char *path, int *out_fd)
{
	CLEANUP(fd_closep)
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat there, held;

	if (fd < 0)
		return errno == ENOENT ? -EAGAIN : -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	if (fstat(fd, &held) < 0 || stat(path, &there) < 0 ||
	    there.st_ino != held.st_ino)
		return -EAGAIN;
	*out_fd = TAKE_FD(fd);
	return 0;
}

int group_make(const char *parent, const char *name, struct group *out_group,
	       struct error *err)
{
	struct group group = { .fd = -1 };
	int r = -EAGAIN;

	if (snprintf(group.path, sizeof(group.path), "%s/" GROUP_PREFIX "%s",
		     parent, name) >= (int)sizeof(group.path))
		return error_set(err, -ENAMETOOLONG, "%s", parent);
	for (int i = 0; i < MAKE_TRIES && r == -EAGAIN; i++) {
		if (mkdir(group.path, 0755) < 0 && errno != EEXIST)
			r = -errno;
		else
			r = group_open(group.path, &group.fd);
	}
	if (r < 0)
		return error_set(err, r, "%s", group.path);
	*out_group = group;
	return 0;
}

int group_enter(const struct group *group, pid_t pid, struct error *err)
{
	char text[16];
	int r;

	snprintf(text, sizeof(text), "%d", pid);
	r = io_write_file(group->fd, "cgroup.procs", text, err);
	return r < 0 ? error_wrap(err, "%s", group->path) : 0;
}

void group_endp(struct group *group)
{
	const struct timespec pause = { .tv_nsec = REMOVE_PAUSE_NS };

	for (int i = 0; group->path[0] && i < REMOVE_TRIES; i++) {
		if (rmdir(group->path) == 0 || errno != EBUSY)
			break;
		nanosleep(&pause, NULL);
	}
	group->path[0] = '\0';
	fd_closep(&group->fd);
}

void group_prune(const char *parent)
{
	CLEANUP(dir_closep) DIR *dir = opendir(parent);
	const size_t len = strlen(GROUP_PREFIX);
	const struct dirent *entry;
	char path[PATH_MAX];

	while (dir && (entry = readdir(dir))) {
		CLEANUP(fd_closep) int fd = -1;

		if (strncmp(entry->d_name, GROUP_PREFIX, len) != 0 ||
		    snprintf(path, sizeof(path), "%s/%s", parent,
			     entry->d_name) >= (int)sizeof(path))
			continue;
		/* With the lock nobody else is about to use it. */
		if (group_open(path, &fd) == 0)
			rmdir(path); /* only where nothing runs in it */
	}
}
