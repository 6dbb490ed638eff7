/* SPDX-License-Identifier: Apache-2.0 */
/* What the plan says of a rule, by what is there to enforce it. */
#include "policy/plan.h"
#include "promises.h"

#define HAS(cap) (1u << (cap))

/* The notify engine with all of its parts, and what it needs on any host. */
#define NOTIFY                                                                 \
	(HAS(CAP_FILE_OPEN) | HAS(CAP_FILE_NAMES) | HAS(CAP_FILE_META) |       \
	 HAS(CAP_FILE_FLOOR) | HAS(CAP_EXEC_FLOOR) | HAS(CAP_EXEC_JUDGED) |    \
	 HAS(CAP_NET_NOTIFY) | HAS(CAP_POWERS) | HAS(CAP_POWERS_CHOICE) |      \
	 HAS(CAP_KILL) | HAS(CAP_TMP))

#define KERNEL                                                                 \
	(NOTIFY | HAS(CAP_FILE_KERNEL) | HAS(CAP_EXEC_KERNEL) |                \
	 HAS(CAP_NET_KERNEL) | HAS(CAP_HOLD) | HAS(CAP_FREEZE))

static const struct {
	const char *promise;
	const char *text;
	uint32_t has;
	/* Of the text's first rule: its state, by what, and in words why. */
	const char *answer;
} rows[] = {
	{ "an allowed tree needs the floor alone", FILES "- allow read: /a\n",
	  HAS(CAP_FILE_FLOOR), "enforced by landlock" },
	{ "and the broker where there is one", FILES "- allow read: /a\n",
	  NOTIFY, "enforced by notify" },
	{ "nothing at all enforces nothing", FILES "- allow read: /a\n", 0,
	  "not enforceable here: nothing judges reads" },
	{ "the floor cannot deny inside an allowed tree",
	  FILES "- deny read: /a/b\n- allow read: /a\n", HAS(CAP_FILE_FLOOR),
	  "not enforceable here: nothing judges reads inside an allowed "
	  "tree" },
	{ "the broker can", FILES "- deny read: /a/b\n- allow read: /a\n",
	  NOTIFY, "enforced by notify" },
	{ "the kernel's hooks can",
	  FILES "- deny read: /a/b\n- allow read: /a\n", KERNEL,
	  "enforced by lsm" },
	{ "a denial outside all allowed trees is the floor's",
	  FILES "- deny read: /b\n- allow read: /a\n", HAS(CAP_FILE_FLOOR),
	  "enforced by landlock" },
	{ "a pattern inside an allowed tree is not",
	  FILES "- deny read: /**/.env\n- allow read: /a\n",
	  HAS(CAP_FILE_FLOOR),
	  "not enforceable here: nothing judges reads inside an allowed "
	  "tree" },
	{ "opens alone make no names",
	  FILES "- deny create: /a/b\n- allow create: /a\n", HAS(CAP_FILE_OPEN),
	  "not enforceable here: nothing judges every way to make or remove "
	  "a name inside an allowed tree" },
	{ "names need opens too",
	  FILES "- deny create: /a/b\n- allow create: /a\n",
	  HAS(CAP_FILE_NAMES),
	  "not enforceable here: nothing judges every way to make or remove "
	  "a name inside an allowed tree" },
	{ "with both they are judged",
	  FILES "- deny create: /a/b\n- allow create: /a\n", NOTIFY,
	  "enforced by notify" },
	{ "the floor knows nothing of meta", FILES "- allow meta: /a\n",
	  HAS(CAP_FILE_FLOOR),
	  "not enforceable here: nothing judges changes of mode, owner, "
	  "times and the like" },
	{ "the broker does", FILES "- allow meta: /a\n", NOTIFY,
	  "enforced by notify" },
	{ "append needs somebody who keeps it so", FILES "- allow append: /a\n",
	  NOTIFY,
	  "not enforceable here: nothing keeps a file that was opened to "
	  "append so" },
	{ "and who does", FILES "- allow append: /a\n",
	  NOTIFY | HAS(CAP_FILE_APPEND), "enforced by notify" },
	{ "written needs somebody who remembers",
	  HEAD "exec:\n- deny: \"written:/a\"\n", KERNEL,
	  "not enforceable here: what the run wrote is not kept" },
	{ "executable trees are the floor's", HEAD "exec:\n- allow: /a\n",
	  NOTIFY, "enforced by landlock" },
	{ "a strict exec rule inside one is raceable",
	  HEAD "exec:\n- deny: /a/b\n- allow: /a\n", NOTIFY,
	  "raceable by notify: another thread may change the path between "
	  "the judgement and the execution; what was executed is compared, "
	  "and a difference kills" },
	{ "unless fanotify asks", HEAD "exec:\n- deny: /a/b\n- allow: /a\n",
	  NOTIFY | HAS(CAP_EXEC_EXACT), "enforced by fanotify" },
	{ "or the kernel decides", HEAD "exec:\n- deny: /a/b\n- allow: /a\n",
	  KERNEL, "enforced by lsm" },
	{ "outside one it is the floor's",
	  HEAD "exec:\n- deny: /b\n- allow: /a\n", NOTIFY,
	  "enforced by landlock" },
	{ "an execution is held by what is exact alone",
	  HEAD "exec:\n- ask: /a\n", NOTIFY | HAS(CAP_HOLD),
	  "not enforceable here: nothing can hold an execution" },
	{ "an address needs a judge", HEAD "network:\n- allow connect: any:1\n",
	  NOTIFY & ~HAS(CAP_NET_NOTIFY),
	  "not enforceable here: nothing judges addresses" },
	{ "the broker is one", HEAD "network:\n- allow connect: any:1\n",
	  NOTIFY, "enforced by notify" },
	{ "cgroup hooks judge addresses",
	  HEAD "network:\n- allow connect: any:1\n", HAS(CAP_NET_CGROUP),
	  "enforced by cgroup" },
	{ "and no unix sockets", HEAD "network:\n- allow connect: unix:/a\n",
	  HAS(CAP_NET_CGROUP),
	  "not enforceable here: nothing judges unix sockets" },
	{ "a name of a host needs its answers",
	  HEAD "network:\n- allow connect: example.org:1\n", NOTIFY,
	  "not enforceable here: names of hosts are not enforced; give "
	  "addresses or a class of them" },
	{ "a power is denied by the filter", HEAD "powers:\n- deny: perf\n",
	  HAS(CAP_POWERS), "enforced by seccomp" },
	{ "allowed where it can choose", HEAD "powers:\n- allow: perf\n",
	  HAS(CAP_POWERS),
	  "not enforceable here: the filter of system calls denies every "
	  "power, whatever a rule says" },
	{ "and then it is", HEAD "powers:\n- allow: perf\n", NOTIFY,
	  "enforced by seccomp" },
	{ "what would go round the rules is not",
	  HEAD "powers:\n- allow: io_uring\n", NOTIFY,
	  "not enforceable here: what is done through it would go round the "
	  "other rules" },
	{ "a power cannot be asked for", HEAD "powers:\n- ask: perf\n",
	  NOTIFY | HAS(CAP_HOLD),
	  "not enforceable here: a filter of system calls can allow, deny "
	  "and kill, not audit, ask or pause" },
	{ "ask needs somebody to ask", FILES "- ask read: /a\n", NOTIFY,
	  "not enforceable here: nothing can hold an operation" },
	{ "pause needs a freezer too", FILES "- pause read: /a\n",
	  NOTIFY | HAS(CAP_HOLD),
	  "not enforceable here: nothing can freeze the whole jail" },
	{ "kill needs a killer", FILES "- kill read: /a\n",
	  NOTIFY & ~HAS(CAP_KILL),
	  "not enforceable here: nothing can kill the whole jail at once" },
	{ "what opens what is open anyway needs nothing",
	  FILES "- allow read: /a\notherwise: allow\n", 0, "enforced" },
	{ "what binds nothing needs nothing", FILES "- deny read: $gitdir\n", 0,
	  "enforced: binds nothing: a variable in it is empty" },
};

static void item_text(const struct plan_item *item, char *buf, size_t size)
{
	size_t len =
		(size_t)snprintf(buf, size, "%s", plan_state_name(item->state));

	for (unsigned i = 0; i < ABI_BYS; i++)
		if (item->state < PLAN_OBSERVED && (item->by >> i & 1))
			len += (size_t)snprintf(buf + len, size - len, " by %s",
						plan_by_name(i));
	if (item->why)
		snprintf(buf + len, size - len, ": %s", item->why);
}

static struct plan *plan_of(const struct policy *policy, uint32_t has)
{
	const struct capabilities capabilities = { has };
	struct plan *plan = NULL;
	struct error err = { 0 };

	ck_assert_int_eq(plan_make(policy, &capabilities, &plan, &err), 0);
	return plan;
}

START_TEST(the_plan_says_what_enforces_a_rule)
{
	const char *const texts[3] = { rows[_i].text };
	CLEANUP(policy_freep)
	struct policy *policy = test_policy(texts, false, NULL);
	CLEANUP(plan_freep)
	struct plan *plan = plan_of(policy, rows[_i].has);
	char text[256];

	item_text(&plan->rules[0], text, sizeof(text));
	ck_assert_msg(strcmp(text, rows[_i].answer) == 0,
		      "%s: \"%s\", expected \"%s\"", rows[_i].promise, text,
		      rows[_i].answer);
}
END_TEST

static const struct {
	const char *text;
	enum plan_setting setting;
	uint32_t enough;
} settings[] = {
	{ "limits: {memory: 1G}\n", PLAN_LIMITS, HAS(CAP_LIMITS) },
	{ "limits: {pids: 5}\n", PLAN_LIMITS, HAS(CAP_LIMITS) },
	{ "limits: {cpu: 50%}\n", PLAN_LIMITS, HAS(CAP_LIMITS) },
	{ "limits: {time: 1h, time_verdict: kill}\n", PLAN_LIMITS,
	  HAS(CAP_TIME) | HAS(CAP_KILL) },
	{ "limits: {time: 1h}\n", PLAN_LIMITS,
	  HAS(CAP_TIME) | HAS(CAP_HOLD) | HAS(CAP_FREEZE) },
	{ "limits: {time_verdict: kill}\n", PLAN_LIMITS, 0 },
	{ "tmp: private\n", PLAN_TMP, HAS(CAP_TMP) },
	{ "", PLAN_TMP, HAS(CAP_TMP) },
	{ "tmp: host\n", PLAN_TMP, 0 },
	{ "hide: /mnt\n", PLAN_HIDE, HAS(CAP_HIDE) },
	{ "hide: $gitdir\n", PLAN_HIDE, 0 },
	{ "trace: {size: 1G}\n", PLAN_TRACE, HAS(CAP_TRACE_SIZE) },
	{ "trace: {size: 2G}\n", PLAN_TRACE, 0 },
	{ "on_supervisor_death: freeze\n", PLAN_DEATH, HAS(CAP_DEATH_FREEZE) },
	{ "on_supervisor_death: kill\n", PLAN_DEATH, 0 },
};

/* Each bit is needed: without one of them it is not enforceable. */
START_TEST(the_plan_says_what_enforces_a_setting)
{
	char text[256];
	const char *const texts[3] = { text };
	const uint32_t enough = settings[_i].enough;

	snprintf(text, sizeof(text), "%s%s", HEAD, settings[_i].text);
	for (unsigned cap = 0; cap <= CAPABILITIES; cap++) {
		CLEANUP(policy_freep)
		struct policy *policy = test_policy(texts, false, NULL);
		const uint32_t without = cap < CAPABILITIES ? HAS(cap) : 0;
		CLEANUP(plan_freep)
		struct plan *plan = plan_of(policy, enough & ~without);

		ck_assert_int_eq(plan->settings[settings[_i].setting].state,
				 enough & without ? PLAN_NOT_ENFORCEABLE
						  : PLAN_ENFORCED);
	}
}
END_TEST

static const char *const shipped[] = { "base", "coder", "readonly", "offline",
				       "open" };

static struct policy *shipped_policy(const char *name)
{
	static const char *const dirs[] = { "profiles" };
	const struct profile_search search = { ARRAY_SIZE(dirs), dirs };
	CLEANUP(variables_freep) struct variables *variables = test_variables();
	CLEANUP(profile_set_freep) struct profile_set *set = NULL;
	struct policy *policy = NULL;
	struct error err = { 0 };

	if (profile_load(name, &search, variables, &set, &err) < 0 ||
	    policy_compile(set, NULL, &policy, &err) < 0)
		ck_abort_msg("%s", err.text);
	return policy;
}

/* They need no group, no person and no root, and name nothing that races. */
START_TEST(every_shipped_rule_is_enforced_without_root)
{
	CLEANUP(policy_freep)
	struct policy *policy = shipped_policy(shipped[_i]);
	CLEANUP(plan_freep) struct plan *plan = plan_of(policy, NOTIFY);
	char text[256];

	for (size_t i = 0; i < plan->rule_count; i++) {
		item_text(&plan->rules[i], text, sizeof(text));
		ck_assert_msg(plan->rules[i].state == PLAN_ENFORCED,
			      "%s: %s: %s", shipped[_i],
			      policy_rule(policy, (int)i)->object, text);
	}
	ck_assert_int_eq(plan_worst(plan), PLAN_ENFORCED);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("plan");
	Suite *suite = suite_create("policy_plan");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, the_plan_says_what_enforces_a_rule, 0,
			    ARRAY_SIZE(rows));
	tcase_add_loop_test(tc, the_plan_says_what_enforces_a_setting, 0,
			    ARRAY_SIZE(settings));
	tcase_add_loop_test(tc, every_shipped_rule_is_enforced_without_root, 0,
			    ARRAY_SIZE(shipped));
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
