/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/needs.h"

#include <string.h>

#include "base/own.h"
#include "policy/policy.h"
#include "terms/op.h"
#include "terms/verdict.h"

#define BIT(need) ((needs_mask)1 << (need))

/* What operations on files need: inside an allowed tree, or of trees alone. */
static const struct {
	uint32_t ops;
	enum need inside;
	enum need tree;
} file_needs[] = {
	{ OPS_READ, NEED_READ, NEED_READ_TREE },
	{ OPS_WRITE, NEED_WRITE, NEED_WRITE_TREE },
	{ OPS_CREATE | OPS_DELETE, NEED_NAMES, NEED_NAMES_TREE },
	{ OPS_META, NEED_META, NEED_META },
};

static needs_mask needs_of_verdict(enum abi_verdict verdict)
{
	static const needs_mask needs[ABI_VERDICTS] = {
		[ABI_ASK] = BIT(NEED_HOLD),
		[ABI_PAUSE] = BIT(NEED_FREEZE),
		[ABI_KILL] = BIT(NEED_KILL),
	};

	return needs[verdict];
}

static needs_mask needs_of_files(uint32_t ops, bool is_tree)
{
	needs_mask needs = 0;

	for (size_t i = 0; i < ARRAY_SIZE(file_needs); i++)
		if (ops & file_needs[i].ops)
			needs |= BIT(is_tree ? file_needs[i].tree
					     : file_needs[i].inside);
	return needs;
}

/* Whether PATH is DIR or lies below it. */
static bool is_below(const char *path, const char *dir)
{
	const size_t len = strlen(dir);

	if (strcmp(dir, "/") == 0)
		return true;
	return strncmp(path, dir, len) == 0 && (!path[len] || path[len] == '/');
}

/* Whether a loose rule lets happen what the strict RULE would prevent. */
static bool is_inside_loose(const struct policy *policy, int index)
{
	const struct policy_rule *rule = policy_rule(policy, index);
	const struct policy_path *path = policy_rule_path(policy, index);

	if (verdict_is_loose(policy_otherwise(policy, rule->cls)))
		return true;
	for (size_t i = 0; i < policy_rule_count(policy); i++) {
		const struct policy_rule *other = policy_rule(policy, (int)i);
		const struct policy_path *at = policy_rule_path(policy, (int)i);

		if (!at || other->cls != rule->cls ||
		    !verdict_is_loose(other->verdict) ||
		    !(other->ops & rule->ops))
			continue;
		if (is_below(path->canonical, at->canonical))
			return true;
		/* A pattern's matches lie anywhere below its anchor. */
		if (path->tail && is_below(at->canonical, path->canonical))
			return true;
	}
	return false;
}

/* Whether what knows allowed trees alone comes to the same as the rule. */
static bool is_tree(const struct policy *policy, int index)
{
	const struct policy_rule *rule = policy_rule(policy, index);
	const struct policy_path *path = policy_rule_path(policy, index);

	/* Only a plain denial looks the same from every mechanism. */
	if (rule->verdict == ABI_ALLOW)
		return path->kind == PATH_TREE;
	return rule->verdict == ABI_DENY && !is_inside_loose(policy, index);
}

static needs_mask needs_of_exec(const struct policy *policy, int index)
{
	const struct policy_rule *rule = policy_rule(policy, index);

	if (verdict_is_held(rule->verdict))
		return BIT(NEED_EXEC_HELD) | needs_of_verdict(rule->verdict);
	return BIT(is_tree(policy, index) ? NEED_EXEC_TREE : NEED_EXEC) |
	       needs_of_verdict(rule->verdict);
}

static needs_mask needs_of_network(const struct network_object *object)
{
	if (!object || object->kind == NETWORK_UNIX_NAME)
		return BIT(NEED_UNIX);
	if (object->kind == NETWORK_NAME || object->kind == NETWORK_DOMAIN)
		return BIT(NEED_HOST_NAME);
	if (object->kind == NETWORK_OWN)
		return BIT(NEED_ADDRESS) | BIT(NEED_UNIX);
	return BIT(NEED_ADDRESS);
}

static bool is_wide(enum abi_op power)
{
	return power == ABI_OP_IO_URING || power == ABI_OP_NAMESPACE;
}

static needs_mask needs_of_power(const struct policy_rule *rule)
{
	switch (rule->verdict) {
	case ABI_DENY:
		return BIT(NEED_POWER);
	case ABI_KILL:
		return BIT(NEED_POWER_CHOICE) | BIT(NEED_KILL);
	case ABI_ALLOW:
		return BIT(NEED_POWER_CHOICE) |
		       (is_wide(rule->power) ? BIT(NEED_POWER_WIDE) : 0);
	default:
		return BIT(NEED_POWER_HELD);
	}
}

needs_mask needs_of_rule(const struct policy *policy, int index)
{
	const struct policy_rule *rule = policy_rule(policy, index);
	const struct policy_path *path = policy_rule_path(policy, index);
	needs_mask needs = 0;

	/* What binds nothing, or opens what is open anyway, needs nothing. */
	if (rule->binds_nothing ||
	    (rule->verdict == ABI_ALLOW &&
	     policy_otherwise(policy, rule->cls) == ABI_ALLOW))
		return 0;
	if (rule->cls == PROFILE_POWERS)
		return needs_of_power(rule);
	if (rule->cls == PROFILE_NETWORK)
		return needs_of_network(policy_rule_network(policy, index)) |
		       needs_of_verdict(rule->verdict);
	if (path->kind == PATH_WRITTEN)
		needs |= BIT(NEED_WRITTEN);
	if (rule->cls == PROFILE_EXEC)
		return needs | needs_of_exec(policy, index);
	if (rule->names_append)
		needs |= BIT(NEED_APPEND);
	return needs | needs_of_files(rule->ops, is_tree(policy, index)) |
	       needs_of_verdict(rule->verdict);
}

needs_mask needs_of_otherwise(const struct policy *policy,
			      enum profile_class cls)
{
	const enum abi_verdict verdict = policy_otherwise(policy, cls);
	const bool is_plain = verdict == ABI_DENY;

	/* Where all is let happen there is nothing to enforce. */
	if (verdict == ABI_ALLOW)
		return 0;
	switch (cls) {
	case PROFILE_FILES:
		return needs_of_files(OPS_FILE, is_plain) |
		       needs_of_verdict(verdict);
	case PROFILE_EXEC:
		return BIT(is_plain		      ? NEED_EXEC_TREE
			   : verdict_is_held(verdict) ? NEED_EXEC_HELD
						      : NEED_EXEC) |
		       needs_of_verdict(verdict);
	case PROFILE_NETWORK:
		return BIT(NEED_ADDRESS) | BIT(NEED_UNIX) |
		       needs_of_verdict(verdict);
	default:
		if (is_plain)
			return BIT(NEED_POWER);
		return verdict == ABI_KILL
			       ? BIT(NEED_POWER_CHOICE) | BIT(NEED_KILL)
			       : BIT(NEED_POWER_HELD);
	}
}

needs_mask needs_of_policy(const struct policy *policy)
{
	needs_mask needs = 0;

	for (size_t i = 0; i < policy_rule_count(policy); i++)
		needs |= needs_of_rule(policy, (int)i);
	for (int cls = 0; cls < PROFILE_CLASSES; cls++)
		needs |= needs_of_otherwise(policy, (enum profile_class)cls);
	return needs;
}

static needs_mask needs_of_limits(const struct profile_settings *settings)
{
	const bool has_group = settings->has_limit[LIMIT_MEMORY] ||
			       settings->has_limit[LIMIT_PIDS] ||
			       settings->has_limit[LIMIT_CPU];
	needs_mask needs = has_group ? BIT(NEED_LIMITS) : 0;

	if (!settings->has_limit[LIMIT_TIME])
		return needs;
	return needs | BIT(NEED_TIME) |
	       needs_of_verdict(
		       (enum abi_verdict)settings->limits[LIMIT_TIME_VERDICT]);
}

needs_mask needs_of_setting(const struct policy *policy,
			    enum plan_setting setting)
{
	const struct profile_settings *settings = policy_settings(policy);

	switch (setting) {
	case PLAN_LIMITS:
		return needs_of_limits(settings);
	case PLAN_TMP:
		return settings->tmp == TMP_PRIVATE ? BIT(NEED_TMP) : 0;
	case PLAN_HIDE:
		return settings->hide_count ? BIT(NEED_HIDE) : 0;
	case PLAN_TRACE:
		return settings->trace_size != POLICY_TRACE_SIZE
			       ? BIT(NEED_TRACE_SIZE)
			       : 0;
	default:
		return settings->on_supervisor_death == DEATH_FREEZE
			       ? BIT(NEED_DEATH_FREEZE)
			       : 0;
	}
}
