/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/moves.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "policy/policy.h"
#include "profile/limits.h"
#include "profile/variables.h"
#include "terms/op.h"
#include "terms/verdict.h"

/* What is below DIR in PATH, without a slash in front; NULL: it is not. */
static const char *below(const char *dir, const char *path)
{
	const size_t len = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

	if (strncmp(dir, path, len) != 0 || path[len] != '/' || !path[len + 1])
		return NULL;
	return path + len + 1;
}

/* The start of the component that ends at END. */
static const char *component_before(const char *start, const char *end)
{
	while (end > start && end[-1] != '/')
		end--;
	return end;
}

/*
 * The part of the pattern TAIL that is left when its first COUNT components
 * match the last COUNT of NAMES; NULL where they do not.
 */
static const char *tail_left(const char *tail, const char *names, int count)
{
	const char *end = names + strlen(names), *at = end;

	for (int i = 0; i < count; i++) {
		if (at == names)
			return NULL;
		at = component_before(names, i ? at - 1 : at);
	}
	for (int i = 0; i < count; i++) {
		const size_t tail_len = strcspn(tail, "/");
		const size_t len = strcspn(at, "/");

		if (!tail[tail_len] ||
		    !path_component_matches(tail, tail_len, at, len, true))
			return NULL;
		tail += tail_len + 1;
		at += len + (at[len] == '/');
	}
	return tail;
}

/* What of an ANYWHERE rule would go on below the directory PATH, or NULL. */
static const char *pattern_goes_on(const struct policy_path *rule,
				   const char *anchor, const char *path)
{
	const char *names = below(anchor, path);

	for (int count = 1; names && count < PATH_TAIL_MAX; count++) {
		const char *left = tail_left(rule->tail, names, count);

		if (left)
			return left;
	}
	return NULL;
}

/* A name that the pattern matches: what it leaves open becomes an x. */
static void concrete_join(char out[PATH_MAX], const char *dir, const char *tail)
{
	int n = snprintf(out, PATH_MAX, "%s/%s", dir, tail);

	for (char *at = out; n > 0 && *at; at++)
		if (*at == PATTERN_STAR || *at == PATTERN_ONE)
			*at = 'x';
}

/* The name below PATH that the rule is about; false: there is none. */
static bool ruled_below(const struct policy_path *rule, const char *anchor,
			const char *path, char out_name[PATH_MAX])
{
	const char *left;

	switch (rule->kind) {
	case PATH_ANYWHERE:
		left = pattern_goes_on(rule, anchor, path);
		if (left) {
			concrete_join(out_name, path, left);
			return true;
		}
		/* fall through */
	case PATH_GLOB:
		if (strcmp(anchor, path) != 0 && !below(path, anchor))
			return false;
		concrete_join(out_name, anchor, rule->tail);
		return true;
	default:
		if (!below(path, anchor))
			return false;
		snprintf(out_name, PATH_MAX, "%s", anchor);
		return true;
	}
}

static void tighten_by(const struct policy *policy,
		       const struct policy_path *rule, const char *anchor,
		       const char *path, struct decision *decision)
{
	char name[PATH_MAX];
	const struct file_object object = { .path = name };
	struct decision other;

	if (!ruled_below(rule, anchor, path, name))
		return;
	decide_file(policy, OPS_CREATE, &object, &other);
	if (other.verdict > decision->verdict)
		*decision = other;
}

void decide_symlink(const struct policy *policy, const char *path,
		    struct decision *out_decision)
{
	const struct file_object object = { .path = path };

	decide_file(policy, OPS_CREATE, &object, out_decision);
	for (size_t i = 0; i < policy_rule_count(policy); i++) {
		const struct policy_rule *rule = policy_rule(policy, (int)i);
		const struct policy_path *at = policy_rule_path(policy, (int)i);

		if (!at || rule->cls != PROFILE_FILES ||
		    verdict_is_loose(rule->verdict) ||
		    !(rule->ops & OPS_CREATE))
			continue;
		tighten_by(policy, at, at->anchor, path, out_decision);
		if (strcmp(at->anchor, at->canonical) != 0)
			tighten_by(policy, at, at->canonical, path,
				   out_decision);
	}
}

/* The verdict of one operation, execution included. */
static enum abi_verdict verdict_of(const struct policy *policy, unsigned op,
				   const struct file_object *object)
{
	struct decision decision;

	if (op == ABI_OP_EXEC)
		decide_exec(policy, object, &decision);
	else
		decide_file(policy, OP_BIT(op), object, &decision);
	return decision.verdict;
}

bool moves_freer(const struct policy *policy, const struct file_object *from,
		 const char *to)
{
	struct file_object there = *from;

	there.path = to;
	for (unsigned op = ABI_OP_READ; op <= ABI_OP_EXEC; op++)
		if (verdict_of(policy, op, &there) <
		    verdict_of(policy, op, from))
			return true;
	return false;
}

/* Whether ANCHOR rules some names below DIR and not others. */
static bool divides(const struct policy_path *rule, const char *anchor,
		    const char *dir)
{
	if (below(dir, anchor))
		return true;
	if (rule->kind == PATH_GLOB)
		return strcmp(anchor, dir) == 0;
	return rule->kind == PATH_ANYWHERE &&
	       pattern_goes_on(rule, anchor, dir) != NULL;
}

static bool covers(const char *anchor, const char *dir)
{
	return strcmp(anchor, dir) == 0 || below(anchor, dir) != NULL;
}

static bool same_by(const struct policy_path *rule, const char *anchor,
		    const char *from, const char *to)
{
	if (divides(rule, anchor, from) || divides(rule, anchor, to))
		return false;
	if (rule->kind == PATH_ANYWHERE || rule->kind == PATH_WRITTEN)
		return covers(anchor, from) == covers(anchor, to);
	return true;
}

/* A name that no pattern and no rule has, in DIR. */
static void any_name(char out[PATH_MAX + 4], const char *dir)
{
	snprintf(out, PATH_MAX + 4, "%s/\177", strcmp(dir, "/") ? dir : "");
}

bool moves_same_below(const struct policy *policy, const char *from,
		      const char *to)
{
	char name_from[PATH_MAX + 4], name_to[PATH_MAX + 4];
	const struct file_object object_from = { .path = name_from };
	const struct file_object object_to = { .path = name_to };

	for (size_t i = 0; i < policy_rule_count(policy); i++) {
		const struct policy_rule *rule = policy_rule(policy, (int)i);
		const struct policy_path *at = policy_rule_path(policy, (int)i);

		if (!at ||
		    (rule->cls != PROFILE_FILES && rule->cls != PROFILE_EXEC))
			continue;
		if (!same_by(at, at->anchor, from, to) ||
		    !same_by(at, at->canonical, from, to))
			return false;
	}
	any_name(name_from, from);
	any_name(name_to, to);
	for (unsigned op = ABI_OP_READ; op <= ABI_OP_EXEC; op++)
		if (verdict_of(policy, op, &object_from) !=
		    verdict_of(policy, op, &object_to))
			return false;
	return true;
}
