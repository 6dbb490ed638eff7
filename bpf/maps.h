/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * maps.h - what the maps hold: between the programs and who loads them, and
 * neither on the wire nor in a trace.
 */
#ifndef AGENTJAIL_MAPS_H
#define AGENTJAIL_MAPS_H

#include <linux/types.h>

/* What the kernel half could not do; each class is counted by itself. */
enum map_loss {
	MAP_LOSS_FORK = 0, /* its event found no room in the ring */
	MAP_LOSS_EXEC = 1,
	MAP_LOSS_EXIT = 2,
	MAP_LOSS_ENROL = 3, /* a task was not marked as the jail's at birth */
	MAP_LOSSES
};

/* One jail's counters, an element of the map `counters`. */
struct map_counters {
	__u64 seq; /* of the last event, written or lost */
	__u64 lost[MAP_LOSSES];
};

/* What the map `tasks` holds for a task of a jail. */
struct map_task {
	__u32 slot;   /* the jail's place in the maps */
	__u32 known;  /* its pid namespace is in the map `namespaces` */
	__u32 exited; /* the end of its process was reported */
	__u32 reserved;
};

_Static_assert(sizeof(struct map_counters) == 40, "map_counters: no padding");
_Static_assert(sizeof(struct map_task) == 16, "map_task has no padding");

#endif
