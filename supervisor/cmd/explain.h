/* SPDX-License-Identifier: Apache-2.0 */
/* explain.h - rules and plans as people and programs read them. */
#pragma once

#include <stdbool.h>
#include <stdio.h>

#include "policy/plan.h"
#include "policy/policy.h"

struct json_object;

/* What this program's engines can do on this machine. */
struct capabilities explain_capabilities(void);

/* "deny read modify" of RULE, into BUF. Returns BUF. */
const char *explain_words(const struct policy_rule *rule, char *buf,
			  size_t size);

/* Prints "coder.yaml:9", or the profile alone where there is no line. */
void explain_place(const struct policy_rule *rule);

/* Prints "enforced by notify", "not enforceable here: why", ... */
void explain_item(const struct plan_item *item);

/* The rule as JSON; ITEM may be NULL: then nothing is said of its state. */
struct json_object *explain_rule_json(const struct policy_rule *rule,
				      const struct plan_item *item);

/* Prints all of POLICY with PLAN, for a person, or a JSON object a line. */
void explain_print(const struct policy *policy, const struct plan *plan,
		   bool json);
