/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * maps.bpf.h - every map, and the one way in which an event leaves the kernel.
 *
 * A jail is a slot: the same index in every map that holds something for each
 * jail. There is one slot for now, and one ring.
 */
#ifndef AGENTJAIL_MAPS_BPF_H
#define AGENTJAIL_MAPS_BPF_H

#include "bpf/abi.h"
#include "bpf/kernel.bpf.h"
#include "bpf/maps.h"
#include "bpf/path.bpf.h"

/* The jail's tasks: set by the supervisor for the first, then inherited. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct map_task);
} tasks SEC(".maps");

/* The address of a jail's pid namespace, which is kept alive: its slot. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u64);
	__type(value, __u32);
} namespaces SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct map_counters);
} counters SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} ring SEC(".maps");

/* An exec's record in the making: two strings are more than a stack holds. */
struct exec_scratch {
	struct abi_event event;
	char strings[2 * ABI_EVENT_STRING_MAX + PATH_NAME_LEN_MAX + 1 + 8];
	struct path_walk walk;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exec_scratch);
} exec_scratches SEC(".maps");

static __always_inline void lose(__u32 slot, enum map_loss class)
{
	struct map_counters *jail = bpf_map_lookup_elem(&counters, &slot);

	if (jail && class < MAP_LOSSES)
		__sync_fetch_and_add(&jail->lost[class], 1);
}

/* Nobody is woken for an event before the ring is half full. */
static __always_inline __u64 wake_flags(void)
{
	__u64 used = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA);
	__u64 size = bpf_ringbuf_query(&ring, BPF_RB_RING_SIZE);

	return used > size / 2 ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

/*
 * Numbers EVENT and writes its SIZE bytes. The number is taken first, so that
 * an event that finds no room is a gap which the reader sees, beside the count
 * of its class.
 */
static __always_inline void emit(__u32 slot, struct abi_event *event,
				 __u64 size, enum map_loss class)
{
	struct map_counters *jail = bpf_map_lookup_elem(&counters, &slot);

	if (!jail)
		return;
	event->seq = __sync_fetch_and_add(&jail->seq, 1) + 1;
	if (bpf_ringbuf_output(&ring, event, size, wake_flags()) < 0)
		lose(slot, class);
}

/* What all events of the kernel half have in common. */
static __always_inline void event_begin(struct abi_event *event, enum abi_op op)
{
	__builtin_memset(event, 0, sizeof(*event));
	event->size = sizeof(*event);
	event->version = ABI_VERSION;
	event->op = op;
	event->time_ns = bpf_ktime_get_boot_ns();
	event->rule = -1;
	event->source = ABI_SOURCE_KERNEL;
	event->verdict = ABI_ALLOW;
	event->by = ABI_BY_TRACEPOINT;
}

#endif
