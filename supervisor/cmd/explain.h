/* SPDX-License-Identifier: Apache-2.0 */
/* explain.h - rules and plans as people read them. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "policy/plan.h"
#include "policy/policy.h"

/* "deny read modify" of RULE, into BUF. Returns BUF. */
const char *explain_words(const struct policy_rule *rule, char *buf,
			  size_t size);

/* Prints "coder.yaml:9", or the profile alone where there is no line. */
void explain_place(const struct policy_rule *rule);

/* Prints "enforced by notify", "not enforceable here: why", ... */
void explain_item(const struct plan_item *item);

/* Whether the rules A and B come from one rule of one profile. */
bool explain_is_same(const struct policy *policy, int a, int b);

/* Prints all of POLICY with PLAN. */
void explain_print(const struct policy *policy, const struct plan *plan);
