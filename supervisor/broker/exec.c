/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/exec.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "base/own.h"
#include "broker/execs.h"
#include "broker/image.h"
#include "broker/judge.h"
#include "broker/listener.h"
#include "broker/resolve.h"
#include "broker/target.h"
#include "broker/work.h"

#define INTERPRETERS_MAX 5 /* scripts that are interpreters (execve(2)) */

/*
 * Reads what TARGET is. A file that the broker may not read is not executed:
 * its process could not be read, either, and nothing be done for it.
 */
static int image_of(struct work *work, const struct target *target,
		    struct image *image)
{
	CLEANUP(fd_closep) int fd = -1;

	if (!S_ISREG(target->st.st_mode))
		return -EACCES;
	fd = openat(work->office->self_fd, target->name,
		    O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -EACCES : -errno;
	return image_read(fd, image);
}

/* The interpreter or loader that IMAGE names takes TARGET's place. */
static int target_next(struct work *work, const struct image *image,
		       struct target *target)
{
	const struct resolve_start start = {
		.caller = &work->caller,
		.dir_fd = AT_FDCWD,
	};
	const int fd = resolve_object(&start, image->next, 0);

	target_endp(target);
	return target_take(fd, target);
}

/* Judges the loader that IMAGE names; a program without one is done. */
static int loader_judge(struct work *work, const struct image *image)
{
	CLEANUP(target_endp) struct target loader = TARGET_NONE;
	int r;

	if (!image->next[0])
		return 0;
	r = target_next(work, image, &loader);
	return r < 0 ? r : judge_exec(work, loader.fd, &loader.st);
}

/*
 * Judges TARGET and all that it is executed by; at the end TARGET is what the
 * process will be seen to execute.
 */
static int chain_judge(struct work *work, struct target *target)
{
	struct image image;

	for (int i = 0; i <= INTERPRETERS_MAX; i++) {
		int r = judge_exec(work, target->fd, &target->st);

		if (r == 0)
			r = image_of(work, target, &image);
		if (r < 0)
			return r;
		if (image.kind == IMAGE_PROGRAM)
			return loader_judge(work, &image);
		r = target_next(work, &image, target);
		if (r < 0)
			return r;
	}
	return -ELOOP;
}

static int exec_judge(struct work *work, struct target *target)
{
	struct caller_status status;
	int r = chain_judge(work, target);

	if (r == 0)
		r = caller_status(&work->caller, &status);
	if (r < 0)
		return r;
	if (!listener_is_waiting(work->office->listener, work->notice.id))
		return -EINTR;
	r = execs_expect(work->office->execs, work->office->proc_fd,
			 work->caller.tid, status.tgid, &target->st);
	work->goes_on = r == 0;
	return r;
}

int execve_answer(struct work *work)
{
	CLEANUP(target_endp) struct target target = TARGET_NONE;
	int r = target_at(work, AT_FDCWD, work->notice.data.args[0], 0,
			  &target);

	return r < 0 ? r : exec_judge(work, &target);
}

int execveat_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;
	CLEANUP(target_endp) struct target target = TARGET_NONE;
	const unsigned flags = (unsigned)args[4];
	int r;

	if (flags & ~(unsigned)(AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	r = target_at(work, (int)args[0], args[1], flags, &target);
	if (r < 0)
		return r;
	if (S_ISLNK(target.st.st_mode))
		return -ELOOP;
	return exec_judge(work, &target);
}

int mmap_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;
	CLEANUP(target_endp) struct target target = TARGET_NONE;
	int r;

	work->goes_on = true;
	if (args[3] & MAP_ANONYMOUS)
		return 0;
	r = target_open(work, (int)args[4], &target);
	return r < 0 ? r : judge_exec(work, target.fd, &target.st);
}
