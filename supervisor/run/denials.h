/* SPDX-License-Identifier: Apache-2.0 */
/*
 * denials.h - what the agent can read of its own denials, to learn the reason
 * in place of trying again.
 *
 * One JSON object a line: the event's own keys, and "what_to_do". The jail
 * sees the file at DENIALS_PATH and cannot change it.
 */
#pragma once

#include "enforce/tree.h"

struct denials;
struct error;
struct event;
struct event_context;

#define DENIALS_PATH TREE_DENIALS
#define DENIALS_MAX                                                            \
	((size_t)16 << 20) /* bytes; later denials are traced alone */

/* Makes the file PATH, which must not exist: the jail is born with it. */
int denials_make(const char *path, struct error *err);

/*
 * Opens what denials_make() made, for its writer. CONTEXT is kept. On success
 * *out_denials is freed by denials_freep().
 */
int denials_open(const char *path, const struct event_context *context,
		 struct denials **out_denials, struct error *err);
void denials_freep(struct denials **denials);

/* Adds EVENT, where it is a denial. */
int denials_add(struct denials *denials, const struct event *event,
		struct error *err);
