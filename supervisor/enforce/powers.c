/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/powers.h"

#include <asm-generic/ioctls.h>
#include <asm/termbits.h>
#include <sched.h>
#include <sys/prctl.h>

#include "base/calls.h"
#include "base/own.h"
#include "enforce/filter.h"

#define WHOLE 0xffffffffu

#define ROW(call_, action_, arg_, mask_, value_)                               \
	{                                                                      \
		.call = (call_), .action = (action_), .arg = (arg_),           \
		.mask = (mask_), .value = (value_)                             \
	}

/* What no rule of powers is about. */
static const struct filter_rule rows[] = {
	/* its flags lie in memory, where nobody sees them, unlike clone's */
	{ .call = SYS_clone3, .action = FILTER_ABSENT },
	/* who is not dumpable could not be read by those who act for it */
	ROW(SYS_prctl, FILTER_PRETEND, 0, WHOLE, PR_SET_DUMPABLE),
	/* an inner domain would not hold for what is done on its behalf */
	{ .call = SYS_landlock_create_ruleset, .action = FILTER_ABSENT },
	{ .call = SYS_landlock_add_rule, .action = FILTER_ABSENT },
	{ .call = SYS_landlock_restrict_self, .action = FILTER_ABSENT },
	/* the machine */
	{ .call = SYS_acct, .action = FILTER_REFUSE },
	{ .call = SYS_sethostname, .action = FILTER_REFUSE },
	{ .call = SYS_setdomainname, .action = FILTER_REFUSE },
	{ .call = SYS_ioperm, .action = FILTER_REFUSE },
	{ .call = SYS_iopl, .action = FILTER_REFUSE },
	{ .call = SYS_vhangup, .action = FILTER_REFUSE },
	{ .call = SYS_fanotify_init, .action = FILTER_REFUSE },
	/* an open by what is no name */
	{ .call = SYS_open_by_handle_at, .action = FILTER_REFUSE },
	{ .call = SYS_uselib, .action = FILTER_ABSENT },
	{ .call = SYS__sysctl, .action = FILTER_ABSENT },
	{ .call = SYS_nfsservctl, .action = FILTER_ABSENT },
	{ .call = SYS_lookup_dcookie, .action = FILTER_ABSENT },
	/* typing into a terminal that others read */
	ROW(SYS_ioctl, FILTER_REFUSE, 1, WHOLE, TIOCSTI),
	ROW(SYS_ioctl, FILTER_REFUSE, 1, WHOLE, TIOCLINUX),
	/* later forms of calls that are judged in their older ones */
	{ .call = CALL_SETXATTRAT, .action = FILTER_ABSENT },
	{ .call = CALL_REMOVEXATTRAT, .action = FILTER_ABSENT },
	{ .call = CALL_FILE_SETATTR, .action = FILTER_ABSENT },
};

/* EPERM; and ENOSYS where a kernel may lack the call and programs know it. */
#define CALL(power_, call_)                                                    \
	{                                                                      \
		ABI_OP_##power_,                                               \
		{                                                              \
			.call = (call_), .action = FILTER_REFUSE               \
		}                                                              \
	}
#define LACK(power_, call_)                                                    \
	{                                                                      \
		ABI_OP_##power_,                                               \
		{                                                              \
			.call = (call_), .action = FILTER_ABSENT               \
		}                                                              \
	}
#define WITH(power_, call_, arg_, mask_, value_)                               \
	{                                                                      \
		ABI_OP_##power_,                                               \
			ROW(call_, FILTER_REFUSE, arg_, mask_, value_)         \
	}
#define FLAG(power_, call_, arg_, flag_) WITH(power_, call_, arg_, flag_, flag_)

#define POLICY_MASK (WHOLE & ~(uint32_t)SCHED_RESET_ON_FORK)
#define IOPRIO_CLASS_MASK 0xe000u
#define IOPRIO_CLASS_REALTIME 0x2000u
#define SIGN 0x80000000u

static const struct {
	enum abi_op power;
	struct filter_rule row;
} powers[] = {
	/* A mount namespace of one's own is where one mounts. */
	FLAG(MOUNT, SYS_clone, 0, CLONE_NEWNS),
	FLAG(MOUNT, SYS_unshare, 0, CLONE_NEWNS),
	FLAG(NAMESPACE, SYS_clone, 0, CLONE_NEWCGROUP),
	FLAG(NAMESPACE, SYS_clone, 0, CLONE_NEWUTS),
	FLAG(NAMESPACE, SYS_clone, 0, CLONE_NEWIPC),
	FLAG(NAMESPACE, SYS_clone, 0, CLONE_NEWUSER),
	FLAG(NAMESPACE, SYS_clone, 0, CLONE_NEWPID),
	FLAG(NAMESPACE, SYS_clone, 0, CLONE_NEWNET),
	FLAG(NAMESPACE, SYS_unshare, 0, CLONE_NEWCGROUP),
	FLAG(NAMESPACE, SYS_unshare, 0, CLONE_NEWUTS),
	FLAG(NAMESPACE, SYS_unshare, 0, CLONE_NEWIPC),
	FLAG(NAMESPACE, SYS_unshare, 0, CLONE_NEWUSER),
	FLAG(NAMESPACE, SYS_unshare, 0, CLONE_NEWPID),
	FLAG(NAMESPACE, SYS_unshare, 0, CLONE_NEWNET),
	FLAG(NAMESPACE, SYS_unshare, 0, CLONE_NEWTIME),
	CALL(NAMESPACE, SYS_setns),

	CALL(MOUNT, SYS_mount),
	CALL(MOUNT, SYS_umount2),
	CALL(MOUNT, SYS_pivot_root),
	CALL(MOUNT, SYS_move_mount),
	CALL(MOUNT, SYS_open_tree),
	CALL(MOUNT, SYS_fsopen),
	CALL(MOUNT, SYS_fsconfig),
	CALL(MOUNT, SYS_fsmount),
	CALL(MOUNT, SYS_fspick),
	CALL(MOUNT, SYS_mount_setattr),
	LACK(MOUNT, CALL_OPEN_TREE_ATTR),
	CALL(CHROOT, SYS_chroot),

	/* What traces another process, reads it or takes from it. */
	CALL(PTRACE, SYS_ptrace),
	CALL(PTRACE, SYS_process_vm_readv),
	CALL(PTRACE, SYS_process_vm_writev),
	CALL(PTRACE, SYS_process_madvise),
	CALL(PTRACE, SYS_pidfd_getfd),
	CALL(PTRACE, SYS_kcmp),

	LACK(KEYRING, SYS_add_key),
	LACK(KEYRING, SYS_request_key),
	LACK(KEYRING, SYS_keyctl),

	/* What it does passes no filter. */
	LACK(IO_URING, SYS_io_uring_setup),
	LACK(IO_URING, SYS_io_uring_enter),
	LACK(IO_URING, SYS_io_uring_register),

	LACK(USERFAULTFD, SYS_userfaultfd),
	CALL(PERF, SYS_perf_event_open),
	CALL(BPF, SYS_bpf),

	/* To ask which one it is changes nothing. */
	{ ABI_OP_PERSONALITY,
	  { .call = SYS_personality,
	    .action = FILTER_REFUSE,
	    .mask = WHOLE,
	    .value = WHOLE,
	    .test = FILTER_NOT } },

	/* To lower one's own priority is no power. */
	FLAG(PRIORITY, SYS_setpriority, 2, SIGN),
	WITH(PRIORITY, SYS_sched_setscheduler, 1, POLICY_MASK, SCHED_FIFO),
	WITH(PRIORITY, SYS_sched_setscheduler, 1, POLICY_MASK, SCHED_RR),
	WITH(PRIORITY, SYS_ioprio_set, 2, IOPRIO_CLASS_MASK,
	     IOPRIO_CLASS_REALTIME),

	CALL(MODULE, SYS_init_module),
	CALL(MODULE, SYS_finit_module),
	CALL(MODULE, SYS_delete_module),
	CALL(KEXEC, SYS_kexec_load),
	CALL(KEXEC, SYS_kexec_file_load),
	CALL(REBOOT, SYS_reboot),
	CALL(SWAP, SYS_swapon),
	CALL(SWAP, SYS_swapoff),
	CALL(QUOTA, SYS_quotactl),
	CALL(QUOTA, SYS_quotactl_fd),
	CALL(SYSLOG, SYS_syslog),
	CALL(TIME, SYS_settimeofday),
	CALL(TIME, SYS_clock_settime),
};

const struct filter_rule *powers_rows(size_t *out_count)
{
	*out_count = ARRAY_SIZE(rows);
	return rows;
}

int powers_each(int (*fn)(void *ctx, enum abi_op power,
			  const struct filter_rule *row),
		void *ctx)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(powers) && r == 0; i++)
		r = fn(ctx, powers[i].power, &powers[i].row);
	return r;
}
