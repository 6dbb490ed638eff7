/* SPDX-License-Identifier: Apache-2.0 */
/* profiles.h - policies from texts, for the tests of the language. */
#pragma once

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "policy/compile.h"
#include "policy/decide.h"
#include "policy/policy.h"
#include "profile/load.h"
#include "profile/parse.h"
#include "profile/variables.h"
#include "terms/verdict.h"

/* The variables of every test: a user u who works in /home/u/work. */
static inline struct variables *test_variables(void)
{
	static const char *const values[][2] = {
		{ "home", "/home/u" }, { "workdir", "/home/u/work" },
		{ "user", "u" },       { "uid", "1000" },
		{ "tmp", "/tmp" },     { "tmp", "/var/tmp" },
		{ "tmp", "/dev/shm" }, { "runtime", "/run/user/1000" },
		{ "task", "fix-1" },   { "run", "r1" },
	};
	struct variables *variables = variables_new();
	struct error err = { 0 };

	ck_assert_ptr_nonnull(variables);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		ck_assert_int_eq(variables_add(variables, values[i][0],
					       values[i][1], &err),
				 0);
	return variables;
}

/* Appends TEXT as the profile FILE; it inherits the mask INHERITS. */
static inline int test_append(struct profile_set *set, const char *file,
			      const char *text, uint64_t inherits,
			      struct error *err)
{
	CLEANUP(variables_freep) struct variables *variables = test_variables();
	int r = profile_parse(file, text, strlen(text), variables,
			      &set->profiles[set->count], err);

	if (r < 0)
		return r;
	set->inherits[set->count++] = inherits;
	return 0;
}

/*
 * The policy of up to three texts, NULL for none: each extends those before
 * it, unless SIBLINGS: then the last one alone extends, and both others.
 */
static inline struct policy *test_policy(const char *const texts[3],
					 bool siblings,
					 const struct policy_host *host)
{
	static const char *const files[] = { "a.yaml", "b.yaml", "c.yaml" };
	CLEANUP(profile_set_freep)
	struct profile_set *set = calloc(1, sizeof(*set));
	struct policy *policy = NULL;
	struct error err = { 0 };

	ck_assert_ptr_nonnull(set);
	set->home = strdup("/home/u");
	for (size_t i = 0; i < 3 && texts[i]; i++) {
		uint64_t all = (1ull << set->count) - 1;

		if (test_append(set, files[i], texts[i],
				siblings && i == 1 ? 0 : all, &err) < 0)
			ck_abort_msg("%s", err.text);
	}
	if (policy_compile(set, host, &policy, &err) < 0)
		ck_abort_msg("%s", err.text);
	return policy;
}
