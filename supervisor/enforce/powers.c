/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/powers.h"

#include <asm-generic/ioctls.h>
#include <asm/termbits.h>
#include <sched.h>
#include <sys/prctl.h>

#include "base/calls.h"
#include "base/own.h"

#define REFUSE(call_)                                                          \
	{                                                                      \
		.call = (call_), .action = FILTER_REFUSE                       \
	}
#define ABSENT(call_)                                                          \
	{                                                                      \
		.call = (call_), .action = FILTER_ABSENT                       \
	}
#define ROW(call_, action_, arg_, mask_, value_)                               \
	{                                                                      \
		.call = (call_), .action = (action_), .arg = (arg_),           \
		.mask = (mask_), .value = (value_)                             \
	}
#define REFUSE_BIT(call_, arg_, bit_)                                          \
	ROW(call_, FILTER_REFUSE, arg_, bit_, bit_)
#define REFUSE_VALUE(call_, arg_, value_)                                      \
	ROW(call_, FILTER_REFUSE, arg_, 0xffffffff, value_)

static const struct filter_rule rows[] = {
	/* namespace: clone3 has its flags in memory, where nobody sees them */
	ABSENT(SYS_clone3),
	REFUSE_BIT(SYS_clone, 0, CLONE_NEWNS),
	REFUSE_BIT(SYS_clone, 0, CLONE_NEWCGROUP),
	REFUSE_BIT(SYS_clone, 0, CLONE_NEWUTS),
	REFUSE_BIT(SYS_clone, 0, CLONE_NEWIPC),
	REFUSE_BIT(SYS_clone, 0, CLONE_NEWUSER),
	REFUSE_BIT(SYS_clone, 0, CLONE_NEWPID),
	REFUSE_BIT(SYS_clone, 0, CLONE_NEWNET),
	REFUSE_BIT(SYS_unshare, 0, CLONE_NEWNS),
	REFUSE_BIT(SYS_unshare, 0, CLONE_NEWCGROUP),
	REFUSE_BIT(SYS_unshare, 0, CLONE_NEWUTS),
	REFUSE_BIT(SYS_unshare, 0, CLONE_NEWIPC),
	REFUSE_BIT(SYS_unshare, 0, CLONE_NEWUSER),
	REFUSE_BIT(SYS_unshare, 0, CLONE_NEWPID),
	REFUSE_BIT(SYS_unshare, 0, CLONE_NEWNET),
	REFUSE_BIT(SYS_unshare, 0, CLONE_NEWTIME),
	REFUSE(SYS_setns),
	/* mount, chroot */
	REFUSE(SYS_mount),
	REFUSE(SYS_umount2),
	REFUSE(SYS_pivot_root),
	REFUSE(SYS_move_mount),
	REFUSE(SYS_open_tree),
	REFUSE(SYS_fsopen),
	REFUSE(SYS_fsconfig),
	REFUSE(SYS_fsmount),
	REFUSE(SYS_fspick),
	REFUSE(SYS_mount_setattr),
	ABSENT(CALL_OPEN_TREE_ATTR),
	REFUSE(SYS_chroot),
	/* ptrace, and what reads or takes from another process */
	REFUSE(SYS_ptrace),
	REFUSE(SYS_process_vm_readv),
	REFUSE(SYS_process_vm_writev),
	REFUSE(SYS_process_madvise),
	REFUSE(SYS_pidfd_getfd),
	REFUSE(SYS_kcmp),
	ROW(SYS_prctl, FILTER_PRETEND, 0, 0xffffffff, PR_SET_DUMPABLE),
	/* keyring */
	ABSENT(SYS_add_key),
	ABSENT(SYS_request_key),
	ABSENT(SYS_keyctl),
	/* io_uring: what it does passes no filter */
	ABSENT(SYS_io_uring_setup),
	ABSENT(SYS_io_uring_enter),
	ABSENT(SYS_io_uring_register),
	ABSENT(SYS_userfaultfd),
	REFUSE(SYS_perf_event_open),
	REFUSE(SYS_bpf),
	/* an inner domain would not hold for what is done on its behalf */
	ABSENT(SYS_landlock_create_ruleset),
	ABSENT(SYS_landlock_add_rule),
	ABSENT(SYS_landlock_restrict_self),
	/* the machine */
	REFUSE(SYS_init_module),
	REFUSE(SYS_finit_module),
	REFUSE(SYS_delete_module),
	REFUSE(SYS_kexec_load),
	REFUSE(SYS_kexec_file_load),
	REFUSE(SYS_reboot),
	REFUSE(SYS_swapon),
	REFUSE(SYS_swapoff),
	REFUSE(SYS_quotactl),
	REFUSE(SYS_quotactl_fd),
	REFUSE(SYS_syslog),
	REFUSE(SYS_acct),
	REFUSE(SYS_settimeofday),
	REFUSE(SYS_clock_settime),
	REFUSE(SYS_sethostname),
	REFUSE(SYS_setdomainname),
	REFUSE(SYS_ioperm),
	REFUSE(SYS_iopl),
	REFUSE(SYS_vhangup),
	REFUSE(SYS_fanotify_init),
	/* an open by what is no name */
	REFUSE(SYS_open_by_handle_at),
	ABSENT(SYS_uselib),
	ABSENT(SYS__sysctl),
	ABSENT(SYS_nfsservctl),
	ABSENT(SYS_lookup_dcookie),
	/* typing into a terminal that others read */
	REFUSE_VALUE(SYS_ioctl, 1, TIOCSTI),
	REFUSE_VALUE(SYS_ioctl, 1, TIOCLINUX),
	/* later forms of calls that are judged in their older ones */
	ABSENT(CALL_SETXATTRAT),
	ABSENT(CALL_REMOVEXATTRAT),
	ABSENT(CALL_FILE_SETATTR),
};

const struct filter_rule *powers_rows(size_t *out_count)
{
	*out_count = ARRAY_SIZE(rows);
	return rows;
}
