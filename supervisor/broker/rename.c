/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rename.c - objects that come to lie under other rules.
 *
 * Where an object could be used more freely at its new place the answer is
 * EXDEV, as between two file systems: mv then copies, and each copy is judged.
 */
#include "broker/rename.h"

#include <fcntl.h>
#include <stdio.h>

#include "base/own.h"
#include "broker/judge.h"
#include "broker/listener.h"
#include "broker/name.h"
#include "broker/resolve.h"
#include "broker/work.h"
#include "terms/op.h"

#define TRIES 16 /* names that come while an empty one is renamed to */

struct move {
	struct name from;
	struct name to;
	unsigned flags; /* RENAME_* */
};

static void move_endp(struct move *move)
{
	name_endp(&move->from);
	name_endp(&move->to);
}

/* What lies under NAME arrives elsewhere; a link takes more than its name. */
static int judge_arrival(struct work *work, const struct name *what,
			 const struct name *where)
{
	if (S_ISLNK(what->st.st_mode))
		return judge_symlink(work, where->dir_fd, where->text);
	return judge_name(work, OPS_CREATE, where->dir_fd, where->text, NULL);
}

/* FROM goes, and comes to lie at TO: whether it may be so at all. */
static int judge_names(struct work *work, const struct name *from,
		       const struct name *to)
{
	struct judgement *leaves = &work->judgements[work->judgement_count];
	int r = judge_name(work, OPS_DELETE, from->dir_fd, from->text,
			   &from->st);

	if (r == 0)
		r = judge_arrival(work, from, to);
	if (r < 0)
		return r;
	leaves[0].object2 = leaves[1].object;
	leaves[1].object2 = leaves[0].object;
	return 0;
}

/* Whether the object that LEAVES[0] judged gains by lying at LEAVES[1]. */
static int judge_gain(struct work *work, const struct judgement leaves[2],
		      const struct name *from)
{
	if (S_ISLNK(from->st.st_mode))
		return 0; /* a link is not used, only what it leads to */
	return judge_move(work, &leaves[0], &leaves[1], &from->st);
}

static int move_judge(struct work *work, const struct move *move)
{
	const struct judgement *there = &work->judgements[0];
	const struct judgement *back = &work->judgements[2];
	int r = judge_names(work, &move->from, &move->to);

	if (r == 0 && move->flags & RENAME_EXCHANGE)
		r = judge_names(work, &move->to, &move->from);
	else if (r == 0 && move->to.exists)
		r = judge_name(work, OPS_DELETE, move->to.dir_fd, move->to.text,
			       &move->to.st);
	if (r == 0)
		r = judge_gain(work, there, &move->from);
	if (r == 0 && move->flags & RENAME_EXCHANGE)
		r = judge_gain(work, back, &move->to);
	return r;
}

/* What the kernel refuses by itself, in its order. */
static int move_check(const struct move *move)
{
	if (move->from.is_odd)
		return -EBUSY;
	if (move->to.is_odd)
		return move->flags & RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	if (!move->from.exists)
		return -ENOENT;
	if (move->to.exists && move->flags & RENAME_NOREPLACE)
		return -EEXIST;
	if (!move->to.exists && move->flags & RENAME_EXCHANGE)
		return -ENOENT;
	return 0;
}

/*
 * Where nothing was at the new name when it was judged, nothing may be there
 * when it is taken: the removal of that would have been another question.
 */
static int move_act(const struct move *move)
{
	unsigned flags = move->flags;

	if (!move->to.exists)
		flags |= RENAME_NOREPLACE;
	if (renameat2(move->from.dir_fd, move->from.act, move->to.dir_fd,
		      move->to.act, flags) == 0)
		return 0;
	if (errno != EINVAL || flags == move->flags)
		return -errno;
	/* A file system without that flag. */
	if (renameat2(move->from.dir_fd, move->from.act, move->to.dir_fd,
		      move->to.act, move->flags) < 0)
		return -errno;
	return 0;
}

static int move_once(struct work *work, struct move *move)
{
	int r = move_check(move);

	if (r == 0)
		r = move_judge(work, move);
	if (r == 0 &&
	    !listener_is_waiting(work->office->listener, work->notice.id))
		r = -EINTR;
	return r < 0 ? r : move_act(move);
}

static int move_locked(struct work *work, struct move *move)
{
	int r = -EEXIST;

	for (int i = 0; i < TRIES && r == -EEXIST; i++) {
		work->judgement_count = 0;
		r = move_once(work, move);
		if (r != -EEXIST || move->flags & RENAME_NOREPLACE ||
		    move->to.exists)
			return r;
		r = name_look(&move->to);
		if (r < 0)
			return r;
		r = -EEXIST;
	}
	return r;
}

static int move_answer(struct work *work, int from_dir, uint64_t from,
		       int to_dir, uint64_t to, unsigned flags)
{
	CLEANUP(move_endp)
	struct move move = {
		.from = NAME_NONE,
		.to = NAME_NONE,
		.flags = flags,
	};
	int r;

	if (flags & ~(unsigned)(RENAME_NOREPLACE | RENAME_EXCHANGE) ||
	    flags == (RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	pthread_mutex_lock(work->office->names);
	r = name_find(work, from_dir, from, &move.from);
	if (r == 0)
		r = name_find(work, to_dir, to, &move.to);
	if (r == 0)
		r = move_locked(work, &move);
	pthread_mutex_unlock(work->office->names);
	return r;
}

int rename_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return move_answer(work, AT_FDCWD, args[0], AT_FDCWD, args[1], 0);
}

int renameat_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return move_answer(work, (int)args[0], args[1], (int)args[2], args[3],
			   0);
}

int renameat2_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return move_answer(work, (int)args[0], args[1], (int)args[2], args[3],
			   (unsigned)args[4]);
}

/* The object to be linked: by path, or with AT_EMPTY_PATH a descriptor. */
static int link_source(struct work *work, int dir_fd, uint64_t address,
		       unsigned flags)
{
	const struct resolve_start start = {
		.caller = &work->caller,
		.dir_fd = dir_fd,
	};
	char path[PATH_MAX];
	ssize_t n = caller_read_string(&work->caller, address, path);

	if (n < 0)
		return (int)n;
	if (n == 0 && flags & AT_EMPTY_PATH)
		return resolve_descriptor(&start);
	return resolve_object(&start, path,
			      flags & AT_SYMLINK_FOLLOW ? 0 : O_NOFOLLOW);
}

/*
 * The new name's right, and that nothing is gained by it. A name for a file
 * that has none yet (O_TMPFILE) gains nothing: its maker could write it.
 */
static int link_judge(struct work *work, int source_fd, const struct name *to)
{
	struct judgement *made = &work->judgements[work->judgement_count];
	struct judgement source = { 0 };
	struct stat st;
	int r;

	if (fstat(source_fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EPERM;
	if (S_ISLNK(st.st_mode))
		return judge_symlink(work, to->dir_fd, to->text);
	r = judge_name(work, OPS_CREATE, to->dir_fd, to->text, NULL);
	if (r == 0)
		r = judge_path(work, source_fd, &st, source.object);
	if (r < 0)
		return r;
	return judge_move(work, &source, made, &st);
}

static int make_link(struct work *work, int from_dir, uint64_t from, int to_dir,
		     uint64_t to, unsigned flags)
{
	CLEANUP(fd_closep) int source_fd = -1;
	CLEANUP(name_endp) struct name name = NAME_NONE;
	char number[16];
	int r;

	if (flags & ~(unsigned)(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	source_fd = link_source(work, from_dir, from, flags);
	if (source_fd < 0)
		return source_fd;
	r = name_find(work, to_dir, to, &name);
	if (r < 0)
		return r;
	if (name.is_odd || name.exists)
		return -EEXIST;
	if (name_is_of_directory(&name))
		return -ENOENT;
	r = link_judge(work, source_fd, &name);
	if (r < 0)
		return r;
	if (!listener_is_waiting(work->office->listener, work->notice.id))
		return -EINTR;
	snprintf(number, sizeof(number), "%d", source_fd);
	return linkat(work->office->self_fd, number, name.dir_fd, name.act,
		      AT_SYMLINK_FOLLOW) < 0
		       ? -errno
		       : 0;
}

int link_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return make_link(work, AT_FDCWD, args[0], AT_FDCWD, args[1], 0);
}

int linkat_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return make_link(work, (int)args[0], args[1], (int)args[2], args[3],
			 (unsigned)args[4]);
}
