/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bounds.h - what holds a jail as a whole: its control group, its limits, its
 * time.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct cgroup;
struct error;
struct profile_settings;

/* All 0: none. To be ended by bounds_endp(). */
struct bounds {
	struct cgroup *cgroup; /* NULL: none is to be had here */
	int64_t end_ms;	       /* of the run's time; 0: it has no end */
};

/*
 * Puts PID, the agent before its first instruction, into the group of the run
 * RUN_ID with the limits of SETTINGS; its time begins. Where no group is to be
 * had and no limit needs one, there is none.
 *
 *   -errno   of cgroup_make()
 */
int bounds_make(const struct profile_settings *settings, const char *run_id,
		pid_t pid, struct bounds *out_bounds, struct error *err);

/* Kills all in the jail at once, whatever it forks meanwhile. */
void bounds_kill(const struct bounds *bounds);

/* Whether the run's time is over; true once. */
bool bounds_are_over(struct bounds *bounds);

/* Removes the group. */
void bounds_endp(struct bounds *bounds);
