/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/violations.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "policy/policy.h"
#include "terms/op.h"
#include "terms/verdict.h"

/* FNV-1a over what makes a line what it is. */
static uint64_t digest(const struct event *event)
{
	uint64_t h = 14695981039346656037ull;

	for (size_t i = 0; i < event->object.len; i++)
		h = (h ^ (unsigned char)event->object.at[i]) * 1099511628211ull;
	return h ^ (uint64_t)event->op << 8 ^ (uint64_t)event->verdict;
}

static bool is_new(struct violations *violations, const struct event *event)
{
	const uint64_t d = digest(event);

	for (size_t i = 0; i < violations->seen_count; i++)
		if (violations->seen[i] == d)
			return false;
	if (violations->seen_count == VIOLATIONS_SEEN)
		return false; /* enough was said; the end counts the rest */
	violations->seen[violations->seen_count++] = d;
	return true;
}

static void rule_say(const struct violations *violations, int index)
{
	const struct policy_rule *rule;
	char text[512];

	if (index < 0) {
		fprintf(stderr, " (%s: no rule allows it)",
			policy_name(violations->policy));
		return;
	}
	rule = policy_rule(violations->policy, index);
	fprintf(stderr, " (%s",
		text_escaped(text, sizeof(text), rule->profile));
	if (rule->line)
		fprintf(stderr, ":%d", rule->line);
	if (rule->reason)
		fprintf(stderr, ": %s",
			text_escaped(text, sizeof(text), rule->reason));
	fputc(')', stderr);
}

void violations_tell(struct violations *violations, const struct event *event)
{
	static const char *const words[] = {
		[ABI_ASK] = "denied", /* nobody could be asked */
		[ABI_PAUSE] = "denied",
		[ABI_DENY] = "denied",
		[ABI_KILL] = "killed at",
	};

	if (verdict_is_loose(event->verdict))
		return;
	violations->count++;
	if (violations->quiet || !is_new(violations, event))
		return;
	fprintf(stderr, "agentjail: %s %s ", words[event->verdict],
		op_name(event->op));
	text_escape(stderr, event->object.at, event->object.len);
	rule_say(violations, event->rule);
	if (violations->seen_count == 1)
		fprintf(stderr, "; agentjail why -p %s %s PATH tells more",
			violations->profile, op_name(event->op));
	fputc('\n', stderr);
}

void violations_end(const struct violations *violations, const char *run)
{
	if (!violations->count || violations->quiet)
		return;
	fprintf(stderr,
		"agentjail: %" PRIu64 " violation%s; see them all: agentjail "
		"trace %s --verdict ask,pause,deny,kill\n",
		violations->count, violations->count == 1 ? "" : "s", run);
}
