/* SPDX-License-Identifier: Apache-2.0 */
/*
 * promises.h - what the language promises, as a table: profiles, a question
 * as `why` takes it, and the answer with the rule that decides.
 */
#pragma once

#include "policy/question.h"
#include "profile/arena.h"
#include "profiles.h"

#define HEAD "agentjail: 1\n"
#define FILES HEAD "files:\n"

struct promise {
	const char *promise;
	const char *texts[3]; /* a.yaml, b.yaml, c.yaml; see test_policy() */
	const char *question;
	const char *answer; /* "deny", or "allow a.yaml:3" by a rule */
};

static inline void promise_answer(const struct policy *policy,
				  const struct decision *decision, char *buf,
				  size_t size)
{
	const struct policy_rule *rule = policy_rule(policy, decision->rule);
	const char *verdict = verdict_name(decision->verdict);

	if (!rule)
		snprintf(buf, size, "%s", verdict);
	else if (!rule->line)
		snprintf(buf, size, "%s %s", verdict, rule->profile);
	else
		snprintf(buf, size, "%s %s:%d", verdict, rule->profile,
			 rule->line);
}

/*
 * Asserts that PROMISE is kept, for each object that its question names.
 * SIBLINGS is that of test_policy().
 */
static inline void promise_check(const struct promise *promise, bool siblings)
{
	CLEANUP(policy_freep)
	struct policy *policy = test_policy(promise->texts, siblings, NULL);
	CLEANUP(variables_freep) struct variables *variables = test_variables();
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const struct place at = { .file = "test" };
	struct question question = { 0 };
	struct error err = { 0 };
	char answer[128];

	ck_assert_msg(question_parse(arena, variables, &at, promise->question,
				     &question, &err) == 0,
		      "%s: %s", promise->promise, err.text);
	ck_assert_uint_gt(question.count, 0);
	for (size_t i = 0; i < question.count; i++) {
		struct decision decision = { 0 };

		question_decide(policy, &question, i, &decision);
		promise_answer(policy, &decision, answer, sizeof(answer));
		ck_assert_msg(strcmp(answer, promise->answer) == 0,
			      "%s: %s, expected %s", promise->promise, answer,
			      promise->answer);
		for (int j = 0; j < decision.candidate_count; j++)
			ck_assert_int_ne(decision.candidates[j], decision.rule);
	}
}
