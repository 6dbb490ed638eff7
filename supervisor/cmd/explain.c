/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/explain.h"

#include <json-c/json.h>
#include <string.h>

#include "base/own.h"
#include "cmd/profile_args.h"
#include "terms/op.h"
#include "terms/verdict.h"

struct capabilities explain_capabilities(void)
{
	/* What the notify engine does today, on every kernel it starts on. */
	return (struct capabilities){
		1u << CAP_FILE_OPEN | 1u << CAP_FILE_FLOOR |
		1u << CAP_EXEC_FLOOR | 1u << CAP_FILE_NAMES |
		1u << CAP_FILE_META | 1u << CAP_EXEC_JUDGED | 1u << CAP_TMP |
		1u << CAP_HIDE | 1u << CAP_POWERS | 1u << CAP_KILL
	};
}

/* The words that stand for a mask, the widest first. */
static const char *const words[] = { "modify", "read",	 "write", "append",
				     "create", "delete", "meta" };

static void append(char *buf, size_t size, const char *word)
{
	const size_t len = strlen(buf);

	snprintf(buf + len, size - len, " %s", word);
}

const char *explain_words(const struct policy_rule *rule, char *buf,
			  size_t size)
{
	uint32_t left = rule->ops;

	snprintf(buf, size, "%s", verdict_name(rule->verdict));
	if (rule->cls == PROFILE_FILES && (left & OPS_READ)) {
		append(buf, size, "read");
		left &= ~OPS_READ;
	}
	for (size_t i = 0; rule->cls == PROFILE_FILES && i < ARRAY_SIZE(words);
	     i++) {
		const uint32_t mask = op_file_mask(words[i]);

		if ((left & mask) != mask)
			continue;
		append(buf, size, words[i]);
		left &= ~mask;
	}
	if (rule->names_append && (rule->ops & OPS_WRITE) == OPS_WRITE)
		append(buf, size, "append");
	if (left & OP_BIT(ABI_OP_CONNECT))
		append(buf, size, "connect");
	if (left & OP_BIT(ABI_OP_LISTEN))
		append(buf, size, "listen");
	return buf;
}

void explain_place(const struct policy_rule *rule)
{
	print_text(rule->profile);
	if (rule->line)
		printf(":%d", rule->line);
}

/* "notify, landlock", into BUF. Returns BUF. */
static const char *by_words(uint32_t by, char *buf, size_t size)
{
	buf[0] = '\0';
	for (unsigned i = 0; i < ABI_BYS; i++) {
		const size_t len = strlen(buf);

		if (by >> i & 1)
			snprintf(buf + len, size - len, "%s%s", len ? ", " : "",
				 plan_by_name(i));
	}
	return buf;
}

void explain_item(const struct plan_item *item)
{
	char by[128];

	fputs(plan_state_name(item->state), stdout);
	if (item->state < PLAN_OBSERVED && item->by)
		printf(" by %s", by_words(item->by, by, sizeof(by)));
	if (item->why)
		printf(": %s", item->why);
}

static void item_json(struct json_object *object, const struct plan_item *item)
{
	struct json_object *by = json_object_new_array();

	for (unsigned i = 0; i < ABI_BYS; i++)
		if (item->by >> i & 1)
			json_object_array_add(
				by, json_object_new_string(plan_by_name(i)));
	json_add_text(object, "state", plan_state_name(item->state));
	json_object_object_add(object, "by", by);
	json_add_text(object, "why", item->why);
}

static struct json_object *object_new(const char *kind)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "v", json_object_new_int(1));
	json_add_text(object, "kind", kind);
	return object;
}

struct json_object *explain_rule_json(const struct policy_rule *rule,
				      const struct plan_item *item)
{
	struct json_object *object = object_new("rule");
	char buf[128];

	json_add_text(object, "class", profile_class_name(rule->cls));
	json_add_text(object, "rule", explain_words(rule, buf, sizeof(buf)));
	json_add_text(object, "verdict", verdict_name(rule->verdict));
	json_add_text(object, "object", rule->object);
	json_add_text(object, "profile", rule->profile);
	json_object_object_add(object, "line", json_object_new_int(rule->line));
	json_add_text(object, "reason", rule->reason);
	json_object_object_add(object, "lock",
			       json_object_new_boolean(rule->lock));
	if (item)
		item_json(object, item);
	return object;
}

static void rule_print(const struct policy_rule *rule,
		       const struct plan_item *item)
{
	char buf[128];

	printf("  %s ", explain_words(rule, buf, sizeof(buf)));
	print_text(rule->object);
	if (rule->lock)
		fputs(" (locked)", stdout);
	fputs("\n      ", stdout);
	explain_place(rule);
	if (rule->reason) {
		fputs(", ", stdout);
		print_text(rule->reason);
	}
	fputs("\n      ", stdout);
	explain_item(item);
	putchar('\n');
}

static void class_print(const struct policy *policy, const struct plan *plan,
			enum profile_class cls)
{
	printf("%s\n", profile_class_name(cls));
	for (int i = 0; i < (int)policy_rule_count(policy); i++)
		if (policy_rule(policy, i)->cls == cls)
			rule_print(policy_rule(policy, i), &plan->rules[i]);
	printf("  otherwise %s\n      ",
	       verdict_name(policy_otherwise(policy, cls)));
	explain_item(&plan->otherwise[cls]);
	putchar('\n');
}

static void plan_json(const struct policy *policy, const struct plan *plan)
{
	for (int i = 0; i < (int)policy_rule_count(policy); i++)
		json_print(explain_rule_json(policy_rule(policy, i),
					     &plan->rules[i]));
	for (int i = 0; i < PROFILE_CLASSES; i++) {
		struct json_object *object = object_new("otherwise");

		json_add_text(object, "class", profile_class_name(i));
		json_add_text(object, "verdict",
			      verdict_name(policy_otherwise(policy, i)));
		item_json(object, &plan->otherwise[i]);
		json_print(object);
	}
	for (int i = 0; i < PLAN_SETTINGS; i++) {
		struct json_object *object = object_new("setting");

		json_add_text(object, "setting", plan_setting_name(i));
		item_json(object, &plan->settings[i]);
		json_print(object);
	}
}

void explain_print(const struct policy *policy, const struct plan *plan,
		   bool json)
{
	size_t counts[PLAN_STATES] = { 0 };

	if (json) {
		plan_json(policy, plan);
		return;
	}
	for (int cls = 0; cls < PROFILE_CLASSES; cls++)
		class_print(policy, plan, cls);
	puts("settings");
	for (int i = 0; i < PLAN_SETTINGS; i++) {
		printf("  %s\n      ", plan_setting_name(i));
		explain_item(&plan->settings[i]);
		putchar('\n');
	}
	for (size_t i = 0; i < plan->rule_count; i++)
		counts[plan->rules[i].state]++;
	printf("\n%zu rules", plan->rule_count);
	for (int i = 0; i < PLAN_STATES; i++)
		if (counts[i])
			printf(", %zu %s", counts[i], plan_state_name(i));
	putchar('\n');
}
