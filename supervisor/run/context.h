/* SPDX-License-Identifier: Apache-2.0 */
/* context.h - a run's facts and rules, as JSON events bear them. */
#pragma once

#include "event/json.h"

struct error;
struct policy;
struct store_run;

/*
 * Fills *out_context in, whose texts are POLICY's and ABOUT's and live as long
 * as these. To be ended by context_endp().
 *
 *   -ENOMEM
 */
int context_make(const struct policy *policy, const struct store_run *about,
		 struct event_context *out_context, struct error *err);
void context_endp(struct event_context *context);
