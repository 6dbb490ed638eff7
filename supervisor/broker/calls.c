/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/calls.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/mman.h>

#include "base/calls.h"
#include "base/own.h"
#include "broker/broker.h"
#include "broker/exec.h"
#include "broker/fileflags.h"
#include "broker/meta.h"
#include "broker/names.h"
#include "broker/net_bind.h"
#include "broker/net_connect.h"
#include "broker/net_send.h"
#include "broker/open.h"
#include "broker/power.h"
#include "broker/rename.h"
#include "broker/truncate.h"
#include "broker/xattr.h"
#include "policy/needs.h"

struct call {
	work_handler *handler;
	uint8_t arg;
	uint32_t mask;
	uint32_t value;
	needs_mask wanted; /* only where the policy needs any; 0: always */
	bool is_set;	   /* only where argument ARG is not 0 */
};

#define BIT(need) ((needs_mask)1 << (need))

/*
 * By number. An open with O_PATH gives nothing but a place to stand: what is
 * done with it later is judged then.
 */
static const struct call calls[] = {
	[SYS_open] = { .handler = open_answer, .arg = 1, .mask = O_PATH },
	[SYS_openat] = { .handler = openat_answer, .arg = 2, .mask = O_PATH },
	[SYS_openat2] = { .handler = openat2_answer },
	[SYS_creat] = { .handler = creat_answer },
	[SYS_mkdir] = { .handler = mkdir_answer },
	[SYS_mkdirat] = { .handler = mkdirat_answer },
	[SYS_mknod] = { .handler = mknod_answer },
	[SYS_mknodat] = { .handler = mknodat_answer },
	[SYS_symlink] = { .handler = symlink_answer },
	[SYS_symlinkat] = { .handler = symlinkat_answer },
	[SYS_unlink] = { .handler = unlink_answer },
	[SYS_rmdir] = { .handler = rmdir_answer },
	[SYS_unlinkat] = { .handler = unlinkat_answer },
	[SYS_rename] = { .handler = rename_answer },
	[SYS_renameat] = { .handler = renameat_answer },
	[SYS_renameat2] = { .handler = renameat2_answer },
	[SYS_link] = { .handler = link_answer },
	[SYS_linkat] = { .handler = linkat_answer },
	[SYS_execve] = { .handler = execve_answer },
	[SYS_execveat] = { .handler = execveat_answer },
	/* A loader maps what it is told to, without an execve(). */
	[SYS_mmap] = { .handler = mmap_answer,
		       .arg = 2,
		       .mask = PROT_EXEC,
		       .value = PROT_EXEC,
		       .wanted = BIT(NEED_EXEC) | BIT(NEED_EXEC_HELD) },
	[SYS_bind] = { .handler = bind_answer },
	[SYS_listen] = { .handler = listen_answer },
	[SYS_connect] = { .handler = connect_answer },
	/* Without an address it goes where the socket is connected to. */
	[SYS_sendto] = { .handler = sendto_answer, .arg = 4, .is_set = true },
	[SYS_sendmsg] = { .handler = sendmsg_answer },
	[SYS_sendmmsg] = { .handler = sendmmsg_answer },
	[SYS_truncate] = { .handler = truncate_answer },
	[SYS_chmod] = { .handler = chmod_answer },
	[SYS_fchmod] = { .handler = fchmod_answer },
	[SYS_fchmodat] = { .handler = fchmodat_answer },
	[CALL_FCHMODAT2] = { .handler = fchmodat2_answer },
	[SYS_chown] = { .handler = chown_answer },
	[SYS_lchown] = { .handler = lchown_answer },
	[SYS_fchown] = { .handler = fchown_answer },
	[SYS_fchownat] = { .handler = fchownat_answer },
	[SYS_utime] = { .handler = utime_answer },
	[SYS_utimes] = { .handler = utimes_answer },
	[SYS_futimesat] = { .handler = futimesat_answer },
	[SYS_utimensat] = { .handler = utimensat_answer },
	[SYS_setxattr] = { .handler = setxattr_answer },
	[SYS_lsetxattr] = { .handler = lsetxattr_answer },
	[SYS_fsetxattr] = { .handler = fsetxattr_answer },
	[SYS_removexattr] = { .handler = removexattr_answer },
	[SYS_lremovexattr] = { .handler = lremovexattr_answer },
	[SYS_fremovexattr] = { .handler = fremovexattr_answer },
};

/* Of ioctl() only these: it is called too often for all to wait. */
static const struct broker_call requests[] = {
	{ SYS_ioctl, 1, 0xffffffff, FS_IOC_SETFLAGS, false },
	{ SYS_ioctl, 1, 0xffffffff, FS_IOC_SETVERSION, false },
	{ SYS_ioctl, 1, 0xffffffff, FS_IOC_FSSETXATTR, false },
	{ SYS_ioctl, 1, IOCTL_TYPE_MASK, IOCTL_TYPE_BTRFS, false },
};

int broker_calls_each(const struct policy *policy,
		      int (*fn)(void *ctx, const struct broker_call *call),
		      void *ctx)
{
	const needs_mask needs = needs_of_policy(policy);
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(calls) && r == 0; i++) {
		const struct broker_call call = {
			.number = (int)i,
			.arg = calls[i].arg,
			.mask = calls[i].mask,
			.value = calls[i].value,
			.is_set = calls[i].is_set,
		};

		if (calls[i].handler &&
		    (!calls[i].wanted || calls[i].wanted & needs))
			r = fn(ctx, &call);
	}
	for (size_t i = 0; i < ARRAY_SIZE(requests) && r == 0; i++)
		r = fn(ctx, &requests[i]);
	return r;
}

work_handler *call_handler(int number)
{
	if (number == SYS_ioctl)
		return ioctl_answer;
	if (number < 0 || (size_t)number >= ARRAY_SIZE(calls))
		return power_answer;
	return calls[number].handler ? calls[number].handler : power_answer;
}
