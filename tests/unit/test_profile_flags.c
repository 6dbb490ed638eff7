/* SPDX-License-Identifier: Apache-2.0 */
/* What flags of `run` add to a profile, and what its settings come to. */
#include "profile/flags.h"
#include "profile/units.h"
#include "promises.h"

struct flag {
	enum profile_flag flag;
	const char *value;
};

#define FLAGS_MAX 3

/* Makes FLAGS the last profile of SET. Returns 0 or -errno. */
static int flags_append(struct profile_set *set, const struct flag *flags,
			struct error *err)
{
	CLEANUP(variables_freep) struct variables *variables = test_variables();
	CLEANUP(profile_freep) struct profile *profile = profile_flags_new();

	ck_assert_ptr_nonnull(profile);
	for (int i = 0; i < FLAGS_MAX && flags[i].value; i++)
		if (profile_flags_add(profile, flags[i].flag, flags[i].value,
				      "/home/u/work/sub", variables, err) < 0)
			return err->code;
	if (profile_set_append(set, profile, err) < 0)
		return err->code;
	profile = NULL;
	return 0;
}

/* The policy of TEXT with FLAGS, or NULL with *err set. */
static struct policy *flags_policy(const char *text, const struct flag *flags,
				   struct error *err)
{
	CLEANUP(profile_set_freep)
	struct profile_set *set = calloc(1, sizeof(*set));
	struct policy *policy = NULL;

	ck_assert_ptr_nonnull(set);
	if (test_append(set, "a.yaml", text, 0, err) < 0 ||
	    flags_append(set, flags, err) < 0 ||
	    policy_compile(set, NULL, &policy, err) < 0)
		return NULL;
	return policy;
}

static const struct {
	const char *promise;
	const char *text;
	struct flag flags[FLAGS_MAX];
	const char *question;
	const char *answer; /* as in promises.h */
} rows[] = {
	{ "-r opens to reading",
	  HEAD,
	  { { FLAG_READ, "/a" } },
	  "read /a/x",
	  "allow command line" },
	{ "and to nothing else",
	  HEAD,
	  { { FLAG_READ, "/a" } },
	  "write /a/x",
	  "deny" },
	{ "-w opens to all but execution",
	  HEAD,
	  { { FLAG_WRITE, "/a" } },
	  "read modify /a/x",
	  "allow command line" },
	{ "-x to execution alone",
	  HEAD,
	  { { FLAG_EXEC, "/a" } },
	  "exec /a/x",
	  "allow command line" },
	{ "a relative path is from where the user is",
	  HEAD,
	  { { FLAG_READ, "x" } },
	  "read /home/u/work/sub/x",
	  "allow command line" },
	{ "so is one with dots at its beginning",
	  HEAD,
	  { { FLAG_READ, "./../../y" } },
	  "read /home/u/y",
	  "allow command line" },
	{ "a dot alone is that very place",
	  HEAD,
	  { { FLAG_WRITE, "." } },
	  "write /home/u/work/sub/x",
	  "allow command line" },
	{ "more dots than directories end at /",
	  HEAD,
	  { { FLAG_READ, "../../../../../etc" } },
	  "read /etc/x",
	  "allow command line" },
	{ "variables and ~ are those of the language",
	  HEAD,
	  { { FLAG_READ, "~/x" }, { FLAG_READ, "$workdir/y" } },
	  "read ~/x",
	  "allow command line" },
	{ "a flag beats a rule on the same object",
	  FILES "- deny read: /a\n",
	  { { FLAG_READ, "/a" } },
	  "read /a/x",
	  "allow command line" },
	{ "and no nearer one",
	  FILES "- deny read: /a/b\n",
	  { { FLAG_READ, "/a" } },
	  "read /a/b",
	  "deny a.yaml:3" },
	{ "no flag beats a lock",
	  FILES "- deny read: /a\n  lock: true\n",
	  { { FLAG_READ, "/a/x" } },
	  "read /a/x",
	  "deny a.yaml:3" },
	{ "--net opens an address",
	  HEAD,
	  { { FLAG_NET, "10.0.0.1:5432" } },
	  "connect 10.0.0.1:5432",
	  "allow command line" },
	{ "--net none closes all of them",
	  HEAD "network:\n- allow connect: 9.9.9.9:53\n",
	  { { FLAG_NET, "none" } },
	  "connect 9.9.9.9:53",
	  "deny command line" },
	{ "whatever another --net says",
	  HEAD,
	  { { FLAG_NET, "none" }, { FLAG_NET, "9.9.9.9:53" } },
	  "connect 9.9.9.9:53",
	  "deny command line" },
	{ "but the jail's own",
	  HEAD,
	  { { FLAG_NET, "none" } },
	  "connect own:80",
	  "allow agentjail" },
	{ "and unix sockets",
	  HEAD "network:\n- allow connect: unix:/a\n",
	  { { FLAG_NET, "none" } },
	  "connect unix:/a/x",
	  "allow a.yaml:3" },
};

START_TEST(a_flag_is_the_last_profile_of_the_chain)
{
	struct error err = { 0 };
	CLEANUP(policy_freep)
	struct policy *policy =
		flags_policy(rows[_i].text, rows[_i].flags, &err);
	CLEANUP(variables_freep) struct variables *variables = test_variables();
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const struct place at = { .file = "test" };
	struct question question = { 0 };
	struct decision decision = { 0 };
	char answer[128];

	ck_assert_msg(policy != NULL, "%s: %s", rows[_i].promise, err.text);
	ck_assert_int_eq(question_parse(arena, variables, &at,
					rows[_i].question, &question, &err),
			 0);
	question_decide(policy, &question, 0, &decision);
	promise_answer(policy, &decision, answer, sizeof(answer));
	ck_assert_msg(strcmp(answer, rows[_i].answer) == 0,
		      "%s: %s, expected %s", rows[_i].promise, answer,
		      rows[_i].answer);
}
END_TEST

static const struct {
	const char *text;
	struct flag flag;
	const char *expected;
} errors[] = {
	{ HEAD,
	  { FLAG_READ, "" },
	  "command line: -r: an empty text, expected a path" },
	{ HEAD,
	  { FLAG_READ, "a/../b" },
	  "command line: -r: \"/home/u/work/sub/a/../b\": \"..\" in a path, "
	  "expected one without" },
	{ HEAD,
	  { FLAG_WRITE, "/a/**" },
	  "command line: -w: \"/a/**\": ** at the end, expected a name after "
	  "it (a directory without ** already covers all below it)" },
	{ HEAD,
	  { FLAG_NET, "example.org" },
	  "command line: --net: \"example.org\": no port, expected HOST:PORT" },
	{ HEAD,
	  { FLAG_HIDE, "/" },
	  "command line: --hide: \"/\" to be hidden, expected a plain path "
	  "below /" },
	{ HEAD,
	  { FLAG_ENV, "A-B" },
	  "command line: -e: \"A-B\" is no variable's name, expected letters, "
	  "digits and _, or a prefix that ends in *" },
	{ HEAD,
	  { FLAG_ENV, "A*=1" },
	  "command line: -e: \"A*\" to be set, expected a whole name" },
	{ HEAD,
	  { FLAG_LIMIT, "memory" },
	  "command line: --limit: \"memory\", expected KEY=VALUE, such as "
	  "memory=4G" },
	{ HEAD,
	  { FLAG_LIMIT, "disk=1G" },
	  "command line: --limit: unknown limit \"disk\", expected memory, "
	  "pids, cpu, time or time_verdict" },
	{ HEAD "limits: {memory: 1G}\n",
	  { FLAG_LIMIT, "memory=2G" },
	  "command line: --limit: memory is wider than the profile's, expected "
	  "at most 1G" },
	{ HEAD "limits: {time: 90m}\n",
	  { FLAG_LIMIT, "time=2h" },
	  "command line: --limit: time is wider than the profile's, expected "
	  "at most 90m" },
	{ HEAD "limits: {time_verdict: kill}\n",
	  { FLAG_LIMIT, "time_verdict=pause" },
	  "command line: --limit: time_verdict is wider than the profile's, "
	  "expected kill" },
};

START_TEST(a_flag_that_says_nothing_is_an_error)
{
	const struct flag flags[FLAGS_MAX] = { errors[_i].flag };
	struct error err = { 0 };
	CLEANUP(policy_freep)
	struct policy *policy = flags_policy(errors[_i].text, flags, &err);

	ck_assert_ptr_null(policy);
	ck_assert_int_eq(err.code, -EINVAL);
	ck_assert_str_eq(err.text, errors[_i].expected);
}
END_TEST

/* "A B ", sorted as they stand. */
static void names_text(const struct profile_text *names, size_t count,
		       char *buf)
{
	*buf = '\0';
	for (size_t i = 0; i < count; i++) {
		strcat(buf, names[i].text);
		strcat(buf, " ");
	}
}

static const struct {
	const char *promise;
	const char *text;
	struct flag flags[FLAGS_MAX];
	bool has_only;
	const char *names; /* of keep, or where there is one of only */
} environments[] = {
	{ "keep of a profile and of flags are joined",
	  HEAD "environment: {keep: [A, B]}\n",
	  { { FLAG_ENV, "C" }, { FLAG_ENV, "A" } },
	  false,
	  "A B C " },
	{ "only replaces",
	  HEAD "environment: {only: [A]}\n",
	  { { FLAG_ENV, NULL } },
	  true,
	  "A " },
	{ "and keep beside it adds",
	  HEAD "environment: {only: [A], keep: [B]}\n",
	  { { FLAG_ENV, "C" } },
	  true,
	  "A B C " },
	{ "only may keep nothing",
	  HEAD "environment: {only: []}\n",
	  { { FLAG_ENV, NULL } },
	  true,
	  "" },
};

START_TEST(the_environment_is_joined)
{
	struct error err = { 0 };
	CLEANUP(policy_freep)
	struct policy *policy = flags_policy(environments[_i].text,
					     environments[_i].flags, &err);
	const struct profile_settings *settings;
	char names[64];

	ck_assert_msg(policy != NULL, "%s", err.text);
	settings = policy_settings(policy);
	ck_assert_int_eq(settings->has_only, environments[_i].has_only);
	if (settings->has_only)
		names_text(settings->only, settings->only_count, names);
	else
		names_text(settings->keep, settings->keep_count, names);
	ck_assert_msg(strcmp(names, environments[_i].names) == 0, "%s: %s",
		      environments[_i].promise, names);
}
END_TEST

START_TEST(only_of_a_child_replaces_what_it_inherits)
{
	static const char *const texts[3] = {
		HEAD "environment: {keep: [A], only: [B], set: {X: '1'}}\n",
		HEAD "environment: {only: [C], set: {X: '2', Y: '3'}}\n"
	};
	CLEANUP(policy_freep)
	struct policy *policy = test_policy(texts, false, NULL);
	const struct profile_settings *settings = policy_settings(policy);
	char names[64];

	names_text(settings->only, settings->only_count, names);
	ck_assert_str_eq(names, "C ");
	ck_assert_uint_eq(settings->keep_count, 0);
	ck_assert_uint_eq(settings->set_count, 2);
	ck_assert_str_eq(settings->set[0].value, "2");
	ck_assert_str_eq(settings->set[1].name, "Y");
}
END_TEST

START_TEST(of_two_parents_the_stricter_setting_holds)
{
	static const char *const texts[3] = {
		HEAD "limits: {memory: 2G, pids: 5, time_verdict: pause}\n"
		     "tmp: host\nhide: /a\non_supervisor_death: kill\n",
		HEAD "limits: {memory: 1G, time_verdict: kill}\n"
		     "tmp: private\nhide: /b\non_supervisor_death: freeze\n",
		HEAD "limits: {pids: 9}\n"
	};
	CLEANUP(policy_freep)
	struct policy *policy = test_policy(texts, true, NULL);
	const struct profile_settings *settings = policy_settings(policy);

	ck_assert_uint_eq(settings->limits[LIMIT_MEMORY], 1ull << 30);
	ck_assert_uint_eq(settings->limits[LIMIT_PIDS], 9);
	ck_assert_uint_eq(settings->limits[LIMIT_TIME_VERDICT], ABI_KILL);
	ck_assert_int_eq(settings->tmp, TMP_PRIVATE);
	ck_assert_uint_eq(settings->hide_count, 2);
	ck_assert_int_eq(settings->on_supervisor_death, DEATH_KILL);
	ck_assert(!settings->has_limit[LIMIT_CPU]);
}
END_TEST

START_TEST(a_unit_comes_back_as_it_was_written)
{
	static const char *const sizes[] = { "1B", "1023B", "1K",   "3M",
					     "4G", "5T",    "1025K" };
	static const char *const times[] = { "1ms", "90s", "5m",
					     "3h",  "2d",  "1001ms" };
	char buf[UNITS_TEXT_MAX];
	uint64_t value = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		ck_assert(units_size(sizes[i], &value));
		ck_assert_str_eq(units_size_text(value, buf), sizes[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		ck_assert(units_time(times[i], &value));
		ck_assert_str_eq(units_time_text(value, buf), times[i]);
	}
	ck_assert(units_share("150%", &value));
	ck_assert_str_eq(units_share_text(value, buf), "150%");
	ck_assert(units_count("7", &value));
	ck_assert_str_eq(units_count_text(value, buf), "7");
	ck_assert(!units_size("18446744073709551615T", &value));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("flags");
	Suite *suite = suite_create("profile_flags");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, a_flag_is_the_last_profile_of_the_chain, 0,
			    ARRAY_SIZE(rows));
	tcase_add_loop_test(tc, a_flag_that_says_nothing_is_an_error, 0,
			    ARRAY_SIZE(errors));
	tcase_add_loop_test(tc, the_environment_is_joined, 0,
			    ARRAY_SIZE(environments));
	tcase_add_test(tc, only_of_a_child_replaces_what_it_inherits);
	tcase_add_test(tc, of_two_parents_the_stricter_setting_holds);
	tcase_add_test(tc, a_unit_comes_back_as_it_was_written);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
