/* SPDX-License-Identifier: Apache-2.0 */
#include "promises.h"
#include "terms/op.h"

/* A host on which /etc/link leads to /data/real, which is (7, 42). */
static int resolve_link(void *context, const char *path,
			struct policy_binding *out)
{
	memset(out, 0, sizeof(*out));
	strcpy(out->path, strcmp(path, "/etc/link") == 0 ? "/data/real" : path);
	out->exists = strcmp(out->path, "/data/real") == 0;
	out->dev = 7;
	out->ino = 42;
	return 0;
}

static const struct policy_host host = { .resolve = resolve_link };

START_TEST(a_rule_binds_the_name_the_place_and_the_object)
{
	static const char *const texts[3] = {
		FILES "- allow read: /\n- deny read: /etc/link\n"
	};
	static const struct file_object objects[] = {
		{ .path = "/etc/link" },
		{ .path = "/data/real" },
		{ .path = "/data/real/below" },
		{ .path = "/moved", .has_identity = true, .dev = 7, .ino = 42 },
	};
	CLEANUP(policy_freep)
	struct policy *policy = test_policy(texts, false, &host);
	const struct file_object other = {
		.path = "/moved", .has_identity = true, .dev = 7, .ino = 43
	};
	struct decision decision = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		decide_file(policy, OPS_READ, &objects[i], &decision);
		ck_assert_int_eq(decision.verdict, ABI_DENY);
		ck_assert_int_eq(policy_rule(policy, decision.rule)->line, 4);
	}
	decide_file(policy, OPS_READ, &other, &decision);
	ck_assert_int_eq(decision.verdict, ABI_ALLOW);
}
END_TEST

START_TEST(a_rule_exports_where_it_binds)
{
	static const char *const texts[3] = {
		FILES "- deny read: [/etc/link, /a/**/x/*.y, /b/.]\n"
	};
	CLEANUP(policy_freep)
	struct policy *policy = test_policy(texts, false, &host);
	const struct policy_path *path = policy_rule_path(policy, 0);

	ck_assert_str_eq(path->anchor, "/etc/link");
	ck_assert_str_eq(path->canonical, "/data/real");
	ck_assert(path->kind == PATH_TREE && path->exists && path->ino == 42);
	path = policy_rule_path(policy, 1);
	ck_assert(path->kind == PATH_ANYWHERE && !path->exists);
	ck_assert_str_eq(path->anchor, "/a");
	ck_assert_str_eq(path->tail, "x/\001.y");
	ck_assert_str_eq(policy_rule(policy, 1)->object, "/a/**/x/*.y");
	path = policy_rule_path(policy, 2);
	ck_assert(path->kind == PATH_SELF);
	ck_assert_str_eq(path->anchor, "/b");
	ck_assert_ptr_null(policy_rule_path(policy, 1 << 20));
}
END_TEST

START_TEST(what_the_run_wrote_is_an_exact_object)
{
	static const char *const texts[3] = {
		HEAD "exec:\n- allow: $workdir\n- deny: \"written:$workdir\"\n"
	};
	CLEANUP(policy_freep)
	struct policy *policy = test_policy(texts, false, NULL);
	struct file_object object = { .path = "/home/u/work/a.out" };
	struct decision decision = { 0 };

	decide_exec(policy, &object, &decision);
	ck_assert_int_eq(decision.verdict, ABI_ALLOW);
	object.is_written = true;
	decide_exec(policy, &object, &decision);
	ck_assert_int_eq(decision.verdict, ABI_DENY);
	object.path = "/usr/a.out";
	decide_exec(policy, &object, &decision);
	ck_assert_int_eq(decision.rule, -1);
}
END_TEST

START_TEST(powers_that_are_never_allowed_stay_denied)
{
	static const char *const texts[3] = {
		HEAD "otherwise: allow\npowers:\n- kill: [bpf]\n- deny: perf\n"
	};
	CLEANUP(policy_freep)
	struct policy *policy = test_policy(texts, false, NULL);
	struct decision decision = { 0 };

	decide_power(policy, ABI_OP_MOUNT, &decision);
	ck_assert_int_eq(decision.verdict, ABI_DENY);
	decide_power(policy, ABI_OP_BPF, &decision);
	ck_assert_int_eq(decision.verdict, ABI_KILL);
	decide_power(policy, ABI_OP_PERF, &decision);
	ck_assert_int_eq(decision.verdict, ABI_DENY);
	decide_power(policy, ABI_OP_PTRACE, &decision);
	ck_assert_int_eq(decision.verdict, ABI_ALLOW);
}
END_TEST

START_TEST(a_path_that_is_not_absolute_is_denied)
{
	static const char *const texts[3] = { HEAD "otherwise: allow\n" };
	CLEANUP(policy_freep)
	struct policy *policy = test_policy(texts, false, NULL);
	const struct file_object object = { .path = "x" };
	struct decision decision = { 0 };

	decide_file(policy, OPS_READ, &object, &decision);
	ck_assert_int_eq(decision.verdict, ABI_DENY);
	decide_exec(policy, &object, &decision);
	ck_assert_int_eq(decision.verdict, ABI_DENY);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("files");
	Suite *suite = suite_create("policy_files");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, a_rule_binds_the_name_the_place_and_the_object);
	tcase_add_test(tc, a_rule_exports_where_it_binds);
	tcase_add_test(tc, what_the_run_wrote_is_an_exact_object);
	tcase_add_test(tc, powers_that_are_never_allowed_stay_denied);
	tcase_add_test(tc, a_path_that_is_not_absolute_is_denied);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
