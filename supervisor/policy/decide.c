/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/decide.h"

#include "policy/rank.h"
#include "terms/op.h"

static const struct decision denied = {
	.verdict = ABI_DENY,
	.rule = -1,
	.locked_rule = -1,
};

static void decide_op(const struct policy *policy, enum profile_class cls,
		      enum abi_op op, const struct file_object *object,
		      struct decision *out_decision)
{
	if (object->path[0] == '/')
		search_decide(policy, cls, op, search_file, object,
			      out_decision);
	else
		*out_decision = denied;
}

void decide_file(const struct policy *policy, uint32_t ops,
		 const struct file_object *object,
		 struct decision *out_decision)
{
	struct decision strictest = denied;
	bool has = false;

	for (unsigned op = ABI_OP_READ; op <= ABI_OP_META; op++) {
		struct decision one;

		if (!(ops & OP_BIT(op)))
			continue;
		decide_op(policy, PROFILE_FILES, op, object, &one);
		if (!has || one.verdict > strictest.verdict)
			strictest = one;
		has = true;
	}
	*out_decision = strictest;
}

void decide_exec(const struct policy *policy, const struct file_object *object,
		 struct decision *out_decision)
{
	decide_op(policy, PROFILE_EXEC, ABI_OP_EXEC, object, out_decision);
}

static void search_power(struct search *search, const void *object)
{
	const struct policy *policy = search->policy;
	struct contest contest = { .winner = -1 };

	(void)object;
	for (size_t i = 0; i < policy->rule_count; i++)
		if (policy->rules[i].cls == PROFILE_POWERS)
			contest_count(search, &contest, (int)i);
	for (size_t i = 0; i < policy->rule_count; i++)
		if (policy->rules[i].cls == PROFILE_POWERS)
			contest_offer(search, &contest, (int)i);
	search_take(search, &contest, (struct rank){ 0, 0 });
}

void decide_power(const struct policy *policy, enum abi_op power,
		  struct decision *out_decision)
{
	struct decision decision;

	search_decide(policy, PROFILE_POWERS, power, search_power, NULL,
		      &decision);
	if (op_is_never_allowed(power) && decision.verdict < ABI_DENY)
		decision = denied;
	*out_decision = decision;
}

static void decide_network(const struct policy *policy, enum abi_op op,
			   const struct net_object *object,
			   struct decision *out_decision)
{
	struct decision decision;

	if (object->kind == NET_UNIX_PATH && object->file.path[0] != '/') {
		*out_decision = denied;
		return;
	}
	search_decide(policy, PROFILE_NETWORK, op, search_network, object,
		      &decision);
	/* `otherwise` alone never opens what is out of every scope. */
	if (decision.rule < 0 && decision.verdict < ABI_ASK &&
	    network_is_out_of_scope(object))
		decision.verdict = ABI_DENY;
	if (op == ABI_OP_CONNECT && object->kind == NET_INET &&
	    !(object->known & NET_OWN) && policy->no_network >= 0)
		decision_tighten(&decision, ABI_DENY, policy->no_network);
	decision_finish(&decision);
	*out_decision = decision;
}

void decide_connect(const struct policy *policy,
		    const struct net_object *object,
		    struct decision *out_decision)
{
	decide_network(policy, ABI_OP_CONNECT, object, out_decision);
}

void decide_listen(const struct policy *policy, const struct net_object *object,
		   struct decision *out_decision)
{
	decide_network(policy, ABI_OP_LISTEN, object, out_decision);
}
