/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/violations.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/own.h"
#include "base/text.h"
#include "cmd/profile_args.h"
#include "cmd/quote.h"
#include "cmd/say.h"
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

static void rule_write(FILE *out, const struct violations *violations,
		       int index)
{
	const struct policy_rule *rule;

	if (index < 0) {
		fputs(" (", out);
		text_escape(out, policy_name(violations->policy),
			    strlen(policy_name(violations->policy)));
		fputs(": no rule allows it)", out);
		return;
	}
	rule = policy_rule(violations->policy, index);
	fputs(" (", out);
	text_escape(out, rule->profile, strlen(rule->profile));
	if (rule->line)
		fprintf(out, ":%d", rule->line);
	if (rule->reason) {
		fputs(": ", out);
		text_escape(out, rule->reason, strlen(rule->reason));
	}
	fputc(')', out);
}

/* As `why` takes an object, to which a dollar sign begins a variable. */
static void object_write(FILE *out, const struct event_text *object)
{
	CLEANUP(freep) char *text = malloc(2 * object->len + 1);
	size_t len = 0;

	if (!text)
		return;
	for (size_t i = 0; i < object->len; i++) {
		if (object->at[i] == '$')
			text[len++] = '$';
		text[len++] = object->at[i];
	}
	quote_shell(out, text, len);
}

/* The whole command that shows how it was decided. */
static void command_write(FILE *out, const struct violations *violations,
			  const struct event *event)
{
	fputs("; see: agentjail why ", out);
	profile_args_write(violations->scope, out);
	if (op_is_power(event->op)) {
		fputs(op_name(event->op), out);
		return;
	}
	/* A datagram to an address is asked about as a connection to it. */
	fprintf(out, "%s ",
		op_name(event->op == ABI_OP_SEND ? ABI_OP_CONNECT : event->op));
	object_write(out, &event->object);
}

static const char *word_of(const struct event *event)
{
	static const char *const words[] = {
		[ABI_AUDIT] = "audited",  [ABI_ASK] = "denied",
		[ABI_PAUSE] = "denied",	  [ABI_DENY] = "denied",
		[ABI_KILL] = "killed at",
	};
	static const char *const observed[] = {
		[ABI_AUDIT] = "audited",
		[ABI_ASK] = "would have asked for",
		[ABI_PAUSE] = "would have paused at",
		[ABI_DENY] = "would have denied",
		[ABI_KILL] = "would have killed at",
	};

	return event->flags & ABI_EVENT_OBSERVED ? observed[event->verdict]
						 : words[event->verdict];
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Says the lines that are due by LIMIT_MS; they are in order. */
static void lines_say(struct violations *violations, int64_t limit_ms)
{
	size_t count = 0;

	for (; count < violations->waiting_count; count++) {
		struct violation_line *line = &violations->waiting[count];

		if (line->due_ms > limit_ms)
			break;
		say_line(line->text);
		freep(&line->text);
	}
	violations->waiting_count -= count;
	memmove(violations->waiting, violations->waiting + count,
		violations->waiting_count * sizeof(*violations->waiting));
}

static void line_put(struct violations *violations, char *text)
{
	if (violations->waiting_count == VIOLATIONS_WAITING)
		lines_say(violations, INT64_MAX);
	violations->waiting[violations->waiting_count++] =
		(struct violation_line){ now_ms() + VIOLATIONS_WAIT_MS, text };
}

static void event_say(struct violations *violations, const struct event *event,
		      bool is_first)
{
	struct say say = { 0 };
	char *text;
	FILE *out = say_begin(&say);

	if (!out)
		return;
	fprintf(out, "%s %s ", word_of(event), op_name(event->op));
	text_escape(out, event->object.at, event->object.len);
	if (event->object2.len) {
		fputs(" -> ", out);
		text_escape(out, event->object2.at, event->object2.len);
	}
	rule_write(out, violations, event->rule);
	if (is_first)
		command_write(out, violations, event);
	text = say_keep(&say);
	if (text)
		line_put(violations, text);
}

void violations_tell(struct violations *violations, const struct event *event)
{
	const bool is_kill = event->verdict == ABI_KILL &&
			     !(event->flags & ABI_EVENT_OBSERVED);
	bool is_first;

	violations->strictest =
		verdict_stricter(violations->strictest, event->verdict);
	if (event->verdict == ABI_ALLOW)
		return;
	if (event->verdict == ABI_AUDIT) {
		violations->audit_count++;
		if (violations->audits && is_new(violations, event))
			event_say(violations, event, false);
		return;
	}
	is_first = violations->count++ == 0;
	/* That a verdict ended the run is never kept quiet. */
	if (is_kill || (!violations->quiet && is_new(violations, event)))
		event_say(violations, event, is_first && !violations->quiet);
}

void violations_tick(struct violations *violations)
{
	if (violations->waiting_count)
		lines_say(violations, now_ms());
}

void violations_end(struct violations *violations, const char *run)
{
	CLEANUP(say_endp) struct say say = { 0 };
	FILE *out;

	lines_say(violations, INT64_MAX);
	if (!violations->count || violations->quiet)
		return;
	out = say_begin(&say);
	if (!out)
		return;
	fprintf(out, "%" PRIu64 " violation%s", violations->count,
		violations->count == 1 ? "" : "s");
	fprintf(out,
		"; see %s: agentjail trace %s --verdict ask,pause,deny,kill",
		violations->count == 1 ? "it" : "them all", run);
}
