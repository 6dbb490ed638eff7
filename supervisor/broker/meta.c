/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/meta.h"

#include <fcntl.h>
#include <sys/time.h>
#include <utime.h>

#include "base/own.h"
#include "broker/judge.h"
#include "broker/target.h"
#include "broker/work.h"
#include "terms/op.h"

#define AT_FLAGS ((unsigned)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))

static int result(int r)
{
	return r < 0 ? -errno : 0;
}

/*
 * Who executes a file with one of these bits acts as somebody else. On a
 * directory a group's bit says only which group new files have.
 */
static bool sets_id(const struct stat *st, mode_t mode)
{
	const mode_t bits = S_ISUID | S_ISGID;

	return !S_ISDIR(st->st_mode) && (mode & bits & ~st->st_mode);
}

static int mode_set(struct work *work, const struct target *target,
		    uint64_t mode)
{
	int r;

	if (S_ISLNK(target->st.st_mode))
		return -EOPNOTSUPP;
	if (sets_id(&target->st, (mode_t)mode))
		return judge_refuse(work, ABI_OP_META, target->fd, &target->st);
	r = target_may(work, OP_BIT(ABI_OP_META), target);
	if (r < 0)
		return r;
	return result(chmod(target->name, (mode_t)mode & 07777));
}

static int mode_set_at(struct work *work, int dir_fd, uint64_t path,
		       uint64_t mode, unsigned flags)
{
	CLEANUP(target_endp) struct target target = TARGET_NONE;
	int r;

	if (flags & ~AT_FLAGS)
		return -EINVAL;
	r = target_at(work, dir_fd, path, flags, &target);
	return r < 0 ? r : mode_set(work, &target, mode);
}

int chmod_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return mode_set_at(work, AT_FDCWD, args[0], args[1], 0);
}

int fchmodat_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return mode_set_at(work, (int)args[0], args[1], args[2], 0);
}

int fchmodat2_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return mode_set_at(work, (int)args[0], args[1], args[2],
			   (unsigned)args[3]);
}

int fchmod_answer(struct work *work)
{
	CLEANUP(target_endp) struct target target = TARGET_NONE;
	const __u64 *args = work->notice.data.args;
	int r = target_open(work, (int)args[0], &target);

	return r < 0 ? r : mode_set(work, &target, args[1]);
}

static int owner_set(struct work *work, const struct target *target,
		     uint64_t uid, uint64_t gid)
{
	int r = target_may(work, OP_BIT(ABI_OP_META), target);

	if (r < 0)
		return r;
	r = result(fchownat(target->fd, "", (uid_t)uid, (gid_t)gid,
			    AT_EMPTY_PATH));
	/* An id that the user namespace does not map: bare it is not ours. */
	return r == -EINVAL ? -EPERM : r;
}

static int owner_set_at(struct work *work, int dir_fd, uint64_t path,
			uint64_t uid, uint64_t gid, unsigned flags)
{
	CLEANUP(target_endp) struct target target = TARGET_NONE;
	int r;

	if (flags & ~AT_FLAGS)
		return -EINVAL;
	r = target_at(work, dir_fd, path, flags, &target);
	return r < 0 ? r : owner_set(work, &target, uid, gid);
}

int chown_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return owner_set_at(work, AT_FDCWD, args[0], args[1], args[2], 0);
}

int lchown_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return owner_set_at(work, AT_FDCWD, args[0], args[1], args[2],
			    AT_SYMLINK_NOFOLLOW);
}

int fchownat_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return owner_set_at(work, (int)args[0], args[1], args[2], args[3],
			    (unsigned)args[4]);
}

int fchown_answer(struct work *work)
{
	CLEANUP(target_endp) struct target target = TARGET_NONE;
	const __u64 *args = work->notice.data.args;
	int r = target_open(work, (int)args[0], &target);

	return r < 0 ? r : owner_set(work, &target, args[1], args[2]);
}

/* No times at all mean now. */
static int times_set(struct work *work, int dir_fd, uint64_t path,
		     const struct timespec *times, unsigned flags)
{
	CLEANUP(target_endp) struct target target = TARGET_NONE;
	int r;

	if (!path && dir_fd != AT_FDCWD)
		r = flags ? -EINVAL : target_open(work, dir_fd, &target);
	else if (flags & ~AT_FLAGS)
		r = -EINVAL;
	else
		r = target_at(work, dir_fd, path, flags, &target);
	if (r == 0)
		r = target_may(work, OP_BIT(ABI_OP_META), &target);
	if (r < 0)
		return r;
	return result(utimensat(target.fd, "", times, AT_EMPTY_PATH));
}

int utime_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;
	struct timespec times[2] = { 0 };
	struct utimbuf given;
	int r;

	if (!args[1])
		return times_set(work, AT_FDCWD, args[0], NULL, 0);
	r = caller_read(&work->caller, args[1], &given, sizeof(given));
	if (r < 0)
		return r;
	times[0].tv_sec = given.actime;
	times[1].tv_sec = given.modtime;
	return times_set(work, AT_FDCWD, args[0], times, 0);
}

static int timevals_set(struct work *work, int dir_fd, uint64_t path,
			uint64_t address)
{
	struct timespec times[2];
	struct timeval given[2];
	int r;

	if (!address)
		return times_set(work, dir_fd, path, NULL, 0);
	r = caller_read(&work->caller, address, given, sizeof(given));
	if (r < 0)
		return r;
	for (int i = 0; i < 2; i++) {
		/* Out of range they could stand for UTIME_NOW. */
		if (given[i].tv_usec < 0 || given[i].tv_usec >= 1000000)
			return -EINVAL;
		TIMEVAL_TO_TIMESPEC(&given[i], &times[i]);
	}
	return times_set(work, dir_fd, path, times, 0);
}

int utimes_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return timevals_set(work, AT_FDCWD, args[0], args[1]);
}

int futimesat_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return timevals_set(work, (int)args[0], args[1], args[2]);
}

int utimensat_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;
	struct timespec times[2];
	int r;

	if (!args[2])
		return times_set(work, (int)args[0], args[1], NULL,
				 (unsigned)args[3]);
	r = caller_read(&work->caller, args[2], times, sizeof(times));
	if (r < 0)
		return r;
	/* Nothing to do: the kernel does not even look at the path. */
	if (times[0].tv_nsec == UTIME_OMIT && times[1].tv_nsec == UTIME_OMIT)
		return 0;
	return times_set(work, (int)args[0], args[1], times, (unsigned)args[3]);
}
