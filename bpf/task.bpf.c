/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * task.bpf.c - the life of a jail's processes: fork, exec, exit.
 *
 * Events are of processes: a new thread is marked as the jail's and reported
 * nowhere, and a process ends when the last of its threads does.
 */
#include "bpf/jail.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Reported before the child runs, so before anything that the child does. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(task_fork, struct task_struct *parent, struct task_struct *child)
{
	const int slot = jail_slot(parent);
	struct abi_event event;

	if (slot < 0)
		return 0;
	jail_inherit(child, slot);
	if (child->pid != child->tgid)
		return 0;
	event_begin(&event, ABI_OP_FORK);
	event.pid = child->tgid;
	/* Who made it; with CLONE_PARENT that is not whom it is a child of. */
	event.ppid = parent->tgid;
	emit(slot, &event, sizeof(event), MAP_LOSS_FORK);
	return 0;
}

static __always_inline struct exec_scratch *scratch(void)
{
	const __u32 zero = 0;

	return bpf_map_lookup_elem(&exec_scratches, &zero);
}

static long walk_up(__u32 i, void *ctx)
{
	struct exec_scratch *exec = scratch();

	return !exec || !path_step(&exec->walk);
}

static long write_down(__u32 i, void *ctx)
{
	struct exec_scratch *exec = scratch();

	return !exec || !path_put(&exec->walk, exec->strings);
}

/* Writes where FILE lies to the strings' beginning. */
static __always_inline void object_put(struct exec_scratch *exec,
				       const struct file *file,
				       const struct task_struct *task)
{
	const struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	__u32 len;

	path_begin(&exec->walk, file, BPF_CORE_READ(task, fs));
	bpf_loop(PATH_STEPS_MAX, walk_up, NULL, 0);
	bpf_loop(PATH_NAMES_MAX, write_down, NULL, 0);
	if (exec->walk.end == PATH_CUT)
		exec->event.flags |= ABI_EVENT_TRUNCATED;
	len = exec->walk.put;
	if (exec->walk.end == PATH_WHOLE &&
	    !BPF_CORE_READ(dentry, d_hash.pprev) &&
	    len <= ABI_EVENT_STRING_MAX - PATH_DELETED_LEN) {
		__builtin_memcpy(exec->strings + len, PATH_DELETED,
				 PATH_DELETED_LEN);
		len += PATH_DELETED_LEN;
	}
	exec->event.object_len = len;
}

/* Writes the name that was asked for behind it. */
static __always_inline void object2_put(struct exec_scratch *exec,
					const char *filename)
{
	const __u32 at = exec->event.object_len;
	long len;

	if (at > ABI_EVENT_STRING_MAX)
		return;
	len = bpf_probe_read_kernel_str(exec->strings + at,
					ABI_EVENT_STRING_MAX, filename);
	if (len > 0)
		exec->event.object2_len = len - 1; /* less the NUL */
}

/* Zeroes to the next multiple of 8, and the size that is then right. */
static __always_inline __u32 exec_finish(struct exec_scratch *exec)
{
	const __u32 used = exec->event.object_len + exec->event.object2_len;
	__u32 size;

	if (used > 2 * ABI_EVENT_STRING_MAX)
		return 0;
	__builtin_memset(exec->strings + used, 0, 8);
	size = (sizeof(exec->event) + used + 7) & ~7;
	exec->event.size = size;
	return size;
}

/*
 * The image is the new one, nothing of it has run. What ran before is gone
 * already; the supervisor knows it from the events before.
 */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(task_exec, struct task_struct *task, int old_pid,
	     struct linux_binprm *bprm)
{
	const int slot = jail_slot(task);
	struct exec_scratch *exec;
	__u32 size;

	if (slot < 0)
		return 0;
	exec = scratch();
	if (!exec)
		return 0;
	event_begin(&exec->event, ABI_OP_EXECUTED);
	exec->event.pid = task->tgid;
	exec->event.ppid = task->real_parent->tgid;
	object_put(exec, bprm->file, task);
	object2_put(exec, bprm->filename);
	size = exec_finish(exec);
	if (size)
		emit(slot, &exec->event, size, MAP_LOSS_EXEC);
	return 0;
}

/* Of the process, in the form that wait(2) gives to its parent. */
static __always_inline int wait_status(struct task_struct *leader)
{
	struct signal_struct *signal = leader->signal;

	if (signal->flags & KERNEL_SIGNAL_GROUP_EXIT)
		return signal->group_exit_code;
	return leader->exit_code;
}

/*
 * Threads count themselves off before they come here, so two that end at once
 * can both see that nobody is left: the first to say so says it for both.
 */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(task_exit, struct task_struct *task)
{
	const int slot = jail_slot(task);
	struct task_struct *leader = task->group_leader;
	struct abi_event event;
	struct map_task *mark;

	if (slot < 0 || task->signal->live.counter > 0)
		return 0;
	mark = bpf_task_storage_get(&tasks, leader, NULL, 0);
	if (mark && __sync_lock_test_and_set(&mark->exited, 1))
		return 0;
	event_begin(&event, ABI_OP_EXIT);
	event.pid = task->tgid;
	event.ppid = task->real_parent->tgid;
	event.error = wait_status(leader);
	emit(slot, &event, sizeof(event), MAP_LOSS_EXIT);
	return 0;
}
