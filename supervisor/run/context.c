/* SPDX-License-Identifier: Apache-2.0 */
#include "run/context.h"

#include "base/error.h"
#include "base/own.h"
#include "policy/policy.h"
#include "trace/store.h"

int context_make(const struct policy *policy, const struct store_run *about,
		 struct event_context *out_context, struct error *err)
{
	const size_t count = policy_rule_count(policy);
	struct event_rule *rules = calloc(count + 1, sizeof(*rules));

	if (!rules)
		return error_set(err, -ENOMEM, "rules");
	for (size_t i = 0; i < count; i++) {
		const struct policy_rule *rule = policy_rule(policy, (int)i);

		rules[i] = (struct event_rule){
			.profile = rule->profile,
			.line = rule->line,
			.reason = rule->reason,
		};
	}
	*out_context = (struct event_context){
		.run = about->id,
		.task = about->task,
		.owner = about->owner,
		.realtime_offset_ns = about->realtime_offset_ns,
		.rules = rules,
		.rule_count = count,
	};
	return 0;
}

void context_endp(struct event_context *context)
{
	free((void *)context->rules);
	context->rules = NULL;
}
