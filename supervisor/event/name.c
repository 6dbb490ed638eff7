/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "base/own.h"
#include "event/event.h"

static const char *const sources[] = {
	[ABI_SOURCE_SUPERVISOR] = "supervisor",
	[ABI_SOURCE_BROKER] = "broker",
	[ABI_SOURCE_KERNEL] = "kernel",
};

static_assert(ARRAY_SIZE(sources) == ABI_SOURCES, "a name for each source");

static const char *const mechanisms[] = {
	[ABI_BY_NONE] = "none",
	[ABI_BY_LSM] = "lsm",
	[ABI_BY_NOTIFY] = "notify",
	[ABI_BY_FANOTIFY] = "fanotify",
	[ABI_BY_LANDLOCK] = "landlock",
	[ABI_BY_MOUNT] = "mount",
	[ABI_BY_CGROUP] = "cgroup",
	[ABI_BY_SECCOMP] = "seccomp",
	[ABI_BY_TRACEPOINT] = "tracepoint",
};

static_assert(ARRAY_SIZE(mechanisms) == ABI_BYS, "a name for each mechanism");

const char *event_source_name(enum abi_source source)
{
	return (unsigned)source < ABI_SOURCES ? sources[source] : "?";
}

const char *event_by_name(enum abi_by by)
{
	return (unsigned)by < ABI_BYS ? mechanisms[by] : "?";
}
