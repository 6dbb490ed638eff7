/* SPDX-License-Identifier: Apache-2.0 */
/* violations.h - what a person is told at once, and what only at the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

struct policy;
struct profile_args;

#define VIOLATIONS_SEEN 4096
#define VIOLATIONS_WAITING 64

/*
 * A line waits a moment: the agent is about to say in a few pieces what it
 * thinks of the denial, and would be cut short in the middle of a line.
 */
#define VIOLATIONS_WAIT_MS 40

struct violation_line {
	int64_t due_ms;
	char *text;
};

/* All zero at first, but for what the caller knows. */
struct violations {
	const struct policy *policy;
	const struct profile_args *scope; /* for the command that tells more */
	bool quiet;
	bool audits; /* say these, too */

	enum abi_verdict strictest; /* of all events so far */
	uint64_t count;
	uint64_t audit_count;
	uint64_t seen[VIOLATIONS_SEEN]; /* digests of what was said */
	size_t seen_count;
	struct violation_line waiting[VIOLATIONS_WAITING];
	size_t waiting_count;
};

/*
 * Has EVENT said in one line on stderr where it is a violation that was not
 * said before; the first one with the command that tells more.
 */
void violations_tell(struct violations *violations, const struct event *event);

/* Says what has waited long enough. */
void violations_tick(struct violations *violations);

/*
 * Says all that waits, and one line about all of them and how to review RUN;
 * nothing without any.
 */
void violations_end(struct violations *violations, const char *run);
