/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/own.h"
#include "base/text.h"
#include "cmd/commands.h"
#include "cmd/options.h"
#include "event/json.h"
#include "profile/units.h"
#include "run/state.h"
#include "terms/op.h"
#include "terms/verdict.h"
#include "trace/query.h"

#define FOLLOW_US 100000

enum {
	OPT_VERDICT,
	OPT_OP,
	OPT_PATH,
	OPT_PID,
	OPT_SINCE,
	OPT_FOLLOW,
	OPT_JSON
};

struct trace_options {
	struct query_filter filter;
	bool follow;
	bool json;
};

static const struct option_row rows[] = {
	{ "verdict", 0, "V,...", "only events of these verdicts", OPT_VERDICT },
	{ "op", 0, "OP,...", "only these operations", OPT_OP },
	{ "path", 0, "GLOB", "only objects that match", OPT_PATH },
	{ "pid", 0, "N", "only of this process", OPT_PID },
	{ "since", 0, "TIME",
	  "only what is younger than 90s, 5m, 2h, 1d, or since an RFC 3339 "
	  "time",
	  OPT_SINCE },
	{ "follow", 'f', NULL, "go on until the run ends", OPT_FOLLOW },
	{ "json", 0, NULL, "one JSON object a line", OPT_JSON },
};

/* Sets a bit for each word of LIST; several numbers may have one word. */
static bool list_take(const char *list, const char *what, int count,
		      const char *(*name)(int), uint64_t *out_bits)
{
	char word[64];

	while (*list) {
		size_t len = strcspn(list, ",");
		bool known = false;

		snprintf(word, sizeof(word), "%.*s", (int)len, list);
		for (int i = 0; i < count; i++) {
			if (strcmp(word, name(i)) != 0)
				continue;
			*out_bits |= 1ull << i;
			known = true;
		}
		if (!known) {
			complain("trace: no %s \"%s\"", what, word);
			return false;
		}
		list += len + (list[len] == ',');
	}
	return true;
}

static const char *verdict_word(int i)
{
	return verdict_name((enum abi_verdict)i);
}

static const char *op_word(int i)
{
	return op_name((enum abi_op)i);
}

static bool pid_take(const char *text, uint32_t *out_pid)
{
	uint64_t pid = 0;

	if (units_count(text, &pid) && pid <= INT32_MAX) {
		*out_pid = (uint32_t)pid;
		return true;
	}
	complain("trace: --pid \"%s\", expected a number", text);
	return false;
}

/* "2026-01-31T12:00:00", with Z or +01:00 behind it, or local time. */
static bool moment_parse(const char *text, time_t *out_seconds)
{
	struct tm tm = { .tm_isdst = -1 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	long offset;

	if (!end)
		return false;
	if (!*end) {
		*out_seconds = mktime(&tm);
		return *out_seconds != -1;
	}
	end = strptime(text, "%Y-%m-%dT%H:%M:%S%z", &tm);
	if (!end || *end)
		return false;
	offset = tm.tm_gmtoff; /* which timegm() forgets */
	*out_seconds = timegm(&tm) - offset;
	return true;
}

static bool since_take(const char *text, int64_t *out_ns)
{
	struct timespec now;
	time_t seconds = 0;
	uint64_t ms = 0;

	if (units_time(text, &ms) && ms < INT64_MAX / 2000000) {
		clock_gettime(CLOCK_REALTIME, &now);
		*out_ns = ((int64_t)now.tv_sec * 1000 - (int64_t)ms) * 1000000 +
			  now.tv_nsec;
		return true;
	}
	if (moment_parse(text, &seconds) && seconds > 0) {
		*out_ns = seconds < INT64_MAX / 1000000000
				  ? (int64_t)seconds * 1000000000
				  : INT64_MAX;
		return true;
	}
	complain("trace: --since \"%s\", expected a time such as 5m or "
		 "2026-01-31T12:00:00Z",
		 text);
	return false;
}

static bool take(void *ctx, int key, const char *value)
{
	struct trace_options *options = ctx;

	switch (key) {
	case OPT_VERDICT:
		return list_take(value, "verdict", ABI_VERDICTS, verdict_word,
				 &options->filter.verdicts);
	case OPT_OP:
		return list_take(value, "operation", ABI_OPS, op_word,
				 &options->filter.ops);
	case OPT_PATH:
		options->filter.path = value;
		return true;
	case OPT_PID:
		return pid_take(value, &options->filter.pid);
	case OPT_SINCE:
		return since_take(value, &options->filter.since_ns);
	case OPT_FOLLOW:
		options->follow = true;
		return true;
	default:
		options->json = true;
		return true;
	}
}

static const struct option_table table = {
	.usage = "trace [OPTION]... [RUN]",
	.about = "Shows the events of a run: RUN is its id or enough of it, a "
		 "task, or latest\n(the default).",
	.rows = rows,
	.count = ARRAY_SIZE(rows),
	.take = take,
};

static void text_print(const char *before, const struct event_text *text)
{
	if (!text->len)
		return;
	fputs(before, stdout);
	text_escape(stdout, text->at, text->len);
}

static void time_print(const struct event *event,
		       const struct event_context *context)
{
	int64_t ns = (int64_t)event->time_ns + context->realtime_offset_ns;
	time_t seconds = (time_t)(ns / 1000000000);
	char text[32] = "";
	struct tm tm;

	if (localtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%H:%M:%S", &tm);
	printf("%s.%03d", text, (int)(ns % 1000000000 / 1000000));
}

/* What came of it, where that is not plain from the verdict. */
static void outcome_print(const struct event *event)
{
	if (event->op == ABI_OP_EXIT || event->op == ABI_OP_END) {
		if (WIFSIGNALED(event->error))
			printf(" signal %d", WTERMSIG(event->error));
		else
			printf(" status %d", WEXITSTATUS(event->error));
	} else if (event->error && verdict_is_loose(event->verdict)) {
		printf(" failed: %s", strerror(event->error));
	}
	if (event->flags & ABI_EVENT_OBSERVED)
		printf(" (observed, not enforced)");
}

static void rule_print(const struct event *event,
		       const struct event_context *context)
{
	const struct event_rule *rule;

	if (event->rule < 0 || (size_t)event->rule >= context->rule_count)
		return;
	rule = &context->rules[event->rule];
	printf("  (");
	if (rule->profile)
		text_escape(stdout, rule->profile, strlen(rule->profile));
	if (rule->line)
		printf(":%d", rule->line);
	if (rule->reason) {
		printf(": ");
		text_escape(stdout, rule->reason, strlen(rule->reason));
	}
	printf(")");
}

static int event_print(void *ctx, const struct event *event)
{
	const struct event_context *context = ctx;

	time_print(event, context);
	printf(" %6u %-5s %-7s", event->pid, verdict_name(event->verdict),
	       op_name(event->op));
	text_print(" ", &event->object);
	text_print(" -> ", &event->object2);
	outcome_print(event);
	rule_print(event, context);
	text_print("  by ", &event->exe);
	putchar('\n');
	return ferror(stdout) ? -EIO : 0;
}

static int event_print_json(void *ctx, const struct event *event)
{
	const int style = JSON_C_TO_STRING_PLAIN |
			  JSON_C_TO_STRING_NOSLASHESCAPE;
	const struct event_context *context = ctx;
	struct json_object *object = NULL;
	struct error err = { 0 };
	int r = event_json(event, context, NULL, &object, &err);

	if (r < 0)
		return r;
	puts(json_object_to_json_string_ext(object, style));
	json_object_put(object);
	return ferror(stdout) ? -EIO : 0;
}

/* Prints what is there, and with --follow what comes until the seal. */
static int print_all(struct query *query, struct trace_options *options,
		     struct error *err)
{
	event_fn *fn = options->json ? event_print_json : event_print;
	bool sealed;
	int r;

	do {
		sealed = query_run(query, "end") != NULL;
		r = query_events(query, &options->filter, fn,
				 (void *)query_context(query),
				 &options->filter.after_id, err);
		fflush(stdout);
		if (r < 0 || sealed || !options->follow)
			return r;
	} while (usleep(FOLLOW_US) == 0 || errno == EINTR);
	return 0;
}

int cmd_trace(int argc, char **argv)
{
	CLEANUP(query_closep) struct query *query = NULL;
	struct trace_options options = { 0 };
	char path[PATH_MAX];
	struct error err = { 0 };
	struct state state;
	int at = 0;

	switch (options_parse(&table, argc, argv, &options, &at)) {
	case OPTIONS_GO:
		break;
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_BAD:
		return EXIT_UNFIT;
	}
	if (argc - at > 1) {
		complain("trace: one run at a time");
		return EXIT_UNFIT;
	}
	if (state_find(&state, &err) < 0 ||
	    state_find_trace(&state, at < argc ? argv[at] : "latest", path,
			     &err) < 0 ||
	    query_open(path, &query, &err) < 0 ||
	    print_all(query, &options, &err) < 0) {
		complain("%s", err.code ? err.text : "trace: output failed");
		return EXIT_UNFIT;
	}
	return 0;
}
