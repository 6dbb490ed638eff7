/* SPDX-License-Identifier: Apache-2.0 */
/*
 * invoker.h - who the agent is: the user who started the run.
 *
 * Under sudo that is the user who called sudo, not root.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "enforce/privilege.h"

struct error;

struct invoker {
	struct identity identity;
	bool privileged; /* we have CAP_SYS_ADMIN: it was tried */
	bool sudo;	 /* the identity is of the user behind sudo */
	bool is_other;	 /* it is not the caller's: sudo's, or the one named */
	char name[64];
	char home[PATH_MAX];
	char shell[PATH_MAX];
};

/*
 * Finds who the run is for; USER (a name or number, NULL: nobody named)
 * overrides it and needs privilege.
 *
 *   -ENOENT   there is no such user
 *   -EPERM    USER is given and we are not root
 */
int invoker_find(const char *user, struct invoker *out_invoker,
		 struct error *err);
