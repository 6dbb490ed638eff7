/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/power.h"

#include <seccomp.h>

#include "base/own.h"
#include "broker/judge.h"
#include "broker/work.h"

int power_answer(struct work *work)
{
	const struct office *office = work->office;
	CLEANUP(freep) char *name = NULL;
	enum abi_op power = ABI_OP_MOUNT;
	int error =
		office->power_of(office->power_ctx, &work->notice.data, &power);

	if (error >= 0)
		return -EACCES; /* nothing is let through for being unknown */
	name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE,
						work->notice.data.nr);
	judge_power(work, power, name ? name : "?");
	/* A power that may be used has no row, and never comes here. */
	return error;
}
