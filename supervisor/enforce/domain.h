/* SPDX-License-Identifier: Apache-2.0 */
/*
 * domain.h - a policy's Landlock ruleset: as wide as all that the policy can
 * ever allow or a person can ever grant, and no wider than Landlock can say.
 *
 * Landlock knows trees of rights and no exceptions in them: what is stricter
 * inside an allowed tree, and single names, is for the others to enforce.
 */
#pragma once

#include <stdbool.h>

struct error;
struct policy;

/*
 * Makes the ruleset of POLICY, whose paths are looked up in the caller's own
 * mount namespace; with IS_OPEN it lets everything happen, whatever rules say.
 * On success *out_fd is owned by the caller.
 *
 *   -errno   of landlock_create() and landlock_allow()
 */
int domain_create(const struct policy *policy, bool is_open, int *out_fd,
		  struct error *err);
