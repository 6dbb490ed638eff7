/* SPDX-License-Identifier: Apache-2.0 */
#include "run/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/own.h"

static int directory_make(char path[PATH_MAX], const char *dir,
			  const char *name, mode_t mode, struct error *err)
{
	if (snprintf(path, PATH_MAX, "%s/%s", dir, name) >= PATH_MAX)
		return error_set(err, -ENAMETOOLONG, "%s", dir);
	/* chmod, since a umask takes the sticky bit's company away. */
	if (mkdir(path, 0700) < 0 || chmod(path, mode) < 0)
		return error_set(err, -errno, "%s", path);
	return 0;
}

int scratch_make(const char *run_dir, struct scratch *out_scratch,
		 struct error *err)
{
	int r = directory_make(out_scratch->dir, run_dir, "scratch", 0700, err);

	if (r == 0)
		r = directory_make(out_scratch->tmp, out_scratch->dir, "tmp",
				   01777, err);
	if (r == 0)
		r = directory_make(out_scratch->var_tmp, out_scratch->dir,
				   "var_tmp", 01777, err);
	return r;
}

static void dir_closep(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* Opens the directory NAME, also where its owner shut himself out of it. */
static DIR *directory_open(int dir_fd, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(dir_fd, name, flags);
	DIR *dir;

	if (fd < 0 && errno == EACCES && fchmodat(dir_fd, name, 0700, 0) == 0)
		fd = openat(dir_fd, name, flags);
	if (fd < 0)
		return NULL;
	fchmod(fd, 0700); /* its names could not be removed without */
	dir = fdopendir(fd);
	if (!dir)
		close(fd);
	return dir;
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/*
 * A tree can be deeper than a process has descriptors: what lies too deep is
 * moved up, to be removed from there.
 */
struct removal {
	int top_fd;
	unsigned lifted; /* trees moved up so far */
};

static int tree_remove(struct removal *removal, int dir_fd, const char *name,
		       int depth);

static int entry_remove(struct removal *removal, int dir_fd, const char *name,
			int depth)
{
	char lifted[32];

	if (unlinkat(dir_fd, name, 0) == 0)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return -errno;
	if (depth > 0)
		return tree_remove(removal, dir_fd, name, depth - 1);
	snprintf(lifted, sizeof(lifted), "lifted-%u", removal->lifted++);
	return renameat(dir_fd, name, removal->top_fd, lifted) < 0 ? -errno : 0;
}

static int tree_remove(struct removal *removal, int dir_fd, const char *name,
		       int depth)
{
	CLEANUP(dir_closep) DIR *dir = directory_open(dir_fd, name);
	const struct dirent *entry;
	int r = dir ? 0 : -errno;

	while (r == 0 && (entry = readdir(dir)))
		if (!is_dots(entry->d_name))
			r = entry_remove(removal, dirfd(dir), entry->d_name,
					 depth);
	if (r < 0)
		return r;
	return unlinkat(dir_fd, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

#define DEPTH_MAX 64

int scratch_remove(const struct scratch *scratch, struct error *err)
{
	static const char *const names[] = { "tmp", "var_tmp" };
	CLEANUP(dir_closep) DIR *top = NULL;
	struct removal removal = { .lifted = 0 };
	const struct dirent *entry;
	int r = 0;

	if (!scratch->dir[0])
		return 0;
	top = opendir(scratch->dir);
	if (!top)
		return error_set(err, -errno, "%s", scratch->dir);
	removal.top_fd = dirfd(top);
	for (size_t i = 0; i < ARRAY_SIZE(names) && r == 0; i++)
		r = tree_remove(&removal, dirfd(top), names[i], DEPTH_MAX);
	/* What was moved up here, which may move more of its own up. */
	while (r == 0 && (entry = readdir(top))) {
		if (is_dots(entry->d_name))
			continue;
		r = tree_remove(&removal, dirfd(top), entry->d_name, DEPTH_MAX);
		rewinddir(top);
	}
	if (r == 0 && rmdir(scratch->dir) < 0)
		r = -errno;
	return r < 0 ? error_set(err, r, "removing %s", scratch->dir) : 0;
}
