/* SPDX-License-Identifier: Apache-2.0 */
#include "event/json.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "base/error.h"
#include "base/own.h"
#include "base/text.h"
#include "terms/op.h"
#include "terms/verdict.h"

#define NS_PER_S 1000000000LL

/* An object in the making. After a failure it only remembers that. */
struct builder {
	struct json_object *json;
	const struct event_context *context;
	bool escape;
	bool failed;
};

static void builder_drop(struct builder *builder)
{
	json_object_put(builder->json);
}

/* Adds VALUE, which it takes over; a NULL one is memory that was not there. */
static void add(struct builder *b, const char *key, struct json_object *value)
{
	if (!value || json_object_object_add(b->json, key, value) < 0) {
		json_object_put(value);
		b->failed = true;
	}
}

static void add_null(struct builder *b, const char *key)
{
	if (json_object_object_add(b->json, key, NULL) < 0)
		b->failed = true;
}

static void add_number(struct builder *b, const char *key, uint64_t number)
{
	add(b, key, json_object_new_uint64(number));
}

/* The form of base/text.h, freed by the caller; NULL where memory is short. */
static char *escaped(const char *text, size_t len)
{
	CLEANUP(freep) char *out = NULL;
	size_t out_len = 0;
	FILE *file = open_memstream(&out, &out_len);

	if (!file)
		return NULL;
	text_escape(file, text, len);
	if (fclose(file) != 0)
		return NULL;
	return TAKE_PTR(out);
}

/* JSON can say it exactly: escaping changes at most \, newline and tab. */
static bool is_plain(const char *text, size_t len)
{
	CLEANUP(freep) char *out = escaped(text, len);

	if (!out)
		return false;
	for (const char *at = strchr(out, '\\'); at; at = strchr(at + 2, '\\'))
		if (at[1] == 'x')
			return false;
	return true;
}

static void add_text(struct builder *b, const char *key, const char *text,
		     size_t len)
{
	CLEANUP(freep) char *out = NULL;

	if (!b->escape) {
		add(b, key, json_object_new_string_len(text, (int)len));
		return;
	}
	out = escaped(text, len);
	add(b, key, out ? json_object_new_string(out) : NULL);
}

static void add_string(struct builder *b, const char *key, const char *string)
{
	if (string)
		add_text(b, key, string, strlen(string));
	else
		add_null(b, key);
}

static void add_event_text(struct builder *b, const char *key,
			   struct event_text text)
{
	if (text.len)
		add_text(b, key, text.at, text.len);
	else
		add_null(b, key);
}

static const struct event_rule *rule_of(const struct event_context *context,
					int index)
{
	return index < 0 ? NULL : &context->rules[index];
}

/* Whether one flag must tell the reader that all strings are escaped. */
static bool needs_escape(const struct event *event,
			 const struct event_context *context,
			 const struct event_permit *permit)
{
	const struct event_text texts[] = { event->exe, event->object,
					    event->object2 };
	const struct event_rule *rule = rule_of(context, event->rule);
	const char *strings[] = {
		context->run,
		context->task,
		context->owner,
		permit ? permit->grant : NULL,
		rule ? rule->reason : NULL,
		rule ? rule->profile : NULL,
		permit ? permit->approver : NULL,
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].len && !is_plain(texts[i].at, texts[i].len))
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(strings); i++)
		if (strings[i] && !is_plain(strings[i], strlen(strings[i])))
			return true;
	for (size_t i = 0; i < event->candidate_count; i++) {
		rule = &context->rules[event->candidates[i]];
		if (!is_plain(rule->profile, strlen(rule->profile)))
			return true;
	}
	return false;
}

static struct json_object *rule_json(const struct builder *parent,
				     const struct event_rule *rule)
{
	CLEANUP(builder_drop)
	struct builder b = {
		.json = json_object_new_object(),
		.escape = parent->escape,
	};

	if (!b.json)
		return NULL;
	add_string(&b, "profile", rule->profile);
	if (rule->line > 0)
		add_number(&b, "line", (uint64_t)rule->line);
	else
		add_null(&b, "line");
	return b.failed ? NULL : TAKE_PTR(b.json);
}

static void add_rules(struct builder *b, const struct event *event)
{
	struct json_object *array = json_object_new_array();
	const struct event_rule *rule = rule_of(b->context, event->rule);

	if (rule)
		add(b, "rule", rule_json(b, rule));
	else
		add_null(b, "rule");
	add(b, "candidates", array);
	for (size_t i = 0; i < event->candidate_count && !b->failed; i++) {
		struct json_object *lost =
			rule_json(b, &b->context->rules[event->candidates[i]]);

		if (!lost || json_object_array_add(array, lost) < 0) {
			json_object_put(lost);
			b->failed = true;
		}
	}
	add_string(b, "reason", rule ? rule->reason : NULL);
}

static int add_time(struct builder *b, uint64_t time_ns, struct error *err)
{
	int64_t offset = b->context->realtime_offset_ns;
	char date[sizeof("2026-01-31T23:59:59")];
	char text[sizeof(date) + sizeof(".123456789Z")];
	struct tm tm;
	time_t second;
	int64_t now;

	if (__builtin_add_overflow(time_ns, offset, &now) || now < 0)
		return error_say(err, -ERANGE, "event: time beyond RFC 3339");
	second = now / NS_PER_S;
	gmtime_r(&second, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, sizeof(text), "%s.%09dZ", date, (int)(now % NS_PER_S));
	add_string(b, "time", text);
	return 0;
}

/* The error of an end is a wait status, everybody else's an errno. */
static void add_result(struct builder *b, const struct event *event)
{
	const bool is_end = event->op == ABI_OP_EXIT || event->op == ABI_OP_END;
	const int status = event->error;
	const char *name = strerrorname_np(status);
	char text[32] = "ok";

	if (is_end && WIFSIGNALED(status))
		snprintf(text, sizeof(text), "signal %d", WTERMSIG(status));
	else if (is_end)
		snprintf(text, sizeof(text), "exit %d", WEXITSTATUS(status));
	else if (status)
		snprintf(text, sizeof(text), "failed");
	add_string(b, "result", text);
	if (is_end || !status) {
		add_null(b, "errno");
		return;
	}
	snprintf(text, sizeof(text), "%d", status);
	add_string(b, "errno", name ? name : text);
}

static void add_flags(struct builder *b, const struct event *event)
{
	const struct {
		const char *name;
		bool set;
	} flags[] = {
		{ "raceable", event->flags & ABI_EVENT_RACEABLE },
		{ "truncated", event->flags & ABI_EVENT_TRUNCATED },
		{ "observed", event->flags & ABI_EVENT_OBSERVED },
		{ "escaped", b->escape },
	};
	struct json_object *array = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		struct json_object *name = NULL;

		if (!flags[i].set)
			continue;
		if (!array) {
			array = json_object_new_array();
			add(b, "flags", array);
		}
		name = json_object_new_string(flags[i].name);
		if (b->failed || !name || json_object_array_add(array, name)) {
			json_object_put(name);
			b->failed = true;
			return;
		}
	}
}

static int check_rules(const struct event *event,
		       const struct event_context *context, struct error *err)
{
	const size_t count = context->rule_count;
	bool ok = event->rule < 0 || (size_t)event->rule < count;

	for (size_t i = 0; i < event->candidate_count; i++)
		ok = ok && event->candidates[i] >= 0 &&
		     (size_t)event->candidates[i] < count;
	if (!ok)
		return error_say(err, -ERANGE, "event: no such rule among %zu",
				 count);
	return 0;
}

int event_json(const struct event *event, const struct event_context *context,
	       const struct event_permit *permit, struct json_object **out_json,
	       struct error *err)
{
	CLEANUP(builder_drop) struct builder b = { .context = context };
	int r = check_rules(event, context, err);

	if (r < 0)
		return r;
	b.json = json_object_new_object();
	b.failed = !b.json;
	if (b.failed)
		return error_set(err, -ENOMEM, "event");
	b.escape = needs_escape(event, context, permit);
	add_number(&b, "v", 1);
	add_string(&b, "source", event_source_name(event->source));
	add_number(&b, "seq", event->seq);
	r = add_time(&b, event->time_ns, err);
	if (r < 0)
		return r;
	add_string(&b, "run", context->run);
	add_string(&b, "task", context->task);
	add_string(&b, "owner", context->owner);
	add_number(&b, "pid", event->pid);
	add_number(&b, "ppid", event->ppid);
	add_event_text(&b, "exe", event->exe);
	add_string(&b, "op", op_name(event->op));
	add_event_text(&b, "object", event->object);
	add_event_text(&b, "object2", event->object2);
	add_string(&b, "verdict", verdict_name(event->verdict));
	add_rules(&b, event);
	if (event->by == ABI_BY_NONE)
		add_null(&b, "by");
	else
		add_string(&b, "by", event_by_name(event->by));
	add_result(&b, event);
	add_string(&b, "grant", permit ? permit->grant : NULL);
	add_string(&b, "approver", permit ? permit->approver : NULL);
	add_flags(&b, event);
	if (b.failed)
		return error_set(err, -ENOMEM, "event");
	*out_json = TAKE_PTR(b.json);
	return 0;
}
