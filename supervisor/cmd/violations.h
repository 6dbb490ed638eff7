/* SPDX-License-Identifier: Apache-2.0 */
/* violations.h - what a person is told at once, and what only at the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

struct policy;

#define VIOLATIONS_SEEN 512

/* All zero at first, but for the policy. */
struct violations {
	const struct policy *policy;
	const char *profile; /* as the user named it, for the hint */
	bool quiet;
	uint64_t count;
	uint64_t seen[VIOLATIONS_SEEN]; /* digests of what was said */
	size_t seen_count;
};

/*
 * Says EVENT in one line on stderr where it is a violation that was not said
 * before; the first one with the command that tells more.
 */
void violations_tell(struct violations *violations, const struct event *event);

/* One line about all of them and how to review RUN; nothing without any. */
void violations_end(const struct violations *violations, const char *run);
