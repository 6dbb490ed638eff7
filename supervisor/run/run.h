/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run.h - one run: a jail, its supervisor, its trace.
 *
 * Knows how the parts are put together, and when each begins and ends.
 * Prints nothing: what a person must be told at once goes to a callback.
 */
#pragma once

#include <stdbool.h>

#include "base/error.h"
#include "enforce/privilege.h"
#include "event/event.h"
#include "trace/store.h"

struct policy;

struct run_spec {
	const struct policy *policy;
	struct identity identity;
	bool user_namespace; /* an ordinary user's way */
	bool observe_tasks;  /* trace tasks through eBPF */
	char *const *argv;
	char *const *envp;
	const char *workdir;
	const char *const *hide; /* directories; NULL ends the list */
	const char *trace_path;
	const char *dir;     /* the run's own */
	const char *program; /* its canonical path, or NULL: found by PATH */
	struct store_run about;
	bool observe;	      /* of the rules only locks are enforced */
	bool violations_only; /* allowed operations are not recorded */

	/* Told of every event, after it is in the trace's batch. */
	void (*on_event)(void *ctx, const struct event *event);
	/* Called at least every 50 ms while the jail runs. */
	void (*on_tick)(void *ctx);
	/* Told once, where tasks cannot be observed: the run goes on. */
	void (*on_blind)(void *ctx, const char *why);
	void *ctx;
};

enum run_end {
	RUN_ENDED,  /* the command ended: status */
	RUN_NOEXEC, /* it could not be executed: err.code says why */
	RUN_KILLED, /* a verdict, or a fault of agentjail's, ended the jail */
};

struct run_result {
	enum run_end end;
	int status; /* of the command, as wait(2) gives it */
	struct error err;
};

/*
 * Runs the command in its jail to the end. Returns 0 with *out_result, or
 * -errno where the jail could not be set up and nothing ran.
 */
int run_execute(const struct run_spec *spec, struct run_result *out_result,
		struct error *err);
