/* SPDX-License-Identifier: Apache-2.0 */
/*
 * capabilities.h - what this program can enforce on this machine for this
 * user, each found by trying it.
 */
#pragma once

#include <stdbool.h>

#include "policy/plan.h"

struct invoker;

/* One mechanism as it was found. */
struct finding {
	const char *name; /* "Landlock" */
	bool is_there;
	bool is_required; /* without it no jail is made */
	char text[1024];  /* what was seen, or why it is not there */
};

/*
 * What a run has that is about to begin. What no jail is made without is taken
 * for there, since the birth of the jail tries it and nothing runs where that
 * fails; the rest is tried.
 */
struct capabilities capabilities_of_run(const struct invoker *invoker);

/*
 * What INVOKER's runs would have, all of it tried. FN (NULL: nobody) is told
 * of each mechanism.
 */
struct capabilities capabilities_find(const struct invoker *invoker,
				      void (*fn)(void *ctx,
						 const struct finding *finding),
				      void *ctx);
