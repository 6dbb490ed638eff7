/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - the rules that cover a path, found in the tree of paths. */
#include <string.h>

#include "policy/rank.h"
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

void search_file(struct search *search, const void *data)
{
	const struct file_object *object = data;
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
