/* SPDX-License-Identifier: Apache-2.0 */
/*
 * open.c - open, creat, openat, openat2 on the agent's behalf.
 *
 * The object is found and judged as an O_PATH descriptor; what is opened and
 * given is that very object. A name that is not there yet is made with
 * O_EXCL in the directory that was judged.
 */
#include "broker/open.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/own.h"
#include "broker/block.h"
#include "broker/held.h"
#include "broker/judge.h"
#include "broker/listener.h"
#include "broker/procfs.h"
#include "broker/resolve.h"
#include "broker/tty.h"
#include "broker/umask.h"
#include "broker/work.h"
#include "terms/op.h"

#define LINKS_MAX 40
#define CREATE_TRIES 16 /* names that come and go while they are opened */

/* Flags of open(2) that the kernel knows; it drops others silently. */
#define OPEN_FLAGS                                                             \
	(O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND |        \
	 O_NONBLOCK | O_DSYNC | O_ASYNC | O_DIRECT | O_LARGEFILE |             \
	 O_DIRECTORY | O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_SYNC | O_PATH |  \
	 O_TMPFILE)
/* What of them means something to a terminal that is there. */
#define TTY_FLAGS (O_ACCMODE | O_NONBLOCK)
#define RESOLVE_FLAGS                                                          \
	(RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS |       \
	 RESOLVE_BENEATH | RESOLVE_IN_ROOT | RESOLVE_CACHED)

struct open_request {
	struct resolve_start start;
	int flags;
	mode_t mode;
	int held; /* the caller's own descriptor that it leads to, or -1 */
	char path[PATH_MAX];
};

/* What an open of an existing object does to it. */
static uint32_t ops_of(int flags)
{
	uint32_t ops = 0;

	switch (flags & O_ACCMODE) {
	case O_RDONLY:
		ops = OPS_READ;
		break;
	case O_WRONLY:
		ops = flags & O_APPEND ? OPS_APPEND : OP_BIT(ABI_OP_WRITE);
		break;
	default: /* O_RDWR, and 3, which ioctl() alone can use */
		ops = OPS_READ | OP_BIT(ABI_OP_WRITE);
	}
	if (flags & O_TRUNC)
		ops = (ops & ~OPS_APPEND) | OP_BIT(ABI_OP_WRITE);
	return ops;
}

/* Gives the descriptor that the broker opened to the answer. */
static int give(struct work *work, const struct open_request *request, int fd)
{
	work->inject_fd = fd;
	work->inject_cloexec = request->flags & O_CLOEXEC;
	return 0;
}

/* What the kernel refuses by itself comes before any judgement. */
static int check_object(const struct open_request *request,
			const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return -ELOOP;
	if (S_ISDIR(st->st_mode) && (request->flags & (O_CREAT | O_TRUNC) ||
				     (request->flags & O_ACCMODE) != O_RDONLY))
		return -EISDIR;
	return S_ISSOCK(st->st_mode) ? -ENXIO : 0;
}

/* Opens the very object FD again, now for use. */
static int reopen(struct work *work, const struct open_request *request, int fd)
{
	const int drop = O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	char name[16];
	int r;

	if (!listener_is_waiting(work->office->listener, work->notice.id))
		return -EINTR;
	snprintf(name, sizeof(name), "%d", fd);
	r = openat(work->office->self_fd, name,
		   (request->flags & ~drop) | O_CLOEXEC | O_NOCTTY);
	return r < 0 ? -errno : r;
}

/* A FIFO waits for its other end. */
static int reopen_waiting(struct work *work, const struct open_request *request,
			  int fd)
{
	int r = block_begin(work);

	if (r < 0)
		return r;
	do {
		r = reopen(work, request, fd);
		if (r == -EINTR)
			r = block_interrupted(work);
	} while (r == 0);
	block_end(work);
	return r;
}

/*
 * What a process holds it may open again, as /dev/stderr is for. Where that
 * lies out of the jail's reach, as a file that the user's shell opened, the
 * descriptor itself is what it gets.
 */
static int open_object(struct work *work, const struct open_request *request,
		       int fd)
{
	CLEANUP(fd_closep) int held = -1;
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	r = check_object(request, &st);
	if (r < 0)
		return r;
	held = held_copy(work, request->held, request->flags, &st);
	if (held < 0)
		r = judge_object(work, ops_of(request->flags), fd, &st);
	if (r < 0)
		return r;
	if (tty_is(&st))
		r = tty_open(work, request->flags & TTY_FLAGS);
	else if (S_ISFIFO(st.st_mode) && !(request->flags & O_NONBLOCK))
		r = reopen_waiting(work, request, fd);
	else
		r = reopen(work, request, fd);
	if ((r == -EACCES || r == -EROFS) && held >= 0)
		r = TAKE_FD(held);
	return r < 0 ? r : give(work, request, r);
}

static int open_existing(struct work *work, const struct open_request *request)
{
	CLEANUP(fd_closep)
	int fd = resolve_object(&request->start, request->path,
				request->flags & (O_NOFOLLOW | O_DIRECTORY));

	if (fd < 0)
		return fd;
	return open_object(work, request, fd);
}

/* Whoever executes a file with such a bit acts as somebody else. */
static int may_make(struct work *work, const struct open_request *request,
		    int dir_fd, const char *name)
{
	int r;

	if (request->mode & (S_ISUID | S_ISGID))
		return judge_refuse_name(work, ABI_OP_CREATE, dir_fd, name);
	r = judge_name(work, OPS_CREATE, dir_fd, name, NULL);
	if (r == 0)
		r = umask_take(work);
	if (r < 0)
		return r;
	return listener_is_waiting(work->office->listener, work->notice.id)
		       ? 0
		       : -EINTR;
}

static int make_file(struct work *work, const struct open_request *request,
		     int *dir_fd, const char *name)
{
	int r;

	if (procfs_has(*dir_fd))
		return -ENOENT; /* where nobody can make a name */
	r = may_make(work, request, *dir_fd, name);
	if (r < 0)
		return r;
	r = openat(*dir_fd, name,
		   request->flags | O_EXCL | O_CLOEXEC | O_NOCTTY,
		   request->mode);
	if (r >= 0) {
		work->made_dir = TAKE_FD(*dir_fd);
		memcpy(work->made_name, name, strlen(name) + 1);
		return give(work, request, r);
	}
	if (errno == EEXIST)
		work->judgement_count = 0; /* it is judged as what it is now */
	return -errno;
}

void open_undo(struct work *work)
{
	struct stat made, st;

	if (work->made_dir < 0)
		return;
	pthread_mutex_lock(work->office->names);
	if (fstat(work->inject_fd, &made) == 0 &&
	    fstatat(work->made_dir, work->made_name, &st,
		    AT_SYMLINK_NOFOLLOW) == 0 &&
	    st.st_dev == made.st_dev && st.st_ino == made.st_ino)
		unlinkat(work->made_dir, work->made_name, 0);
	pthread_mutex_unlock(work->office->names);
}

/*
 * The last name is a link: goes on at what it says. Returns 1 where REQUEST
 * now stands for that, 0 where the file was opened, or -errno.
 */
static int follow_last(struct work *work, struct open_request *request,
		       int dir_fd, const char *name)
{
	char text[PATH_MAX], joined[2 * PATH_MAX];
	ssize_t n;

	if (request->start.resolve & RESOLVE_NO_SYMLINKS)
		return -ELOOP;
	if (resolve_is_magic(dir_fd, name))
		return request->start.resolve & RESOLVE_NO_MAGICLINKS
			       ? -ELOOP
			       : open_existing(work, request);
	n = readlinkat(dir_fd, name, text, sizeof(text) - 1);
	if (n < 0)
		return errno == ENOENT || errno == EINVAL ? 1 : -errno;
	text[n] = '\0';
	if (text[0] == '/') {
		memcpy(request->path, text, (size_t)n + 1);
		return 1;
	}
	/* The directory of the link, by the caller's own path to it. */
	for (n = (ssize_t)strlen(request->path); n > 0; n--)
		if (request->path[n - 1] == '/')
			break;
	if (snprintf(joined, sizeof(joined), "%.*s%s", (int)n, request->path,
		     text) >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(request->path, joined, strlen(joined) + 1);
	return 1;
}

/* A path that ends in no name leads to a directory, or nowhere. */
static int open_no_name(const struct open_request *request)
{
	CLEANUP(fd_closep)
	int fd = resolve_object(&request->start, request->path, O_DIRECTORY);

	if (fd < 0)
		return fd;
	return request->flags & O_EXCL ? -EEXIST : -EISDIR;
}

/* One look at the last name. Returns 1 where it must be looked at anew. */
static int open_or_make_once(struct work *work, struct open_request *request)
{
	CLEANUP(fd_closep) int dir_fd = -1;
	CLEANUP(fd_closep) int fd = -1;
	char name[NAME_MAX + 1];
	bool slash = false;
	struct stat st;
	int r;

	dir_fd = resolve_parent(&request->start, request->path, name, &slash);
	if (dir_fd < 0)
		return dir_fd;
	if (!name[0] || !strcmp(name, ".") || !strcmp(name, ".."))
		return open_no_name(request);
	if (slash)
		return -EISDIR;
	fd = openat(dir_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno != ENOENT)
		return -errno;
	if (fd < 0) {
		r = make_file(work, request, &dir_fd, name);
		return r == -EEXIST && !(request->flags & O_EXCL) ? 1 : r;
	}
	if (request->flags & O_EXCL)
		return -EEXIST;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode) && !(request->flags & O_NOFOLLOW))
		return follow_last(work, request, dir_fd, name);
	return open_object(work, request, fd);
}

static int open_or_make(struct work *work, struct open_request *request)
{
	int r = 1;

	for (int i = 0; i < LINKS_MAX + CREATE_TRIES && r == 1; i++)
		r = open_or_make_once(work, request);
	return r == 1 ? -ELOOP : r;
}

/* A file without a name: created in its directory, then read and written. */
static int open_tmpfile(struct work *work, const struct open_request *request)
{
	CLEANUP(fd_closep) int dir_fd = -1;
	char name[16];
	int r;

	if ((request->flags & O_ACCMODE) == O_RDONLY)
		return -EINVAL;
	dir_fd = resolve_object(&request->start, request->path, O_DIRECTORY);
	if (dir_fd < 0)
		return dir_fd;
	r = may_make(work, request, dir_fd, "#");
	if (r < 0)
		return r;
	snprintf(name, sizeof(name), "%d", dir_fd);
	r = openat(work->office->self_fd, name,
		   (request->flags & ~O_NOFOLLOW) | O_CLOEXEC, request->mode);
	return r < 0 ? -errno : give(work, request, r);
}

static int open_request_answer(struct work *work, struct open_request *request)
{
	if (request->flags & O_PATH)
		return -ENOSYS; /* a filter lets the plain form through */
	if ((request->flags & O_TMPFILE) == O_TMPFILE)
		return open_tmpfile(work, request);
	if (request->flags & O_CREAT)
		return open_or_make(work, request);
	return open_existing(work, request);
}

/*
 * What the kernel says of the flags alone, which it does before it looks at
 * the path, and not the same in all its versions. No path leads nowhere.
 */
static int flags_check(const struct open_request *request)
{
	int fd = openat(AT_FDCWD, "", request->flags, request->mode);

	return fd < 0 && errno == EINVAL ? -EINVAL : 0;
}

static int request_path(struct work *work, struct open_request *request,
			uint64_t address)
{
	ssize_t n = caller_read_string(&work->caller, address, request->path);

	if (n < 0)
		return (int)n;
	return n == 0 ? -ENOENT : 0;
}

static int answer_at(struct work *work, int dir_fd, uint64_t path, int flags,
		     uint64_t mode)
{
	struct open_request request = {
		.start = { .caller = &work->caller, .dir_fd = dir_fd },
		.flags = flags & OPEN_FLAGS,
		.mode = (mode_t)mode & 07777,
	};
	int r = flags_check(&request);

	if (r == 0)
		r = request_path(work, &request, path);
	request.held = -1;
	request.start.held = &request.held;
	return r < 0 ? r : open_request_answer(work, &request);
}

int open_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return answer_at(work, AT_FDCWD, args[0], (int)args[1], args[2]);
}

int creat_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return answer_at(work, AT_FDCWD, args[0], O_CREAT | O_WRONLY | O_TRUNC,
			 args[1]);
}

int openat_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return answer_at(work, (int)args[0], args[1], (int)args[2], args[3]);
}

/* As do_sys_openat2() checks it, so that errors come in the kernel's order. */
static int how_read(struct work *work, uint64_t address, uint64_t size,
		    struct open_how *how)
{
	char beyond[4096 - sizeof(*how)];
	int r;

	if (size < sizeof(*how))
		return -EINVAL;
	if (size > sizeof(*how) + sizeof(beyond))
		return -E2BIG;
	r = caller_read(&work->caller, address, how, sizeof(*how));
	if (r == 0 && size > sizeof(*how))
		r = caller_read(&work->caller, address + sizeof(*how), beyond,
				size - sizeof(*how));
	if (r < 0)
		return r;
	for (size_t i = 0; i < size - sizeof(*how); i++)
		if (beyond[i])
			return -E2BIG;
	if (how->flags & ~(uint64_t)OPEN_FLAGS ||
	    how->resolve & ~(uint64_t)RESOLVE_FLAGS)
		return -EINVAL;
	if ((how->resolve & RESOLVE_BENEATH) &&
	    (how->resolve & RESOLVE_IN_ROOT))
		return -EINVAL;
	if (how->mode & ~(uint64_t)07777 ||
	    (how->mode && !(how->flags & (O_CREAT | O_TMPFILE))))
		return -EINVAL;
	return 0;
}

int openat2_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;
	struct open_how how;
	struct open_request request = {
		.start = { .caller = &work->caller, .dir_fd = (int)args[0] },
	};
	int r = how_read(work, args[2], args[3], &how);

	if (r < 0)
		return r;
	if (how.resolve & RESOLVE_CACHED)
		return -EAGAIN; /* the kernel's "not without waiting" */
	request.flags = (int)how.flags;
	request.mode = (mode_t)how.mode;
	request.start.resolve = how.resolve;
	request.held = -1;
	request.start.held = &request.held;
	r = flags_check(&request);
	if (r == 0)
		r = request_path(work, &request, args[1]);
	return r < 0 ? r : open_request_answer(work, &request);
}
