/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/profile_test.h"

#include <json-c/json.h>
#include <stdio.h>

#include "base/error.h"
#include "base/own.h"
#include "cmd/explain.h"
#include "cmd/explain_json.h"
#include "cmd/profile_args.h"
#include "policy/question.h"
#include "profile/arena.h"
#include "terms/verdict.h"

static void result_print(const struct profile_args *args,
			 const struct policy *policy,
			 const struct profile_test *test,
			 const struct decision *decision)
{
	const struct policy_rule *rule = policy_rule(policy, decision->rule);
	const bool passed = decision->verdict == test->verdict;

	if (args->json) {
		struct json_object *json = json_object_new_object();

		json_object_object_add(json, "v", json_object_new_int(1));
		json_object_object_add(json, "line",
				       json_object_new_int(test->at.line));
		json_add_text(json, "test", test->question);
		json_add_text(json, "expected", verdict_name(test->verdict));
		json_add_text(json, "verdict", verdict_name(decision->verdict));
		json_object_object_add(json, "passed",
				       json_object_new_boolean(passed));
		json_object_object_add(
			json, "rule",
			explain_rule_json(policy, decision->rule, NULL));
		json_print(json);
		return;
	}
	printf("%s %d: %s ", passed ? "ok" : "not ok", test->at.line,
	       verdict_name(test->verdict));
	print_text(test->question);
	if (!passed) {
		printf(": got %s by ", verdict_name(decision->verdict));
		if (rule)
			explain_place(rule);
		else
			fputs("`otherwise`", stdout);
	}
	putchar('\n');
}

/* Counts in *io_failed where TEST does not hold. */
static int test_run(const struct profile_args *args,
		    const struct policy *policy,
		    const struct profile_test *test, size_t *io_failed,
		    struct error *err)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct decision decision = { 0 };
	struct question question = { 0 };

	if (!arena)
		return error_set(err, -ENOMEM, "test");
	if (question_parse(arena, args->variables, &test->at, test->question,
			   &question, err) < 0)
		return err->code;
	if (!question.count)
		return place_error(err, &test->at,
				   "\"%s\": a variable in it is empty, "
				   "expected one that has a value here",
				   test->question);
	/* Of several objects the first that fails tells. */
	for (size_t i = 0; i < question.count; i++) {
		question_decide(policy, &question, i, &decision);
		if (decision.verdict != test->verdict) {
			++*io_failed;
			break;
		}
	}
	result_print(args, policy, test, &decision);
	return 0;
}

int profile_test(struct profile_args *args, struct error *err)
{
	CLEANUP(policy_freep) struct policy *policy = NULL;
	const struct profile *profile;
	size_t failed = 0;

	if (profile_args_compile(args, true, &policy, err) < 0)
		return err->code;
	profile = args->set->profiles[args->set->count - 1];
	for (size_t i = 0; i < profile->test_count; i++)
		if (test_run(args, policy, &profile->tests[i], &failed, err) <
		    0)
			return err->code;
	if (!args->json)
		printf("%zu tests, %zu failed\n", profile->test_count, failed);
	return failed ? 1 : 0;
}
