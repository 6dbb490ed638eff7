/* SPDX-License-Identifier: Apache-2.0 */
#include "run/bounds.h"

#include <time.h>

#include "base/error.h"
#include "enforce/cgroup.h"
#include "enforce/limits.h"
#include "profile/profile.h"

static void limits_take(const struct profile_settings *settings,
			struct limits *out_limits)
{
	uint64_t *const places[PROFILE_LIMITS] = {
		[LIMIT_MEMORY] = &out_limits->memory_bytes,
		[LIMIT_PIDS] = &out_limits->pids,
		[LIMIT_CPU] = &out_limits->cpu_percent,
		[LIMIT_TIME] = &out_limits->time_ms,
	};

	for (int i = 0; i < PROFILE_LIMITS; i++)
		if (places[i] && settings->has_limit[i])
			*places[i] = settings->limits[i];
}

/* A suspended machine gives no time, and takes none. */
static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int bounds_make(const struct profile_settings *settings, const char *run_id,
		pid_t pid, struct bounds *out_bounds, struct error *err)
{
	struct bounds bounds = { 0 };
	struct limits limits = { 0 };
	struct error why = { 0 };
	int r;

	limits_take(settings, &limits);
	r = cgroup_make(run_id, &limits, pid, &bounds.cgroup, &why);
	if (r < 0 &&
	    (limits.memory_bytes || limits.pids || limits.cpu_percent)) {
		*err = why;
		return r;
	}
	if (limits.time_ms)
		bounds.end_ms = now_ms() + (int64_t)limits.time_ms;
	*out_bounds = bounds;
	return 0;
}

void bounds_kill(const struct bounds *bounds)
{
	struct error none = { 0 };

	/* Where it fails nothing is left, or the init's end takes it. */
	if (bounds->cgroup)
		cgroup_kill(bounds->cgroup, &none);
}

bool bounds_are_over(struct bounds *bounds)
{
	if (!bounds->end_ms || now_ms() < bounds->end_ms)
		return false;
	bounds->end_ms = 0;
	return true;
}

void bounds_endp(struct bounds *bounds)
{
	cgroup_freep(&bounds->cgroup);
}
