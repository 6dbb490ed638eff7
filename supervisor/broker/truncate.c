/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/truncate.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "base/own.h"
#include "broker/target.h"
#include "broker/work.h"
#include "terms/op.h"

/*
 * A file may grow to the caller's limit, not to the broker's own; what goes
 * beyond is told by a signal, too (setrlimit(2)).
 */
static int limit_check(const struct work *work, const struct target *target,
		       int64_t length)
{
	const pid_t tid = work->caller.tid;
	struct rlimit limit;

	if (length <= target->st.st_size)
		return 0;
	if (prlimit(tid, RLIMIT_FSIZE, NULL, &limit) < 0)
		return -errno;
	if (limit.rlim_cur == RLIM_INFINITY ||
	    (uint64_t)length <= limit.rlim_cur)
		return 0;
	syscall(SYS_tkill, tid, SIGXFSZ);
	return -EFBIG;
}

int truncate_answer(struct work *work)
{
	CLEANUP(target_endp) struct target target = TARGET_NONE;
	const __u64 *args = work->notice.data.args;
	const int64_t length = (int64_t)args[1];
	int r;

	if (length < 0)
		return -EINVAL;
	r = target_at(work, AT_FDCWD, args[0], 0, &target);
	if (r < 0)
		return r;
	if (S_ISDIR(target.st.st_mode))
		return -EISDIR;
	if (!S_ISREG(target.st.st_mode))
		return -EINVAL;
	r = target_may(work, OP_BIT(ABI_OP_WRITE), &target);
	if (r == 0)
		r = limit_check(work, &target, length);
	if (r < 0)
		return r;
	return truncate(target.name, length) < 0 ? -errno : 0;
}
