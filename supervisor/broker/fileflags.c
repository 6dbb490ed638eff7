/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/fileflags.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "base/own.h"
#include "broker/target.h"
#include "broker/work.h"
#include "terms/op.h"

/* What the kernel reads at the address that these requests are given. */
static const struct request {
	unsigned number;
	size_t size;
} meta[] = {
	{ FS_IOC_SETFLAGS, sizeof(int) }, /* whatever its number says */
	{ FS_IOC_SETVERSION, sizeof(int) },
	{ FS_IOC_FSSETXATTR, sizeof(struct fsxattr) },
};

/* Opens what the caller has open as FD once more, to ask things of it. */
static int reopen(struct work *work, const struct target *target, int flags)
{
	int fd = openat(work->office->self_fd, target->name,
			flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int meta_set(struct work *work, const struct request *request)
{
	CLEANUP(target_endp) struct target target = TARGET_NONE;
	const __u64 *args = work->notice.data.args;
	CLEANUP(fd_closep) int fd = -1;
	struct fsxattr data = { 0 };
	int r = target_open(work, (int)args[0], &target);

	if (r < 0)
		return r;
	if (!S_ISREG(target.st.st_mode) && !S_ISDIR(target.st.st_mode))
		return -ENOTTY;
	r = caller_read(&work->caller, args[2], &data, request->size);
	if (r == 0)
		r = target_may(work, OP_BIT(ABI_OP_META), &target);
	if (r < 0)
		return r;
	fd = reopen(work, &target, O_RDONLY);
	if (fd < 0)
		return fd;
	r = ioctl(fd, request->number, &data);
	return r < 0 ? -errno : r;
}

int ioctl_answer(struct work *work)
{
	const unsigned number = (unsigned)work->notice.data.args[1];

	for (size_t i = 0; i < ARRAY_SIZE(meta); i++)
		if (meta[i].number == number)
			return meta_set(work, &meta[i]);
	/* Of btrfs: a program that finds it missing does without. */
	return -ENOTTY;
}
