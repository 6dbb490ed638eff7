/* SPDX-License-Identifier: Apache-2.0 */
/* explain_json.h - rules, plans and settings as programs read them. */
#pragma once

struct json_object;
struct plan;
struct plan_item;
struct policy;

/*
 * Rule INDEX, or null where it is -1. ITEM may be NULL: then nothing is said
 * of what enforces it.
 */
struct json_object *explain_rule_json(const struct policy *policy, int index,
				      const struct plan_item *item);

/* Prints all of POLICY, an object a line; PLAN may be NULL as ITEM above. */
void explain_json_print(const struct policy *policy, const struct plan *plan);
