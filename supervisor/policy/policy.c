/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"

#include "policy/body.h"
#include "profile/arena.h"

size_t policy_rule_count(const struct policy *policy)
{
	return policy->rule_count;
}

static bool is_rule(const struct policy *policy, int index)
{
	return index >= 0 && (size_t)index < policy->rule_count;
}

const struct policy_rule *policy_rule(const struct policy *policy, int index)
{
	return is_rule(policy, index) ? &policy->rules[index] : NULL;
}

const struct policy_path *policy_rule_path(const struct policy *policy,
					   int index)
{
	if (!is_rule(policy, index) || !policy->bodies[index].has_path)
		return NULL;
	return &policy->bodies[index].path;
}

const struct network_object *policy_rule_network(const struct policy *policy,
						 int index)
{
	if (!is_rule(policy, index) || !policy->bodies[index].has_network)
		return NULL;
	return &policy->bodies[index].network;
}

enum abi_verdict policy_otherwise(const struct policy *policy,
				  enum profile_class cls)
{
	return policy->otherwise[cls];
}

const struct profile_settings *policy_settings(const struct policy *policy)
{
	return &policy->settings;
}

const char *policy_name(const struct policy *policy)
{
	return policy->name;
}

const char *policy_owner(const struct policy *policy)
{
	return policy->owner;
}

void policy_free(struct policy *policy)
{
	if (policy)
		arena_free(policy->arena);
}
