/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/decide.h"

#include <string.h>

#include "policy/rank.h"
#include "terms/op.h"
#include "terms/verdict.h"

/* The classes of rank of rules on files. */
enum { RANK_NEAREST = 1, RANK_STRICT_PATTERN, RANK_EXACT };

static void group_contest(struct search *search,
			  const struct paths_group *group, bool strict_only,
			  struct contest *contest)
{
	const struct paths_entry *e;

	*contest = (struct contest){ .winner = -1 };
	for (e = group->entries; e; e = e->next)
		if (!strict_only ||
		    !verdict_is_loose(search->policy->rules[e->rule].verdict))
			contest_count(search, contest, e->rule);
	for (e = group->entries; e; e = e->next)
		if (!strict_only ||
		    !verdict_is_loose(search->policy->rules[e->rule].verdict))
			contest_offer(search, contest, e->rule);
}

/*
 * A pattern that matches. STRICT_ONLY: the name has a leading dot that a
 * wildcard of a loose rule does not take.
 */
static void take_pattern(struct search *search, const struct paths_group *group,
			 uint32_t depth, bool strict_only)
{
	struct contest contest;
	struct rank rank = { RANK_NEAREST, depth };

	group_contest(search, group, strict_only, &contest);
	if (contest.winner >= 0 &&
	    !verdict_is_loose(search->policy->rules[contest.winner].verdict))
		rank.cls = RANK_STRICT_PATTERN;
	search_take(search, &contest, rank);
}

/* The patterns of one component that stand at NODE, for the one at NAME. */
static void take_globs(struct search *search, const struct paths_node *node,
		       const char *name, size_t len, uint32_t depth)
{
	const struct paths_group *group;

	for (group = node->groups; group; group = group->next) {
		size_t tail_len;

		if (group->kind != PATH_GLOB)
			continue;
		tail_len = strlen(group->tail);
		if (path_component_matches(group->tail, tail_len, name, len,
					   false))
			take_pattern(search, group, depth, false);
		else if (path_component_matches(group->tail, tail_len, name,
						len, true))
			take_pattern(search, group, depth, true);
	}
}

/* The tails below ROOT that match from the component at REST on. */
static void take_tails(struct search *search, uint32_t root, const char *rest,
		       uint32_t depth)
{
	const struct paths *paths = search->policy->paths;
	uint32_t at = root;

	while (at != PATHS_NONE && *rest) {
		const size_t len = strcspn(rest, "/");
		const struct paths_group *group;

		take_globs(search, paths_node(paths, at), rest, len, depth);
		at = paths_child(paths, at, rest, len);
		if (at == PATHS_NONE)
			return;
		for (group = paths_node(paths, at)->groups; group;
		     group = group->next)
			if (group->kind == PATH_TREE)
				take_pattern(search, group, depth, false);
		rest += len + (rest[len] == '/');
	}
}

/* The patterns anchored at NODE, for the part of the path below it. */
static void take_patterns(struct search *search, const struct paths_node *node,
			  const char *rest)
{
	if (!*rest)
		return;
	take_globs(search, node, rest, strcspn(rest, "/"), node->depth);
	while (node->anywhere != PATHS_NONE && *rest) {
		take_tails(search, node->anywhere, rest, node->depth);
		rest += strcspn(rest, "/");
		rest += *rest == '/';
	}
}

/* The rules on the very path of NODE. */
static void take_exact(struct search *search, const struct paths_node *node)
{
	const struct rank rank = { RANK_EXACT, 0 };
	const struct paths_group *group;
	struct contest contest;

	for (group = node->groups; group; group = group->next) {
		if (group->kind != PATH_TREE && group->kind != PATH_SELF)
			continue;
		group_contest(search, group, false, &contest);
		search_take(search, &contest, rank);
	}
}

/* What holds at NODE for what lies below it, and of WRITTEN for it too. */
static void take_below(struct search *search, const struct paths_node *node,
		       bool is_object, bool is_written)
{
	const struct paths_group *group;
	struct contest contest;

	for (group = node->groups; group; group = group->next) {
		struct rank rank = { RANK_NEAREST, node->depth };

		if (group->kind == PATH_WRITTEN && is_written)
			rank = (struct rank){ RANK_EXACT, 0 };
		else if (group->kind != PATH_TREE || is_object)
			continue;
		group_contest(search, group, false, &contest);
		search_take(search, &contest, rank);
	}
}

static void search_paths(struct search *search,
			 const struct file_object *object)
{
	const struct paths *paths = search->policy->paths;
	bool is_exact = false;
	const uint32_t deepest = paths_find(paths, object->path, &is_exact);
	uint32_t at = PATHS_NONE;

	if (is_exact)
		take_exact(search, paths_node(paths, deepest));
	while (object->has_identity &&
	       (at = paths_bound(paths, object->dev, object->ino, at)) !=
		       PATHS_NONE)
		if (!is_exact || at != deepest)
			take_exact(search, paths_node(paths, at));
	for (at = deepest; at != PATHS_NONE;
	     at = paths_node(paths, at)->parent) {
		const struct paths_node *node = paths_node(paths, at);
		const char *rest = object->path + node->path_len;

		take_below(search, node, is_exact && at == deepest,
			   object->is_written);
		take_patterns(search, node, rest + (*rest == '/'));
	}
}

/*
 * What locked rules say: each profile that has one here decides with what it
 * extends alone, and nothing that extends it is looser than that.
 */
static void apply_locks(const struct search *search,
			const struct file_object *object,
			struct decision *decision)
{
	const struct policy *policy = search->policy;

	for (size_t i = 0; i < policy->profile_count; i++) {
		struct search own;

		if (!(search->locked >> i & 1))
			continue;
		search_init(&own, policy, search->op,
			    policy->inherits[i] | 1ull << i);
		search_paths(&own, object);
		if (own.best.rule >= 0)
			decision_tighten(decision, own.best.verdict,
					 own.best.rule);
	}
	if (search->synthetic >= 0)
		decision_tighten(decision,
				 policy->rules[search->synthetic].verdict,
				 search->synthetic);
}

static void decide_op(const struct policy *policy, enum profile_class cls,
		      enum abi_op op, const struct file_object *object,
		      struct decision *out_decision)
{
	struct search search;

	if (object->path[0] != '/') {
		*out_decision = (struct decision){ ABI_DENY, -1, 0, { 0 } };
		return;
	}
	search_init(&search, policy, op, UINT64_MAX);
	search_paths(&search, object);
	*out_decision = search.best;
	if (search.best.rule < 0)
		out_decision->verdict = policy->otherwise[cls];
	apply_locks(&search, object, out_decision);
	decision_finish(out_decision);
}

void decide_file(const struct policy *policy, uint32_t ops,
		 const struct file_object *object,
		 struct decision *out_decision)
{
	struct decision strictest = { ABI_DENY, -1, 0, { 0 } };
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

static void search_powers(struct search *search)
{
	const struct policy *policy = search->policy;
	struct contest contest = { .winner = -1 };

	for (size_t i = 0; i < policy->rule_count; i++)
		if (policy->rules[i].cls == PROFILE_POWERS)
			contest_count(search, &contest, (int)i);
	for (size_t i = 0; i < policy->rule_count; i++)
		if (policy->rules[i].cls == PROFILE_POWERS)
			contest_offer(search, &contest, (int)i);
	search_take(search, &contest, (struct rank){ RANK_EXACT, 0 });
}

void decide_power(const struct policy *policy, enum abi_op power,
		  struct decision *out_decision)
{
	struct search search;

	search_init(&search, policy, power, UINT64_MAX);
	search_powers(&search);
	*out_decision = search.best;
	if (search.best.rule < 0)
		out_decision->verdict = policy->otherwise[PROFILE_POWERS];
	for (size_t i = 0; i < policy->profile_count; i++) {
		struct search own;

		if (!(search.locked >> i & 1))
			continue;
		search_init(&own, policy, power,
			    policy->inherits[i] | 1ull << i);
		search_powers(&own);
		if (own.best.rule >= 0)
			decision_tighten(out_decision, own.best.verdict,
					 own.best.rule);
	}
	decision_finish(out_decision);
	if (op_is_never_allowed(power) && out_decision->verdict < ABI_DENY)
		*out_decision = (struct decision){ ABI_DENY, -1, 0, { 0 } };
}
