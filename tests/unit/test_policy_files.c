/* SPDX-License-Identifier: Apache-2.0 */
#include "profiles.h"
#include "terms/op.h"

#define HEAD "agentjail: 1\n"
#define FILES HEAD "files:\n"

/* Which rule decides: one row for each promise. */
static const struct {
	const char *promise;
	const char *texts[3];
	bool siblings;
	const char *ops;
	const char *path;
	enum abi_verdict verdict;
	const char *profile; /* of the rule that decides; NULL: none does */
	int line;
} rows[] = {
	{ "what no rule covers is denied",
	  { FILES "- allow read: /usr\n" },
	  false,
	  "read",
	  "/etc/x",
	  ABI_DENY,
	  NULL,
	  0 },
	{ "otherwise decides where no rule does",
	  { HEAD "otherwise: {files: audit}\n" },
	  false,
	  "read",
	  "/etc/x",
	  ABI_AUDIT,
	  NULL,
	  0 },
	{ "a directory covers all below it",
	  { FILES "- allow read: /usr\n" },
	  false,
	  "read",
	  "/usr/lib/x/y",
	  ABI_ALLOW,
	  "a.yaml",
	  3 },
	{ "a name that only begins alike is another one",
	  { FILES "- allow read: /usr\n" },
	  false,
	  "read",
	  "/usr2/x",
	  ABI_DENY,
	  NULL,
	  0 },
	{ "a rule covers its own operations alone",
	  { FILES "- allow read: /usr\n" },
	  false,
	  "write",
	  "/usr/x",
	  ABI_DENY,
	  NULL,
	  0 },
	{ "modify is not read",
	  { FILES "- allow modify: /usr\n" },
	  false,
	  "read",
	  "/usr/x",
	  ABI_DENY,
	  NULL,
	  0 },
	{ "write covers append",
	  { FILES "- allow write: /a\n" },
	  false,
	  "append",
	  "/a/x",
	  ABI_ALLOW,
	  "a.yaml",
	  3 },
	{ "append does not cover write",
	  { FILES "- allow append: /a\n" },
	  false,
	  "write",
	  "/a/x",
	  ABI_DENY,
	  NULL,
	  0 },
	{ "the nearest directory decides",
	  { FILES
	    "- deny read: /a\n- allow read: /a/b\n- deny read: /a/b/c\n" },
	  false,
	  "read",
	  "/a/b/x",
	  ABI_ALLOW,
	  "a.yaml",
	  4 },
	{ "the exact path beats the directories above it",
	  { FILES "- deny read: /a\n- allow read: /a/b/x\n" },
	  false,
	  "read",
	  "/a/b/x",
	  ABI_ALLOW,
	  "a.yaml",
	  4 },
	{ "the exact path beats a strict pattern",
	  { FILES "- deny read: /a/**/.env\n- allow read: /a/b/.env\n" },
	  false,
	  "read",
	  "/a/b/.env",
	  ABI_ALLOW,
	  "a.yaml",
	  4 },
	{ "a strict pattern beats a nearer directory",
	  { FILES "- deny read: /a/**/.env\n- allow read: /a/b\n" },
	  false,
	  "read",
	  "/a/b/.env",
	  ABI_DENY,
	  "a.yaml",
	  3 },
	{ "a strict pattern covers what is below its match",
	  { FILES "- deny read: /a/**/.env\n- allow read: /a/b\n" },
	  false,
	  "read",
	  "/a/b/.env/x",
	  ABI_DENY,
	  "a.yaml",
	  3 },
	{ "** matches no component too",
	  { FILES "- deny read: /a/**/.env\n- allow read: /a\n" },
	  false,
	  "read",
	  "/a/.env",
	  ABI_DENY,
	  "a.yaml",
	  3 },
	{ "several components follow **",
	  { FILES "- deny read: /a/**/.git/hooks\n- allow read: /a\n" },
	  false,
	  "read",
	  "/a/x/.git/hooks/pre",
	  ABI_DENY,
	  "a.yaml",
	  3 },
	{ "the components after ** are neighbours",
	  { FILES "- deny read: /a/**/.git/hooks\n- allow read: /a\n" },
	  false,
	  "read",
	  "/a/.git/x/hooks",
	  ABI_ALLOW,
	  "a.yaml",
	  4 },
	{ "a tail may begin again within itself",
	  { FILES "- deny read: /a/**/x/x/y\n- allow read: /a\n" },
	  false,
	  "read",
	  "/a/x/x/x/y",
	  ABI_DENY,
	  "a.yaml",
	  3 },
	{ "a loose pattern ranks as its anchor",
	  { FILES "- allow read: ~/**/*.lock\n- deny read: ~/.ssh\n" },
	  false,
	  "read",
	  "/home/u/.ssh/x.lock",
	  ABI_DENY,
	  "a.yaml",
	  4 },
	{ "a loose pattern opens what no nearer rule covers",
	  { FILES "- allow read: ~/**/*.lock\n- deny read: ~/.ssh\n" },
	  false,
	  "read",
	  "/home/u/x/y.lock",
	  ABI_ALLOW,
	  "a.yaml",
	  3 },
	{ "a loose pattern does not beat a strict rule on its anchor",
	  { FILES "- allow read: ~/**/*.lock\n- deny read: $home\n" },
	  false,
	  "read",
	  "/home/u/y.lock",
	  ABI_DENY,
	  "a.yaml",
	  4 },
	{ "of two strict patterns the longer anchor decides",
	  { FILES "- kill read: /a/**/x.key\n- ask read: /a/b/*.key\n" },
	  false,
	  "read",
	  "/a/b/x.key",
	  ABI_ASK,
	  "a.yaml",
	  4 },
	{ "of two strict patterns with one anchor the stricter decides",
	  { FILES "- kill read: /a/**/x.key\n- ask read: /a/**/*.key\n" },
	  false,
	  "read",
	  "/a/b/x.key",
	  ABI_KILL,
	  "a.yaml",
	  3 },
	{ "a wildcard of the last component stays within it",
	  { FILES "- deny read: /a/*.key\n- allow read: /a\n" },
	  false,
	  "read",
	  "/a/b/x.key",
	  ABI_ALLOW,
	  "a.yaml",
	  4 },
	{ "a question mark takes one character",
	  { FILES "- deny read: /a/id?\n- allow read: /a\n" },
	  false,
	  "read",
	  "/a/idx",
	  ABI_DENY,
	  "a.yaml",
	  3 },
	{ "a loose wildcard does not take a leading dot",
	  { FILES "- allow read: /a/*\n" },
	  false,
	  "read",
	  "/a/.x",
	  ABI_DENY,
	  NULL,
	  0 },
	{ "a strict wildcard takes a leading dot",
	  { FILES "- deny read: /a/*.key\n- allow read: /a\n" },
	  false,
	  "read",
	  "/a/.x.key",
	  ABI_DENY,
	  "a.yaml",
	  3 },
	{ "/. is the directory alone",
	  { FILES "- allow read: /a/.\n" },
	  false,
	  "read",
	  "/a",
	  ABI_ALLOW,
	  "a.yaml",
	  3 },
	{ "/. is not what is in it",
	  { FILES "- allow read: /a/.\n" },
	  false,
	  "read",
	  "/a/x",
	  ABI_DENY,
	  NULL,
	  0 },
	{ "a slash at the end changes nothing",
	  { FILES "- allow read: /a/\n" },
	  false,
	  "read",
	  "/a/x",
	  ABI_ALLOW,
	  "a.yaml",
	  3 },
	{ "a rule on / covers everything",
	  { FILES "- allow read: /\n" },
	  false,
	  "read",
	  "/x/y",
	  ABI_ALLOW,
	  "a.yaml",
	  3 },
	{ "a rule on / covers / itself",
	  { FILES "- allow read: /\n" },
	  false,
	  "read",
	  "/",
	  ABI_ALLOW,
	  "a.yaml",
	  3 },
	{ "a variable with three values binds three",
	  { FILES "- allow read: $tmp\n" },
	  false,
	  "read",
	  "/dev/shm/x",
	  ABI_ALLOW,
	  "a.yaml",
	  3 },
	{ "an empty variable binds nothing",
	  { FILES "- allow read: [$gitdir, $gitdir/x]\n" },
	  false,
	  "read",
	  "/x",
	  ABI_DENY,
	  NULL,
	  0 },
	{ "braces end a variable's name",
	  { FILES "- allow read: /a/${user}x\n" },
	  false,
	  "read",
	  "/a/ux",
	  ABI_ALLOW,
	  "a.yaml",
	  3 },
	{ "two dollar signs are one",
	  { FILES "- allow read: /a/$$user\n" },
	  false,
	  "read",
	  "/a/$user",
	  ABI_ALLOW,
	  "a.yaml",
	  3 },
	{ "append by name beats write on the same object",
	  { FILES "- allow append: /log\n- deny write: /log\n" },
	  false,
	  "append",
	  "/log/x",
	  ABI_ALLOW,
	  "a.yaml",
	  3 },
	{ "and leaves write to the other rule",
	  { FILES "- allow append: /log\n- deny write: /log\n" },
	  false,
	  "write",
	  "/log/x",
	  ABI_DENY,
	  "a.yaml",
	  4 },
	{ "of several operations the strictest decides",
	  { FILES "- allow read: /a\n- ask write: /a\n" },
	  false,
	  "read write",
	  "/a/x",
	  ABI_ASK,
	  "a.yaml",
	  4 },
	{ "a profile's own rule beats an inherited one on the same object",
	  { FILES "- deny read: /a\n", FILES "- allow read: /a\n" },
	  false,
	  "read",
	  "/a/x",
	  ABI_ALLOW,
	  "b.yaml",
	  3 },
	{ "also on the same pattern",
	  { FILES "- deny read: /a/**/.env\n- allow read: /a\n",
	    FILES "- allow read: /a/**/.env\n" },
	  false,
	  "read",
	  "/a/b/.env",
	  ABI_ALLOW,
	  "a.yaml",
	  4 },
	{ "an inherited rule on a nearer object still decides",
	  { FILES "- deny read: /a/b\n", FILES "- allow read: /a\n" },
	  false,
	  "read",
	  "/a/b/x",
	  ABI_DENY,
	  "a.yaml",
	  3 },
	{ "a child may tighten",
	  { FILES "- allow read: /a\n", FILES "- deny read: /a/b\n" },
	  false,
	  "read",
	  "/a/b/x",
	  ABI_DENY,
	  "b.yaml",
	  3 },
	{ "a grandchild's rule beats both",
	  { FILES "- deny read: /a\n", FILES "- kill read: /a\n",
	    FILES "- audit read: /a\n" },
	  false,
	  "read",
	  "/a/x",
	  ABI_AUDIT,
	  "c.yaml",
	  3 },
	{ "between parents the stricter decides",
	  { FILES "- allow read: /a\n", FILES "- ask read: /a\n", HEAD },
	  true,
	  "read",
	  "/a/x",
	  ABI_ASK,
	  "b.yaml",
	  3 },
	{ "whatever their order",
	  { FILES "- ask read: /a\n", FILES "- allow read: /a\n", HEAD },
	  true,
	  "read",
	  "/a/x",
	  ABI_ASK,
	  "a.yaml",
	  3 },
	{ "the extending profile beats both parents",
	  { FILES "- kill read: /a\n", FILES "- ask read: /a\n",
	    FILES "- allow read: /a\n" },
	  true,
	  "read",
	  "/a/x",
	  ABI_ALLOW,
	  "c.yaml",
	  3 },
	{ "a lock is not loosened on its object",
	  { FILES "- deny read: /a\n  lock: true\n",
	    FILES "- allow read: /a\n" },
	  false,
	  "read",
	  "/a/x",
	  ABI_DENY,
	  "a.yaml",
	  3 },
	{ "a lock is not loosened below its object",
	  { FILES "- deny read: /a\n  lock: true\n",
	    FILES "- allow read: /a/b/c\n" },
	  false,
	  "read",
	  "/a/b/c",
	  ABI_DENY,
	  "a.yaml",
	  3 },
	{ "a locked pattern is not loosened by an exact path",
	  { FILES "- deny read: /a/**/.env\n  lock: true\n",
	    FILES "- allow read: /a/b/.env\n" },
	  false,
	  "read",
	  "/a/b/.env",
	  ABI_DENY,
	  "a.yaml",
	  3 },
	{ "a lock leaves its own profile's exceptions",
	  { FILES "- deny read: /a\n  lock: true\n- allow read: /a/b\n", HEAD },
	  false,
	  "read",
	  "/a/b/x",
	  ABI_ALLOW,
	  "a.yaml",
	  5 },
	{ "and what extends may use them",
	  { FILES "- deny read: /a\n  lock: true\n- allow read: /a/b\n",
	    FILES "- allow read: /a/b/c\n" },
	  false,
	  "read",
	  "/a/b/c",
	  ABI_ALLOW,
	  "b.yaml",
	  3 },
	{ "what extends may tighten below a lock",
	  { FILES "- deny read: /a\n  lock: true\n",
	    FILES "- kill read: /a/b\n" },
	  false,
	  "read",
	  "/a/b",
	  ABI_KILL,
	  "b.yaml",
	  3 },
	{ "a loose lock may be tightened",
	  { FILES "- allow read: /a\n  lock: true\n",
	    FILES "- deny read: /a\n" },
	  false,
	  "read",
	  "/a/x",
	  ABI_DENY,
	  "b.yaml",
	  3 },
	{ "a lock binds its operations alone",
	  { FILES "- deny write: /a\n  lock: true\n",
	    FILES "- allow read: /a\n" },
	  false,
	  "read",
	  "/a/x",
	  ABI_ALLOW,
	  "b.yaml",
	  3 },
	{ "agentjail's configuration is locked",
	  { FILES "- allow read modify: /\n" },
	  false,
	  "create",
	  "/home/u/.config/agentjail/profiles/x",
	  ABI_DENY,
	  "agentjail",
	  0 },
	{ "whatever `otherwise` says",
	  { HEAD "otherwise: allow\n" },
	  false,
	  "delete",
	  "/etc/agentjail/profiles/x",
	  ABI_DENY,
	  "agentjail",
	  0 },
	{ "but may be read",
	  { FILES "- allow read modify: /\n" },
	  false,
	  "read",
	  "/etc/agentjail/x",
	  ABI_ALLOW,
	  "a.yaml",
	  3 },
	{ "a path that is not absolute is denied",
	  { HEAD "otherwise: allow\n" },
	  false,
	  "read",
	  "x",
	  ABI_DENY,
	  NULL,
	  0 },
};

static uint32_t mask_of(const char *words)
{
	char copy[64], *rest = NULL;
	uint32_t mask = 0;

	strcpy(copy, words);
	for (char *w = strtok_r(copy, " ", &rest); w;
	     w = strtok_r(NULL, " ", &rest)) {
		enum abi_op op = ABI_OPS;

		ck_assert(op_parse(w, &op));
		mask |= OP_BIT(op);
	}
	return mask;
}

START_TEST(each_promise_about_files_is_kept)
{
	CLEANUP(policy_freep)
	struct policy *policy =
		test_policy(rows[_i].texts, rows[_i].siblings, NULL);
	const struct file_object object = { .path = rows[_i].path };
	struct decision decision = { 0 };
	const struct policy_rule *rule;

	decide_file(policy, mask_of(rows[_i].ops), &object, &decision);
	rule = policy_rule(policy, decision.rule);
	ck_assert_msg(decision.verdict == rows[_i].verdict &&
			      !rule == !rows[_i].profile &&
			      (!rule ||
			       (strcmp(rule->profile, rows[_i].profile) == 0 &&
				rule->line == rows[_i].line)),
		      "%s: %s by %s:%d", rows[_i].promise,
		      verdict_name(decision.verdict),
		      rule ? rule->profile : "nobody", rule ? rule->line : 0);
	for (int i = 0; i < decision.candidate_count; i++)
		ck_assert_int_ne(decision.candidates[i], decision.rule);
}
END_TEST

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

int main(void)
{
	TCase *tc = tcase_create("files");
	Suite *suite = suite_create("policy_files");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, each_promise_about_files_is_kept, 0,
			    ARRAY_SIZE(rows));
	tcase_add_test(tc, a_rule_binds_the_name_the_place_and_the_object);
	tcase_add_test(tc, a_rule_exports_where_it_binds);
	tcase_add_test(tc, what_the_run_wrote_is_an_exact_object);
	tcase_add_test(tc, powers_that_are_never_allowed_stay_denied);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
