/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h - an event as JSON, the form that other programs read.
 *
 * Knows the keys and their types. Knows neither a policy nor a run: what an
 * event does not carry itself, the caller brings.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

struct json_object;

/* A rule as a person knows it. */
struct event_rule {
	const char *profile;
	int line;	    /* 0: not from a file */
	const char *reason; /* NULL: none given */
};

/* What is the same for all events of a run. Any string may be NULL. */
struct event_context {
	const char *run;
	const char *task;
	const char *owner;
	int64_t realtime_offset_ns;	/* CLOCK_REALTIME less CLOCK_BOOTTIME */
	const struct event_rule *rules; /* what events' indices count in */
	size_t rule_count;
};

/* Who let this very event through. Either may be NULL, and so may BY. */
struct event_permit {
	const char *grant;
	const char *approver;
};

/*
 * Makes the object of EVENT, which the caller puts (json_object_put()):
 *
 *   v         1
 *   source    "supervisor", "broker" or "kernel"
 *   seq       number
 *   time      RFC 3339 in UTC, to the nanosecond
 *   run, task, owner, grant, approver   string
 *   pid, ppid number
 *   exe, object, object2                string
 *   op        string as op_name() has it
 *   verdict   string
 *   rule      {profile: string, line: number}
 *   candidates                          array of the same
 *   reason    string, of the rule
 *   by        string, the mechanism
 *   result    "ok" or "failed"; of an exit and the end "exit N", "signal N"
 *   errno     string, as "EACCES"
 *   flags     array of "raceable", "truncated", "observed", "escaped"
 *
 * All keys but flags are always there, null where there is nothing to say;
 * flags is there when it is not empty. "escaped": some string has bytes that
 * are no UTF-8, or control characters (bidirectional ones and line separators
 * included), and every string is in the form of base/text.h. Without it every
 * string is exact. Either way the object may go to a terminal.
 *
 *   -ERANGE   a rule or a time beyond what CONTEXT or RFC 3339 has
 *   -ENOMEM
 */
int event_json(const struct event *event, const struct event_context *context,
	       const struct event_permit *permit, struct json_object **out_json,
	       struct error *err);
