/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/plan.h"

#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/own.h"
#include "policy/needs.h"
#include "policy/policy.h"

#define HAS(cap) (1u << (cap))

/* One way to meet a need; the rows of a need stand best first. */
static const struct {
	enum need need;
	uint32_t has; /* capabilities, all of them */
	enum plan_state state;
	enum abi_by by;
	const char *why; /* NULL where it is enforced */
} ways[] = {
	{ NEED_READ, HAS(CAP_FILE_KERNEL), PLAN_ENFORCED, ABI_BY_LSM, NULL },
	{ NEED_READ, HAS(CAP_FILE_OPEN), PLAN_ENFORCED, ABI_BY_NOTIFY, NULL },
	{ NEED_READ_TREE, HAS(CAP_FILE_KERNEL), PLAN_ENFORCED, ABI_BY_LSM,
	  NULL },
	{ NEED_READ_TREE, HAS(CAP_FILE_OPEN), PLAN_ENFORCED, ABI_BY_NOTIFY,
	  NULL },
	{ NEED_READ_TREE, HAS(CAP_FILE_FLOOR), PLAN_ENFORCED, ABI_BY_LANDLOCK,
	  NULL },
	{ NEED_WRITE, HAS(CAP_FILE_KERNEL), PLAN_ENFORCED, ABI_BY_LSM, NULL },
	{ NEED_WRITE, HAS(CAP_FILE_OPEN), PLAN_ENFORCED, ABI_BY_NOTIFY, NULL },
	{ NEED_WRITE_TREE, HAS(CAP_FILE_KERNEL), PLAN_ENFORCED, ABI_BY_LSM,
	  NULL },
	{ NEED_WRITE_TREE, HAS(CAP_FILE_OPEN), PLAN_ENFORCED, ABI_BY_NOTIFY,
	  NULL },
	{ NEED_WRITE_TREE, HAS(CAP_FILE_FLOOR), PLAN_ENFORCED, ABI_BY_LANDLOCK,
	  NULL },
	{ NEED_NAMES, HAS(CAP_FILE_KERNEL), PLAN_ENFORCED, ABI_BY_LSM, NULL },
	{ NEED_NAMES, HAS(CAP_FILE_OPEN) | HAS(CAP_FILE_NAMES), PLAN_ENFORCED,
	  ABI_BY_NOTIFY, NULL },
	{ NEED_NAMES_TREE, HAS(CAP_FILE_KERNEL), PLAN_ENFORCED, ABI_BY_LSM,
	  NULL },
	{ NEED_NAMES_TREE, HAS(CAP_FILE_OPEN) | HAS(CAP_FILE_NAMES),
	  PLAN_ENFORCED, ABI_BY_NOTIFY, NULL },
	{ NEED_NAMES_TREE, HAS(CAP_FILE_FLOOR), PLAN_ENFORCED, ABI_BY_LANDLOCK,
	  NULL },
	{ NEED_META, HAS(CAP_FILE_KERNEL), PLAN_ENFORCED, ABI_BY_LSM, NULL },
	{ NEED_META, HAS(CAP_FILE_META), PLAN_ENFORCED, ABI_BY_NOTIFY, NULL },
	{ NEED_APPEND, HAS(CAP_FILE_APPEND), PLAN_ENFORCED, ABI_BY_NOTIFY,
	  NULL },
	{ NEED_WRITTEN, HAS(CAP_WRITTEN), PLAN_ENFORCED, ABI_BY_NONE, NULL },
	{ NEED_EXEC_TREE, HAS(CAP_EXEC_KERNEL), PLAN_ENFORCED, ABI_BY_LSM,
	  NULL },
	{ NEED_EXEC_TREE, HAS(CAP_EXEC_FLOOR), PLAN_ENFORCED, ABI_BY_LANDLOCK,
	  NULL },
	{ NEED_EXEC, HAS(CAP_EXEC_KERNEL), PLAN_ENFORCED, ABI_BY_LSM, NULL },
	{ NEED_EXEC, HAS(CAP_EXEC_EXACT), PLAN_ENFORCED, ABI_BY_FANOTIFY,
	  NULL },
	{ NEED_EXEC, HAS(CAP_EXEC_JUDGED), PLAN_RACEABLE, ABI_BY_NOTIFY,
	  "another thread may change the path between the judgement and the "
	  "execution; what was executed is compared, and a difference kills" },
	{ NEED_EXEC_HELD, HAS(CAP_EXEC_KERNEL) | HAS(CAP_HOLD), PLAN_ENFORCED,
	  ABI_BY_LSM, NULL },
	{ NEED_EXEC_HELD, HAS(CAP_EXEC_EXACT) | HAS(CAP_HOLD), PLAN_ENFORCED,
	  ABI_BY_FANOTIFY, NULL },
	{ NEED_ADDRESS, HAS(CAP_NET_KERNEL), PLAN_ENFORCED, ABI_BY_LSM, NULL },
	{ NEED_ADDRESS, HAS(CAP_NET_CGROUP), PLAN_ENFORCED, ABI_BY_CGROUP,
	  NULL },
	{ NEED_ADDRESS, HAS(CAP_NET_NOTIFY), PLAN_ENFORCED, ABI_BY_NOTIFY,
	  NULL },
	{ NEED_UNIX, HAS(CAP_NET_KERNEL), PLAN_ENFORCED, ABI_BY_LSM, NULL },
	{ NEED_UNIX, HAS(CAP_NET_NOTIFY), PLAN_ENFORCED, ABI_BY_NOTIFY, NULL },
	{ NEED_HOST_NAME, HAS(CAP_NET_NAMES), PLAN_ENFORCED, ABI_BY_NOTIFY,
	  NULL },
	{ NEED_POWER, HAS(CAP_POWERS), PLAN_ENFORCED, ABI_BY_SECCOMP, NULL },
	{ NEED_POWER_CHOICE, HAS(CAP_POWERS) | HAS(CAP_POWERS_CHOICE),
	  PLAN_ENFORCED, ABI_BY_SECCOMP, NULL },
	{ NEED_POWER_WIDE, HAS(CAP_POWERS_WIDE), PLAN_ENFORCED, ABI_BY_LSM,
	  NULL },
	{ NEED_HOLD, HAS(CAP_HOLD), PLAN_ENFORCED, ABI_BY_NONE, NULL },
	{ NEED_FREEZE, HAS(CAP_HOLD) | HAS(CAP_FREEZE), PLAN_ENFORCED,
	  ABI_BY_NONE, NULL },
	{ NEED_KILL, HAS(CAP_KILL), PLAN_ENFORCED, ABI_BY_NONE, NULL },
	{ NEED_LIMITS, HAS(CAP_LIMITS), PLAN_ENFORCED, ABI_BY_CGROUP, NULL },
	{ NEED_TIME, HAS(CAP_TIME), PLAN_ENFORCED, ABI_BY_NONE, NULL },
	{ NEED_TMP, HAS(CAP_TMP), PLAN_ENFORCED, ABI_BY_MOUNT, NULL },
	{ NEED_HIDE, HAS(CAP_HIDE), PLAN_ENFORCED, ABI_BY_MOUNT, NULL },
	{ NEED_TRACE_SIZE, HAS(CAP_TRACE_SIZE), PLAN_ENFORCED, ABI_BY_NONE,
	  NULL },
	{ NEED_DEATH_FREEZE, HAS(CAP_DEATH_FREEZE), PLAN_ENFORCED, ABI_BY_NONE,
	  NULL },
};

/* What a person is told where no way is there. */
static const char *const missing[] = {
	[NEED_READ] = "nothing judges reads inside an allowed tree",
	[NEED_READ_TREE] = "nothing judges reads",
	[NEED_WRITE] = "nothing judges writes inside an allowed tree",
	[NEED_WRITE_TREE] = "nothing judges writes",
	[NEED_NAMES] = "nothing judges every way to make or remove a name "
		       "inside an allowed tree",
	[NEED_NAMES_TREE] = "nothing judges new and removed names",
	[NEED_META] = "nothing judges changes of mode, owner, times and the "
		      "like",
	[NEED_APPEND] = "nothing keeps a file that was opened to append so",
	[NEED_WRITTEN] = "what the run wrote is not kept",
	[NEED_EXEC_TREE] = "nothing judges what is executed",
	[NEED_EXEC] = "nothing judges what is executed inside an executable "
		      "tree or by a pattern",
	[NEED_EXEC_HELD] = "nothing can hold an execution",
	[NEED_ADDRESS] = "nothing judges addresses",
	[NEED_UNIX] = "nothing judges unix sockets",
	[NEED_HOST_NAME] = "names of hosts are not enforced; give addresses or "
			   "a class of them",
	[NEED_POWER] = "no filter of system calls",
	[NEED_POWER_CHOICE] = "the filter of system calls denies every power, "
			      "whatever a rule says",
	[NEED_POWER_HELD] = "a filter of system calls can allow, deny and "
			    "kill, not audit, ask or pause",
	[NEED_POWER_WIDE] = "what is done through it would go round the other "
			    "rules",
	[NEED_HOLD] = "nothing can hold an operation",
	[NEED_FREEZE] = "nothing can freeze the whole jail",
	[NEED_KILL] = "nothing can kill the whole jail at once",
	[NEED_LIMITS] = "no control group",
	[NEED_TIME] = "nothing watches how long the run takes",
	[NEED_TMP] = "no private /tmp",
	[NEED_HIDE] = "nothing can be hidden",
	[NEED_TRACE_SIZE] = "nothing stops a trace at a size of one's own",
	[NEED_DEATH_FREEZE] = "the jail ends with its supervisor",
};

static_assert(ARRAY_SIZE(missing) == NEEDS, "a reason for each need");

static const char *const state_names[] = {
	[PLAN_ENFORCED] = "enforced",
	[PLAN_RACEABLE] = "raceable",
	[PLAN_OBSERVED] = "observed only",
	[PLAN_NOT_ENFORCEABLE] = "not enforceable here",
};

static_assert(ARRAY_SIZE(state_names) == PLAN_STATES, "each has a name");

static const char *const by_names[] = {
	[ABI_BY_NONE] = "none",
	[ABI_BY_LSM] = "lsm",
	[ABI_BY_NOTIFY] = "notify",
	[ABI_BY_FANOTIFY] = "fanotify",
	[ABI_BY_LANDLOCK] = "landlock",
	[ABI_BY_MOUNT] = "mount",
	[ABI_BY_CGROUP] = "cgroup",
	[ABI_BY_SECCOMP] = "seccomp",
	[ABI_BY_TRACEPOINT] = "tracepoint",
};

static_assert(ARRAY_SIZE(by_names) == ABI_BYS, "each has a name");

static const char *const setting_names[] = {
	[PLAN_LIMITS] = "limits",
	[PLAN_TMP] = "tmp",
	[PLAN_HIDE] = "hide",
	[PLAN_TRACE] = "trace",
	[PLAN_DEATH] = "on_supervisor_death",
};

static_assert(ARRAY_SIZE(setting_names) == PLAN_SETTINGS, "each has a name");

const char *plan_state_name(enum plan_state state)
{
	return state_names[state];
}

const char *plan_by_name(enum abi_by by)
{
	return by_names[by];
}

const char *plan_setting_name(enum plan_setting setting)
{
	return setting_names[setting];
}

/* Adds to ITEM the best way to meet NEED with what is there. */
static void meet(struct plan_item *item, enum need need,
		 const struct capabilities *capabilities)
{
	enum plan_state state = PLAN_NOT_ENFORCEABLE;
	const char *why = missing[need];

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		if (ways[i].need != need ||
		    (ways[i].has & capabilities->bits) != ways[i].has)
			continue;
		state = ways[i].state;
		why = ways[i].why;
		if (ways[i].by != ABI_BY_NONE)
			item->by |= 1u << ways[i].by;
		break;
	}
	if (state > item->state) {
		item->state = state;
		item->why = why;
	}
}

static struct plan_item item_of(needs_mask needs,
				const struct capabilities *capabilities)
{
	struct plan_item item = { .state = PLAN_ENFORCED };

	for (unsigned need = 0; need < NEEDS; need++)
		if (needs >> need & 1)
			meet(&item, need, capabilities);
	return item;
}

void plan_free(struct plan *plan)
{
	if (plan)
		free(plan->rules);
	free(plan);
}

int plan_make(const struct policy *policy,
	      const struct capabilities *capabilities, struct plan **out_plan,
	      struct error *err)
{
	CLEANUP(plan_freep) struct plan *plan = calloc(1, sizeof(*plan));
	const size_t count = policy_rule_count(policy);

	if (plan)
		plan->rules = calloc(count + 1, sizeof(*plan->rules));
	if (!plan || !plan->rules)
		return error_set(err, -ENOMEM, "plan");
	plan->rule_count = count;
	for (size_t i = 0; i < count; i++) {
		plan->rules[i] =
			item_of(needs_of_rule(policy, (int)i), capabilities);
		if (policy_rule(policy, (int)i)->binds_nothing)
			plan->rules[i].why =
				"binds nothing: a variable in it is empty";
	}
	for (int cls = 0; cls < PROFILE_CLASSES; cls++)
		plan->otherwise[cls] =
			item_of(needs_of_otherwise(policy, cls), capabilities);
	for (int i = 0; i < PLAN_SETTINGS; i++)
		plan->settings[i] =
			item_of(needs_of_setting(policy, i), capabilities);
	*out_plan = TAKE_PTR(plan);
	return 0;
}

enum plan_state plan_worst(const struct plan *plan)
{
	enum plan_state worst = PLAN_ENFORCED;

	for (size_t i = 0; i < plan->rule_count; i++)
		worst = plan->rules[i].state > worst ? plan->rules[i].state
						     : worst;
	for (int i = 0; i < PROFILE_CLASSES; i++)
		worst = plan->otherwise[i].state > worst
				? plan->otherwise[i].state
				: worst;
	for (int i = 0; i < PLAN_SETTINGS; i++)
		worst = plan->settings[i].state > worst
				? plan->settings[i].state
				: worst;
	return worst;
}
