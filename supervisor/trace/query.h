/* SPDX-License-Identifier: Apache-2.0 */
/*
 * query.h - reads a trace, while it is written or after.
 *
 * A trace is a file that anybody may have damaged: nothing of it is believed.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "event/json.h"

struct error;
struct query;

/* Which events are wanted; what is 0 or NULL excludes nothing. */
struct query_filter {
	uint64_t verdicts; /* bit 1 << verdict */
	uint64_t ops;	   /* bit 1 << op */
	const char *path;  /* of object or object2; * and ? as in a shell */
	uint32_t pid;
	int64_t since_ns; /* CLOCK_REALTIME */
	int64_t after_id; /* only what was written later than this row */
};

/*
 * Opens the trace PATH for reading. On success *out_query is freed by
 * query_close().
 *
 *   -ENOENT   there is none
 *   -EPROTO   it is no trace, or one of another version; the text says so
 */
int query_open(const char *path, struct query **out_query, struct error *err);
void query_close(struct query *query);

static inline void query_closep(struct query **query)
{
	query_close(*query);
	*query = NULL;
}

/* The run's facts and rules, as event_json() takes them; lives as QUERY. */
const struct event_context *query_context(const struct query *query);

/* The value of KEY in the table `run`; NULL: not there (yet). */
const char *query_run(struct query *query, const char *key);

/*
 * Hands every wanted event to FN in the order of writing; FN's negative
 * result ends it. *inout_last is the row of the last one, for after_id.
 *
 *   -EPROTO   a row holds what no trace has; the text names it
 */
int query_events(struct query *query, const struct query_filter *filter,
		 event_fn *fn, void *ctx, int64_t *inout_last,
		 struct error *err);
