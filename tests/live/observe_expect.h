/* SPDX-License-Identifier: Apache-2.0 */
/* observe_expect.h - what is expected of a jail that was observed. */
#pragma once

#include "observe.h"
#include "terms/op.h"

/* The event that comes next, which must be of OP. */
static inline const struct seen *jail_next(struct jail *jail, int *at,
					   enum abi_op op)
{
	static const struct seen none = { .exe = "", .object = "" };

	if (*at < jail->count && jail->seen[*at].event.op == op)
		return &jail->seen[(*at)++];
	printf("event %d of %d is not %s\n", *at, jail->count, op_name(op));
	failures++;
	return &none;
}

/* Runs ACT in a jail; holds it to numbers without a gap and to no loss. */
static inline void jail_run(struct jail *jail, int (*act)(void))
{
	struct observer_loss loss = { 0 };
	struct error err = { 0 };

	jail_start(jail, OBSERVER_RING_BYTES, act);
	jail_go(jail);
	jail_wait(jail, true);
	CHECK(observer_lost(jail->observer, &loss, &err) == 0);
	CHECK(loss.fork + loss.exec + loss.exit + loss.enrol == 0);
	CHECK(loss.missed == 0);
	CHECK(loss.last_seq == (uint64_t)jail->count);
}
