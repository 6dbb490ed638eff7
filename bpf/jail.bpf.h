/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * jail.bpf.h - which jail a task is of.
 *
 * A jail is a pid namespace, which no descendant can leave. The task's own
 * storage is its cache; where that is missing (it could not be made at the
 * task's birth, or cannot be read just now) the namespace still answers.
 */
#ifndef AGENTJAIL_JAIL_BPF_H
#define AGENTJAIL_JAIL_BPF_H

#include "bpf/maps.bpf.h"

/*
 * The address of the pid namespace that PID has at LEVEL. PID must have been
 * probed: the verifier lets nobody count from a pointer that was loaded.
 */
static __always_inline __u64 namespace_at(const struct pid *pid, __u32 level)
{
	const __u64 numbers = (__u64)pid + bpf_core_field_offset(pid->numbers);
	const __u64 upid = numbers + level * bpf_core_type_size(struct upid);
	struct pid_namespace *ns = NULL;

	bpf_core_read(&ns, sizeof(ns), &((const struct upid *)upid)->ns);
	return (__u64)ns;
}

/* A task that the supervisor marked itself lives in the jail's namespace. */
static __always_inline void namespace_learn(const struct pid *pid,
					    struct map_task *mark)
{
	__u64 ns = namespace_at(pid, BPF_CORE_READ(pid, level));
	__u32 slot = mark->slot;

	if (ns && bpf_map_update_elem(&namespaces, &ns, &slot, BPF_ANY) == 0)
		mark->known = 1;
}

/* Walks up from the task's own namespace: those made in the jail are of it. */
static __always_inline int namespace_slot(const struct pid *pid)
{
	const __u32 level = BPF_CORE_READ(pid, level);

	for (__u32 i = 1; i <= KERNEL_PID_LEVEL_MAX && i <= level; i++) {
		__u64 ns = namespace_at(pid, i);
		__u32 *slot = bpf_map_lookup_elem(&namespaces, &ns);

		if (slot)
			return *slot;
	}
	return -1;
}

/*
 * The jail's slot, or -1. The machine's own tasks are in no pid namespace but
 * the first and pay for that one comparison only.
 */
static __always_inline int jail_slot(struct task_struct *task)
{
	struct map_task *mark;

	if (task->thread_pid->level == 0)
		return -1;
	mark = bpf_task_storage_get(&tasks, task, NULL, 0);
	if (!mark)
		return namespace_slot(BPF_CORE_READ(task, thread_pid));
	if (!mark->known)
		namespace_learn(BPF_CORE_READ(task, thread_pid), mark);
	return mark->slot;
}

/* Marks TASK, which is new, as its parent is. */
static __always_inline void jail_inherit(struct task_struct *task, __u32 slot)
{
	struct map_task mark = { .slot = slot, .known = 1 };

	if (!bpf_task_storage_get(&tasks, task, &mark,
				  BPF_LOCAL_STORAGE_GET_F_CREATE))
		lose(slot, MAP_LOSS_ENROL);
}

#endif
