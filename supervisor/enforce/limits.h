/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - how much a jail may take, as numbers; 0: as much as there is. */
#pragma once

#include <stdint.h>

struct limits {
	uint64_t memory_bytes; /* and no swap beside it */
	uint64_t pids;	       /* tasks */
	uint64_t cpu_percent;  /* of one processor */
	uint64_t time_ms;      /* from the command's first instruction */
};
