/* SPDX-License-Identifier: Apache-2.0 */
/* events.h - a run's events as lines of JSON, as they come (--events). */
#pragma once

#include <stdbool.h>

#include "event/json.h"

struct error;
struct policy;
struct store_run;

struct events {
	int fd; /* -1: nobody wants them */
	struct event_context context;
};

/*
 * Opens NAME ("-": standard output; else a file, appended to) for the events
 * of a run. To be ended by events_endp().
 *
 *   -errno   of open(2)
 */
int events_open(const char *name, struct events *out_events, struct error *err);

/* What the events of a run need, once it is known. Returns 0 or -ENOMEM. */
int events_begin(struct events *events, const struct policy *policy,
		 const struct store_run *about, struct error *err);

/*
 * Writes EVENT as one line. Where that fails it says so once and writes no
 * more: the trace has them all.
 */
void events_tell(struct events *events, const struct event *event);

void events_endp(struct events *events);
