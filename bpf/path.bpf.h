/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * path.bpf.h - where a file lies, as a task sees it.
 *
 * bpf_d_path() is not to be had in tracepoints, so this walks up dentries and
 * mounts itself, first noting the names and then writing them. A rename that
 * goes on beside it can mix the old path with the new.
 *
 * Knows dentries and mounts. Knows no map, no event.
 */
#ifndef AGENTJAIL_PATH_BPF_H
#define AGENTJAIL_PATH_BPF_H

#include "bpf/abi.h"
#include "bpf/kernel.bpf.h"

#define PATH_NAMES_MAX 64
#define PATH_STEPS_MAX 128 /* a mount on the way is a step and no name */
#define PATH_NAME_LEN_MAX 255
#define PATH_DELETED " (deleted)" /* as in /proc */
#define PATH_DELETED_LEN (sizeof(PATH_DELETED) - 1)

/* How a walk ended. Only a whole path begins with a slash. */
enum path_end {
	PATH_CUT = 0, /* too deep or too long: the part next to the file */
	PATH_WHOLE,   /* at the task's root, or at the top of another tree */
	PATH_NOWHERE, /* the file is in no directory, as a memfd */
};

/* A walk under way. All addresses are numbers: they are only probed. */
struct path_walk {
	__u64 dentry;
	__u64 mount;
	__u64 root_dentry;
	__u64 root_mnt;
	__u32 count; /* names noted, the file's own first */
	__u32 len;   /* of all of them with a slash before each */
	__u32 put;   /* bytes written */
	__u32 end;   /* enum path_end */
	__u64 names[PATH_NAMES_MAX];
	__u32 lens[PATH_NAMES_MAX];
};

static __always_inline void path_begin(struct path_walk *walk,
				       const struct file *file,
				       const struct fs_struct *fs)
{
	const __u64 mnt = (__u64)BPF_CORE_READ(file, f_path.mnt);

	walk->dentry = (__u64)BPF_CORE_READ(file, f_path.dentry);
	walk->mount = mnt - bpf_core_field_offset(struct mount, mnt);
	walk->root_dentry = (__u64)BPF_CORE_READ(fs, root.dentry);
	walk->root_mnt = (__u64)BPF_CORE_READ(fs, root.mnt);
	walk->count = 0;
	walk->len = 0;
	walk->put = 0;
	walk->end = PATH_CUT;
}

/* Notes the name of the walk's dentry. False where there is no room. */
static __always_inline bool path_note(struct path_walk *walk)
{
	const struct dentry *dentry = (const struct dentry *)walk->dentry;
	const __u32 i = walk->count;
	const __u32 len = BPF_CORE_READ(dentry, d_name.len);

	if (i >= PATH_NAMES_MAX || len > PATH_NAME_LEN_MAX ||
	    walk->len + 1 + len > ABI_EVENT_STRING_MAX)
		return false;
	walk->names[i] = (__u64)BPF_CORE_READ(dentry, d_name.name);
	walk->lens[i] = len;
	walk->len += 1 + len;
	walk->count = i + 1;
	return true;
}

/* From the root of a mount to where it is mounted. True to go on. */
static __always_inline bool path_leave_mount(struct path_walk *walk)
{
	const struct mount *mount = (const struct mount *)walk->mount;
	const __u64 parent = (__u64)BPF_CORE_READ(mount, mnt_parent);

	if (parent == walk->mount) {
		walk->end = PATH_WHOLE;
		return false;
	}
	walk->dentry = (__u64)BPF_CORE_READ(mount, mnt_mountpoint);
	walk->mount = parent;
	return true;
}

/* One step up. True to go on. */
static __always_inline bool path_step(struct path_walk *walk)
{
	const struct dentry *dentry = (const struct dentry *)walk->dentry;
	const struct mount *mount = (const struct mount *)walk->mount;
	const __u64 mnt =
		walk->mount + bpf_core_field_offset(struct mount, mnt);
	const __u64 parent = (__u64)BPF_CORE_READ(dentry, d_parent);

	if (walk->dentry == walk->root_dentry && mnt == walk->root_mnt) {
		walk->end = PATH_WHOLE;
		return false;
	}
	if (walk->dentry == (__u64)BPF_CORE_READ(mount, mnt.mnt_root))
		return path_leave_mount(walk);
	if (!path_note(walk))
		return false;
	if (parent == walk->dentry) {
		walk->end = PATH_NOWHERE;
		return false;
	}
	walk->dentry = parent;
	return true;
}

/*
 * Writes the next name, from the top down, to TO, which has room for
 * ABI_EVENT_STRING_MAX bytes and one name more. True to go on.
 */
static __always_inline bool path_put(struct path_walk *walk, char *to)
{
	const __u32 i = walk->count - 1;
	__u32 at = walk->put;
	__u32 len;

	if (i >= PATH_NAMES_MAX || at > ABI_EVENT_STRING_MAX - 1)
		return false;
	len = walk->lens[i] & PATH_NAME_LEN_MAX;
	if (at || walk->end == PATH_WHOLE)
		to[at++] = '/';
	if (at <= ABI_EVENT_STRING_MAX)
		bpf_probe_read_kernel(to + at, len, (void *)walk->names[i]);
	walk->put = at + len;
	walk->count = i;
	return true;
}

#endif
