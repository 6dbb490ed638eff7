/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/refusal.h"

#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"
#include "cmd/explain.h"
#include "cmd/run_args.h"
#include "cmd/say.h"
#include "policy/plan.h"
#include "policy/policy.h"
#include "terms/verdict.h"

/* The best state that is refused, and what can be done. */
struct bar {
	enum plan_state state;
	const char *remedy;
};

/* Whether two rules come from one line and fail for one reason. */
static bool is_same(const struct policy *policy, const struct plan *plan, int a,
		    int b)
{
	const struct policy_rule *rule = policy_rule(policy, a);
	const struct policy_rule *other = policy_rule(policy, b);

	return rule->cls == other->cls && rule->line == other->line &&
	       strcmp(rule->profile, other->profile) == 0 &&
	       rule->verdict == other->verdict && rule->ops == other->ops &&
	       plan->rules[a].state == plan->rules[b].state &&
	       plan->rules[a].why == plan->rules[b].why;
}

/* "coder.yaml:9: allow connect any:* and 2 more: " */
static void rule_write(FILE *out, const struct policy_rule *rule, int more)
{
	char words[128];

	text_escape(out, rule->profile, strlen(rule->profile));
	if (rule->line)
		fprintf(out, ":%d", rule->line);
	fprintf(out, ": %s ", explain_words(rule, words, sizeof(words)));
	text_escape(out, rule->object, strlen(rule->object));
	if (more)
		fprintf(out, " and %d more", more);
	fputs(": ", out);
}

static void end_write(FILE *out, const struct plan_item *item,
		      const struct bar *bar)
{
	fputs(plan_state_name(item->state), out);
	if (item->why)
		fprintf(out, ": %s", item->why);
	fprintf(out, "; %s", bar->remedy);
}

/* Says each rule beyond the bar; returns how many there are. */
static size_t rules_say(const struct policy *policy, const struct plan *plan,
			const struct bar *bar, bool aloud)
{
	size_t count = 0;

	for (int i = 0; i < (int)plan->rule_count;) {
		const int first = i;
		CLEANUP(say_endp) struct say say = { 0 };
		FILE *out;

		while (++i < (int)plan->rule_count &&
		       is_same(policy, plan, first, i))
			;
		if (plan->rules[first].state < bar->state)
			continue;
		count += (size_t)(i - first);
		out = aloud ? say_begin(&say) : NULL;
		if (!out)
			continue;
		rule_write(out, policy_rule(policy, first), i - first - 1);
		end_write(out, &plan->rules[first], bar);
	}
	return count;
}

/* The same of what is no rule. */
static size_t rest_say(const struct policy *policy, const struct plan *plan,
		       const struct bar *bar, bool aloud)
{
	size_t count = 0;

	for (int i = 0; i < PROFILE_CLASSES + PLAN_SETTINGS; i++) {
		const bool is_class = i < PROFILE_CLASSES;
		const int setting = i - PROFILE_CLASSES;
		const struct plan_item *item =
			is_class ? &plan->otherwise[i]
				 : &plan->settings[setting];
		CLEANUP(say_endp) struct say say = { 0 };
		FILE *out;

		if (item->state < bar->state)
			continue;
		count++;
		out = aloud ? say_begin(&say) : NULL;
		if (!out)
			continue;
		text_escape(out, policy_name(policy),
			    strlen(policy_name(policy)));
		if (is_class)
			fprintf(out, ": otherwise %s of %s: ",
				verdict_name(policy_otherwise(policy, i)),
				profile_class_name(i));
		else
			fprintf(out, ": %s: ", plan_setting_name(setting));
		end_write(out, item, bar);
	}
	return count;
}

bool refusal_passes(const struct run_args *args, const struct policy *policy,
		    const struct plan *plan)
{
	static const struct bar unenforced = {
		PLAN_OBSERVED,
		"drop it, or run without it: --allow-degraded",
	};
	static const struct bar raceable = {
		PLAN_RACEABLE,
		"drop it, or run without --strict",
	};
	const struct bar *bar = args->strict ? &raceable : &unenforced;
	const bool goes_on = args->allow_degraded;
	const size_t count = rules_say(policy, plan, bar, !goes_on) +
			     rest_say(policy, plan, bar, !goes_on);

	if (!count)
		return true;
	if (goes_on) {
		if (!args->quiet)
			complain("not enforced here: %zu of the rules and "
				 "settings; --dry-run shows them",
				 count);
		return true;
	}
	complain("nothing was run: %zu of the rules and settings are not "
		 "enforced as they say",
		 count);
	return false;
}
