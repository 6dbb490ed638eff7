/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <errno.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "event/json.h"

static const struct event_rule rules[] = {
	{ "base.yaml", 3, NULL },
	{ "coder.yaml", 9, "credentials are never in scope" },
	{ "command line", 0, NULL },
};

static const struct event_context context = {
	.run = "R1",
	.task = "fix-1423",
	.owner = "platform-security",
	.realtime_offset_ns = 1700000000000000000,
	.rules = rules,
	.rule_count = ARRAY_SIZE(rules),
};

static const struct event denied = {
	.source = ABI_SOURCE_BROKER,
	.seq = 7,
	.time_ns = 123456789,
	.op = ABI_OP_READ,
	.verdict = ABI_DENY,
	.by = ABI_BY_NOTIFY,
	.pid = 42,
	.ppid = 41,
	.rule = 1,
	.error = EACCES,
	.exe = { "/bin/cat", 8 },
	.object = { "/home/u/.ssh/id", 15 },
	.candidate_count = 2,
	.candidates = { 0, 2 },
};

static const struct event ended = {
	.source = ABI_SOURCE_KERNEL,
	.seq = 1,
	.op = ABI_OP_EXIT,
	.by = ABI_BY_TRACEPOINT,
	.pid = 42,
	.rule = -1,
};

static struct json_object *json_of(const struct event *event,
				   const struct event_context *with,
				   const struct event_permit *permit)
{
	struct json_object *json = NULL;
	struct error err = { 0 };

	ck_assert_int_eq(event_json(event, with, permit, &json, &err), 0);
	return json;
}

static void assert_json(struct json_object *json, const char *expected)
{
	ck_assert_str_eq(json_object_to_json_string_ext(
				 json, JSON_C_TO_STRING_NOSLASHESCAPE),
			 expected);
	json_object_put(json);
}

static const char *member(struct json_object *json, const char *key)
{
	return json_object_get_string(json_object_object_get(json, key));
}

START_TEST(a_denial_says_everything_that_is_known)
{
	assert_json(
		json_of(&denied, &context, NULL),
		"{\"v\":1,\"source\":\"broker\",\"seq\":7,"
		"\"time\":\"2023-11-14T22:13:20.123456789Z\",\"run\":\"R1\","
		"\"task\":\"fix-1423\",\"owner\":\"platform-security\","
		"\"pid\":42,\"ppid\":41,\"exe\":\"/bin/cat\",\"op\":\"read\","
		"\"object\":\"/home/u/.ssh/id\",\"object2\":null,"
		"\"verdict\":\"deny\","
		"\"rule\":{\"profile\":\"coder.yaml\",\"line\":9},"
		"\"candidates\":[{\"profile\":\"base.yaml\",\"line\":3},"
		"{\"profile\":\"command line\",\"line\":null}],"
		"\"reason\":\"credentials are never in scope\","
		"\"by\":\"notify\",\"result\":\"failed\",\"errno\":\"EACCES\","
		"\"grant\":null,\"approver\":null}");
}
END_TEST

START_TEST(what_is_not_known_is_null)
{
	const struct event_context nothing = { 0 };
	struct event start = ended;

	start.op = ABI_OP_START;
	start.by = ABI_BY_NONE;
	assert_json(json_of(&start, &nothing, NULL),
		    "{\"v\":1,\"source\":\"kernel\",\"seq\":1,"
		    "\"time\":\"1970-01-01T00:00:00.000000000Z\",\"run\":null,"
		    "\"task\":null,\"owner\":null,\"pid\":42,\"ppid\":0,"
		    "\"exe\":null,\"op\":\"start\",\"object\":null,"
		    "\"object2\":null,\"verdict\":\"allow\",\"rule\":null,"
		    "\"candidates\":[],\"reason\":null,\"by\":null,"
		    "\"result\":\"ok\",\"errno\":null,\"grant\":null,"
		    "\"approver\":null}");
}
END_TEST

START_TEST(who_let_it_through_is_named)
{
	const struct event_permit permit = { "g4", "alice" };
	struct json_object *json = json_of(&denied, &context, &permit);

	ck_assert_str_eq(member(json, "grant"), "g4");
	ck_assert_str_eq(member(json, "approver"), "alice");
	json_object_put(json);
}
END_TEST

static const struct {
	enum abi_op op;
	int error;
	const char *result;
	const char *error_name;
} results[] = {
	{ ABI_OP_EXIT, 0, "exit 0", NULL },
	{ ABI_OP_EXIT, 3 << 8, "exit 3", NULL },
	{ ABI_OP_END, 1 << 8, "exit 1", NULL },
	{ ABI_OP_EXIT, 9, "signal 9", NULL },
	{ ABI_OP_EXIT, 11 | 0x80, "signal 11", NULL },
	{ ABI_OP_READ, 0, "ok", NULL },
	{ ABI_OP_READ, EPERM, "failed", "EPERM" },
	{ ABI_OP_READ, 4000, "failed", "4000" },
};

START_TEST(a_result_is_in_words)
{
	struct event event = ended;
	struct json_object *json;

	event.op = results[_i].op;
	event.error = results[_i].error;
	json = json_of(&event, &context, NULL);
	ck_assert_str_eq(member(json, "result"), results[_i].result);
	ck_assert_pstr_eq(member(json, "errno"), results[_i].error_name);
	json_object_put(json);
}
END_TEST

START_TEST(flags_are_named_when_there_are_any)
{
	struct event event = denied;
	struct json_object *json;

	event.flags = ABI_EVENT_RACEABLE | ABI_EVENT_TRUNCATED |
		      ABI_EVENT_OBSERVED;
	json = json_of(&event, &context, NULL);
	ck_assert_str_eq(json_object_to_json_string_ext(
				 json_object_object_get(json, "flags"),
				 JSON_C_TO_STRING_PLAIN),
			 "[\"raceable\",\"truncated\",\"observed\"]");
	json_object_put(json);
}
END_TEST

static const char *const plain_names[] = {
	"/tmp/a b",	"/tmp/\xc3\xa4\xe2\x82\xac", "/tmp/a\\xffb",
	"/tmp/a\nb\tc", "/tmp/\"quoted\"",
};

/* A reader gets the very name, backslashes and line ends included. */
START_TEST(a_name_in_utf8_is_exact)
{
	const char *name = plain_names[_i];
	struct event event = denied;
	struct json_object *json;
	struct json_object *back;

	event.object = (struct event_text){ name, strlen(name) };
	json = json_of(&event, &context, NULL);
	back = json_tokener_parse(json_object_to_json_string(json));
	ck_assert_ptr_nonnull(back);
	ck_assert_str_eq(member(back, "object"), name);
	ck_assert_ptr_null(json_object_object_get(back, "flags"));
	json_object_put(back);
	json_object_put(json);
}
END_TEST

static const struct {
	const char *name;
	size_t len;
	const char *out;
} odd_names[] = {
	{ "/a\xff\\", 4, "/a\\xff\\\\" },    /* no UTF-8 */
	{ "/a\xc0\xaf", 4, "/a\\xc0\\xaf" }, /* overlong */
	{ "/a\0b", 4, "/a\\x00b" },
	{ "/\x1b[31m", 6, "/\\x1b[31m" },	      /* colour */
	{ "/\xc2\x9b", 3, "/\\xc2\\x9b" },	      /* CSI in eight bits */
	{ "/\xe2\x80\xae", 4, "/\\xe2\\x80\\xae" },   /* right to left */
	{ "/a\\\\\\\xff", 6, "/a\\\\\\\\\\\\\\xff" }, /* after backslashes */
};

/* What JSON or a terminal would misread is escaped, and all of the event. */
START_TEST(an_odd_name_is_escaped_and_flagged)
{
	struct event event = denied;
	struct json_object *json;

	event.object =
		(struct event_text){ odd_names[_i].name, odd_names[_i].len };
	event.exe = (struct event_text){ "/b\\xff", 6 };
	json = json_of(&event, &context, NULL);
	ck_assert_str_eq(member(json, "object"), odd_names[_i].out);
	ck_assert_str_eq(member(json, "exe"), "/b\\\\xff");
	ck_assert_str_eq(json_object_to_json_string_ext(
				 json_object_object_get(json, "flags"),
				 JSON_C_TO_STRING_PLAIN),
			 "[\"escaped\"]");
	json_object_put(json);
}
END_TEST

START_TEST(a_rule_that_does_not_exist_is_refused)
{
	struct event bad[] = { denied, denied };

	bad[0].rule = ARRAY_SIZE(rules);
	bad[1].candidates[1] = ARRAY_SIZE(rules);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct json_object *json = NULL;
		struct error err = { 0 };

		ck_assert_int_eq(
			event_json(&bad[i], &context, NULL, &json, &err),
			-ERANGE);
		ck_assert_ptr_null(json);
	}
}
END_TEST

START_TEST(a_time_beyond_the_calendar_is_refused)
{
	struct event_context late = context;
	struct json_object *json = NULL;
	struct error err = { 0 };

	late.realtime_offset_ns = INT64_MAX;
	ck_assert_int_eq(event_json(&denied, &late, NULL, &json, &err),
			 -ERANGE);
	late.realtime_offset_ns = -200000000;
	ck_assert_int_eq(event_json(&denied, &late, NULL, &json, &err),
			 -ERANGE);
	ck_assert_ptr_null(json);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("json");
	Suite *suite = suite_create("event_json");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, a_denial_says_everything_that_is_known);
	tcase_add_test(tc, what_is_not_known_is_null);
	tcase_add_test(tc, who_let_it_through_is_named);
	tcase_add_loop_test(tc, a_result_is_in_words, 0, ARRAY_SIZE(results));
	tcase_add_test(tc, flags_are_named_when_there_are_any);
	tcase_add_loop_test(tc, a_name_in_utf8_is_exact, 0,
			    ARRAY_SIZE(plain_names));
	tcase_add_loop_test(tc, an_odd_name_is_escaped_and_flagged, 0,
			    ARRAY_SIZE(odd_names));
	tcase_add_test(tc, a_rule_that_does_not_exist_is_refused);
	tcase_add_test(tc, a_time_beyond_the_calendar_is_refused);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
