/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/rank.h"

#include "terms/op.h"

void search_init(struct search *search, const struct policy *policy,
		 enum abi_op op, uint64_t who)
{
	*search = (struct search){
		.policy = policy,
		.op = op,
		.who = who,
		.best = { .verdict = ABI_DENY, .rule = -1, .locked_rule = -1 },
		.synthetic = -1,
	};
}

void decision_note(struct decision *decision, int rule)
{
	if (rule < 0 || decision->candidate_count == ABI_EVENT_CANDIDATES)
		return;
	for (int i = 0; i < decision->candidate_count; i++)
		if (decision->candidates[i] == rule)
			return;
	decision->candidates[decision->candidate_count++] = rule;
}

void decision_finish(struct decision *decision)
{
	int count = 0;

	for (int i = 0; i < decision->candidate_count; i++)
		if (decision->candidates[i] != decision->rule)
			decision->candidates[count++] = decision->candidates[i];
	decision->candidate_count = count;
}

void decision_tighten(struct decision *decision, enum abi_verdict verdict,
		      int rule)
{
	if (verdict < decision->verdict ||
	    (verdict == decision->verdict && decision->rule >= 0)) {
		decision_note(decision, rule);
		return;
	}
	decision_note(decision, decision->rule);
	decision->verdict = verdict;
	decision->rule = rule;
}

void decision_lock(struct decision *decision, enum abi_verdict verdict,
		   int rule)
{
	decision_tighten(decision, verdict, rule);
	if (verdict <= decision->locked)
		return;
	decision->locked = verdict;
	decision->locked_rule = rule;
}

static bool covers(const struct search *search, const struct policy_rule *rule)
{
	if (op_is_power(search->op))
		return rule->cls == PROFILE_POWERS && rule->power == search->op;
	return rule->ops & OP_BIT(search->op);
}

void contest_count(struct search *search, struct contest *contest, int rule)
{
	const struct policy_rule *text = &search->policy->rules[rule];
	const int profile = search->policy->bodies[rule].profile;

	if (!covers(search, text))
		return;
	if (profile == POLICY_SYNTHETIC) {
		search->synthetic = rule;
		return;
	}
	if (text->lock)
		search->locked |= 1ull << profile;
	if (!(search->who >> profile & 1))
		return;
	if (search->op == ABI_OP_APPEND && text->names_append &&
	    !contest->has_append) {
		/* Those that do not name it no longer count. */
		contest->has_append = true;
		contest->shadows = 0;
	}
	if (search->op != ABI_OP_APPEND ||
	    text->names_append == contest->has_append)
		contest->shadows |= search->policy->inherits[profile];
}

void contest_offer(struct search *search, struct contest *contest, int rule)
{
	const struct policy_rule *text = &search->policy->rules[rule];
	const int profile = search->policy->bodies[rule].profile;

	if (!covers(search, text) || profile == POLICY_SYNTHETIC ||
	    !(search->who >> profile & 1))
		return;
	if ((contest->shadows >> profile & 1) ||
	    (search->op == ABI_OP_APPEND &&
	     text->names_append != contest->has_append)) {
		decision_note(&search->best, rule);
		return;
	}
	if (contest->winner >= 0 &&
	    search->policy->rules[contest->winner].verdict >= text->verdict) {
		decision_note(&search->best, rule);
		return;
	}
	decision_note(&search->best, contest->winner);
	contest->winner = rule;
}

/* Whether A is nearer than B. */
static bool rank_beats(const struct rank *a, const struct rank *b)
{
	return a->cls != b->cls ? a->cls > b->cls : a->depth > b->depth;
}

void search_take(struct search *search, const struct contest *contest,
		 struct rank rank)
{
	struct decision *best = &search->best;
	const struct policy_rule *rule;

	if (contest->winner < 0)
		return;
	rule = &search->policy->rules[contest->winner];
	if (best->rule >= 0 && !rank_beats(&rank, &search->rank) &&
	    (rank_beats(&search->rank, &rank) ||
	     best->verdict >= rule->verdict)) {
		decision_note(best, contest->winner);
		return;
	}
	decision_note(best, best->rule);
	best->rule = contest->winner;
	best->verdict = rule->verdict;
	search->rank = rank;
}

/*
 * What locked rules say: each profile that has one here decides with what it
 * extends alone, and nothing that extends it is looser than that.
 */
static void apply_locks(const struct search *search, search_fn *fn,
			const void *object, struct decision *decision)
{
	const struct policy *policy = search->policy;

	for (size_t i = 0; i < policy->profile_count; i++) {
		struct search own;

		if (!(search->locked >> i & 1))
			continue;
		search_init(&own, policy, search->op,
			    policy->inherits[i] | 1ull << i);
		fn(&own, object);
		if (own.best.rule >= 0)
			decision_lock(decision, own.best.verdict,
				      own.best.rule);
	}
	if (search->synthetic >= 0)
		decision_lock(decision,
			      policy->rules[search->synthetic].verdict,
			      search->synthetic);
}

void search_decide(const struct policy *policy, enum profile_class cls,
		   enum abi_op op, search_fn *fn, const void *object,
		   struct decision *out_decision)
{
	struct search search;
	struct decision decision;

	search_init(&search, policy, op, UINT64_MAX);
	fn(&search, object);
	decision = search.best;
	if (decision.rule < 0)
		decision.verdict = policy->otherwise[cls];
	apply_locks(&search, fn, object, &decision);
	decision_finish(&decision);
	*out_decision = decision;
}
