/* SPDX-License-Identifier: Apache-2.0 */
/* refusal.h - whether a plan is good enough to run by, and if not, why. */
#pragma once

#include <stdbool.h>

struct plan;
struct policy;
struct run_args;

/*
 * True where PLAN may be run by, as ARGS has it. If not, or where the run goes
 * on although rules are not enforced, lines on stderr say which they are.
 */
bool refusal_passes(const struct run_args *args, const struct policy *policy,
		    const struct plan *plan);
