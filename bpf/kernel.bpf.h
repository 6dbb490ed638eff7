/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * kernel.bpf.h - the few fields of the kernel's structures that we read. Their
 * places are found when the programs are loaded (CO-RE), so only names and
 * types matter here, and what is left out does no harm.
 */
#ifndef AGENTJAIL_KERNEL_BPF_H
#define AGENTJAIL_KERNEL_BPF_H

#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#define KERNEL_PID_LEVEL_MAX 32	   /* MAX_PID_NS_LEVEL */
#define KERNEL_SIGNAL_GROUP_EXIT 4 /* SIGNAL_GROUP_EXIT of signal->flags */

#pragma clang attribute push(__attribute__((preserve_access_index)),           \
			     apply_to = record)

struct qstr {
	union {
		struct {
			__u32 hash;
			__u32 len;
		};
	};
	const unsigned char *name;
};

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
};

struct fs_struct {
	struct path root;
};

struct linux_binprm {
	struct file *file;
	const char *filename;
};

struct pid_namespace;

struct upid {
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
	int group_exit_code;
	unsigned int flags;
};

struct task_struct {
	int pid;
	int tgid;
	int exit_code;
	struct pid *thread_pid;
	struct task_struct *group_leader;
	struct task_struct *real_parent;
	struct signal_struct *signal;
	struct fs_struct *fs;
};

#pragma clang attribute pop

#endif
