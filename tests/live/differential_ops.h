/* SPDX-License-Identifier: Apache-2.0 */
/*
 * differential_ops.h - random operations on files, and the agent that does
 * them and says how each ended.
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A small generator of its own: the agent and the judge see the same. */
static uint64_t state_;

static unsigned chance(unsigned below)
{
	state_ = state_ * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state_ >> 33) % below;
}

static const char *const dirs[] = { "a", "b" };
static const char *const files[] = { "f", "g", "h.key", "x.env" };

/* A path in the tree, "" to be at its root. */
static void path_make(char path[64])
{
	unsigned depth = chance(3);

	path[0] = '\0';
	for (unsigned i = 0; i < depth; i++) {
		strcat(path, dirs[chance(2)]);
		strcat(path, "/");
	}
	strcat(path, chance(3) ? files[chance(4)] : dirs[chance(2)]);
}

enum kind {
	OPEN,
	MKDIR,
	RMDIR,
	UNLINK,
	RENAME,
	LINK,
	SYMLINK,
	CHMOD,
	UTIMES,
	TRUNCATE,
	KINDS
};

struct operation {
	enum kind kind;
	int flags;
	char a[64];
	char b[64];
};

static void operation_make(struct operation *op)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };
	static const int flags[] = { 0,
				     O_APPEND,
				     O_TRUNC,
				     O_CREAT,
				     O_CREAT | O_TRUNC,
				     O_CREAT | O_EXCL,
				     O_CREAT | O_APPEND };

	/* Half of them open something, as programs do. */
	op->kind = chance(2) ? OPEN : (enum kind)chance(KINDS);
	op->flags = modes[chance(3)];
	op->flags |= flags[chance(sizeof(flags) / sizeof(flags[0]))];
	path_make(op->a);
	path_make(op->b);
}

static int do_open(const struct operation *op)
{
	int fd = open(op->a, op->flags, 0644);

	if (fd < 0)
		return -1;
	if ((op->flags & O_ACCMODE) != O_RDONLY && write(fd, "x", 1) != 1)
		_exit(9);
	return close(fd);
}

static int operation_do(const struct operation *op)
{
	switch (op->kind) {
	case OPEN:
		return do_open(op);
	case MKDIR:
		return mkdir(op->a, 0755);
	case RMDIR:
		return rmdir(op->a);
	case UNLINK:
		return unlink(op->a);
	case RENAME:
		return rename(op->a, op->b);
	case LINK:
		return link(op->a, op->b);
	case SYMLINK:
		return symlink("nowhere", op->a);
	case CHMOD:
		return fchmodat(AT_FDCWD, op->a, 0755, 0);
	case UTIMES:
		return utimensat(AT_FDCWD, op->a, NULL, AT_SYMLINK_NOFOLLOW);
	default:
		return truncate(op->a, 3);
	}
}

/* What is at PATH: its type, - for nothing, and which object. */
static void say_what(const char *path)
{
	struct stat st;
	char type = '-';

	memset(&st, 0, sizeof(st));
	if (lstat(path, &st) == 0)
		type = S_ISDIR(st.st_mode)   ? 'd'
		       : S_ISLNK(st.st_mode) ? 'l'
					     : 'f';
	printf(" %c %llu %llu", type, (unsigned long long)st.st_dev,
	       (unsigned long long)st.st_ino);
}

static inline int agent(uint64_t seed, int count)
{
	state_ = seed;
	for (int i = 0; i < count; i++) {
		struct operation op;
		int r;

		operation_make(&op);
		printf("%d", i);
		say_what(op.a);
		say_what(op.b);
		r = operation_do(&op) < 0 ? errno : 0;
		printf(" %d\n", r);
	}
	return fflush(stdout) ? 1 : 0;
}
