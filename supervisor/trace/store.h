/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h - a run's trace on disk: one SQLite file.
 *
 * Knows tables and batches. Knows nothing of where events come from or who
 * reads them. The tables and the view `events` are for users, too, with any
 * SQLite client: agentjail-trace(5).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

struct error;
struct store;

/* What is known of a run when it starts. Any string may be NULL. */
struct store_run {
	const char *id;
	const char *task;
	const char *owner;
	const char *profile;
	const char *engine;
	const char *command;
	int64_t realtime_offset_ns; /* CLOCK_REALTIME less CLOCK_BOOTTIME */
};

/* A rule as events refer to it, by its place in the list. */
struct store_rule {
	const char *profile;
	int line;
	enum abi_verdict verdict;
	const char *object;
	const char *reason; /* NULL: none given */
	bool lock;
};

/*
 * Makes the trace PATH, which must not exist, with the run in it. On success
 * *out_store belongs to the caller.
 *
 *   -EEXIST   there is such a trace already
 *   -EIO      SQLite's own words are in the text
 */
int store_create(const char *path, const struct store_run *run,
		 struct store **out_store, struct error *err);

/* Writes down the rules that events refer to, before the first event. */
int store_add_rules(struct store *store, const struct store_rule *rules,
		    size_t count, struct error *err);

/* Adds an event to the batch; the batch goes to disk by store_commit(). */
int store_add(struct store *store, const struct event *event,
	      struct error *err);

/* Writes down how many events SOURCE lost, beside the gaps in its numbers. */
int store_add_loss(struct store *store, enum abi_source source,
		   const char *what, uint64_t count, struct error *err);

/* Puts the batch on disk, where readers see it. */
int store_commit(struct store *store, struct error *err);

/*
 * Seals the trace: the end of the run, its status as wait(2) gives it, and
 * the indexes that readers want. STATUS_TEXT says how it ended.
 */
int store_seal(struct store *store, int status, const char *status_text,
	       struct error *err);

/* Closes without sealing. NULL is no store. */
void store_close(struct store *store);

static inline void store_closep(struct store **store)
{
	store_close(*store);
	*store = NULL;
}
