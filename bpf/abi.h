/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * abi.h - the one wire: what crosses between the kernel half, the broker and
 * the supervisor, and the numbers that all of them share.
 *
 * Fixed-width types, no padding, every size asserted, version and length
 * first. Numbers are stored in traces: they are never reused or renumbered.
 */
#ifndef AGENTJAIL_ABI_H
#define AGENTJAIL_ABI_H

#include <linux/types.h>

#define ABI_VERSION 1

/* What is decided for an operation, from the loosest to the strictest. */
enum abi_verdict {
	ABI_ALLOW = 0,
	ABI_AUDIT = 1,
	ABI_ASK = 2,
	ABI_PAUSE = 3,
	ABI_DENY = 4,
	ABI_KILL = 5,
	ABI_VERDICTS
};

/*
 * What an event is of. The first six are the operations on files: a rule's
 * mask of operations has bit 1 << OP.
 */
enum abi_op {
	ABI_OP_READ = 0,
	ABI_OP_WRITE = 1,
	ABI_OP_APPEND = 2,
	ABI_OP_CREATE = 3,
	ABI_OP_DELETE = 4,
	ABI_OP_META = 5,
	ABI_OP_EXEC = 6,
	ABI_OP_CONNECT = 7,
	ABI_OP_LISTEN = 8,
	ABI_OP_SEND = 9,
	ABI_OP_DNS = 10,
	/* The powers; those from ABI_OP_MOUNT on are never allowed. */
	ABI_OP_PTRACE = 16,
	ABI_OP_NAMESPACE = 17,
	ABI_OP_KEYRING = 18,
	ABI_OP_IO_URING = 19,
	ABI_OP_USERFAULTFD = 20,
	ABI_OP_PERF = 21,
	ABI_OP_NETLINK = 22,
	ABI_OP_VSOCK = 23,
	ABI_OP_SOCKET_OTHER = 24,
	ABI_OP_PERSONALITY = 25,
	ABI_OP_PRIORITY = 26,
	ABI_OP_MOUNT = 27,
	ABI_OP_CHROOT = 28,
	ABI_OP_BPF = 29,
	ABI_OP_MODULE = 30,
	ABI_OP_KEXEC = 31,
	ABI_OP_MKNOD = 32,
	ABI_OP_RAW = 33,
	ABI_OP_PACKET = 34,
	ABI_OP_SIGNAL_OUTSIDE = 35,
	ABI_OP_IPC_OUTSIDE = 36,
	ABI_OP_TIME = 37,
	ABI_OP_SYSLOG = 38,
	ABI_OP_QUOTA = 39,
	ABI_OP_SWAP = 40,
	ABI_OP_REBOOT = 41,
	/* What is recorded of the run, its processes and its people. */
	ABI_OP_START = 48,
	ABI_OP_FORK = 49,
	ABI_OP_EXECUTED = 50, /* an image that the kernel has taken */
	ABI_OP_EXIT = 51,
	ABI_OP_END = 52,
	ABI_OP_HOLD = 53,
	ABI_OP_APPROVE = 54,
	ABI_OP_REFUSE = 55, /* a person's "deny" */
	ABI_OP_TIMEOUT = 56,
	ABI_OP_GRANT = 57,
	ABI_OP_REVOKE = 58,
	ABI_OPS
};

/* Who saw it; each source counts its own events from 1, without a gap. */
enum abi_source {
	ABI_SOURCE_SUPERVISOR = 0,
	ABI_SOURCE_BROKER = 1,
	ABI_SOURCE_KERNEL = 2,
	ABI_SOURCES
};

/* The mechanism that decided or saw it. */
enum abi_by {
	ABI_BY_NONE = 0,
	ABI_BY_LSM = 1,
	ABI_BY_NOTIFY = 2,
	ABI_BY_FANOTIFY = 3,
	ABI_BY_LANDLOCK = 4,
	ABI_BY_MOUNT = 5,
	ABI_BY_CGROUP = 6,
	ABI_BY_SECCOMP = 7,
	ABI_BY_TRACEPOINT = 8,
	ABI_BYS
};

#define ABI_EVENT_CANDIDATES 6	  /* losing rules that an event carries */
#define ABI_EVENT_STRING_MAX 4096 /* bytes of exe, object, object2 each */
#define ABI_EVENT_SIZE_MAX (sizeof(struct abi_event) + 3 * ABI_EVENT_STRING_MAX)

#define ABI_EVENT_RACEABLE 0x01	 /* judged from memory the agent may change */
#define ABI_EVENT_TRUNCATED 0x02 /* a string was longer than the wire takes */
#define ABI_EVENT_OBSERVED 0x04	 /* the verdict was recorded, not enforced */

/*
 * The head of a record; exe, object and object2 follow it in this order,
 * without terminators, and zeroes up to a multiple of 8.
 */
struct abi_event {
	__u32 size; /* of the whole record, strings and zeroes included */
	__u16 version;
	__u16 op; /* enum abi_op */
	__u64 seq;
	__u64 time_ns; /* CLOCK_BOOTTIME */
	__u32 pid;     /* thread group, in the initial pid namespace's view */
	__u32 ppid;
	__s32 rule;   /* index in the run's policy; -1: none */
	__s32 error;  /* errno of the answer, or an exit's wait status */
	__u8 source;  /* enum abi_source */
	__u8 verdict; /* enum abi_verdict */
	__u8 by;      /* enum abi_by */
	__u8 flags;   /* ABI_EVENT_* */
	__u16 exe_len;
	__u16 object_len;
	__u16 object2_len;
	__u16 candidate_count;
	__s16 candidates[ABI_EVENT_CANDIDATES];
	__u64 reserved; /* 0 */
};

_Static_assert(sizeof(struct abi_event) == 72, "abi_event has no padding");

#endif
