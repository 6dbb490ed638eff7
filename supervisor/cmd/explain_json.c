/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/explain_json.h"

#include <assert.h>
#include <json-c/json.h>
#include <string.h>

#include "base/own.h"
#include "cmd/explain.h"
#include "cmd/profile_args.h"
#include "terms/verdict.h"

static struct json_object *object_new(const char *kind)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "v", json_object_new_int(1));
	json_add_text(object, "kind", kind);
	return object;
}

static void item_add(struct json_object *object, const struct plan_item *item)
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

struct json_object *explain_rule_json(const struct policy *policy, int index,
				      const struct plan_item *item)
{
	const struct policy_rule *rule = policy_rule(policy, index);
	const struct policy_path *path = policy_rule_path(policy, index);
	struct json_object *object;
	char buf[128];

	if (!rule)
		return NULL;
	object = object_new("rule");
	json_add_text(object, "class", profile_class_name(rule->cls));
	json_add_text(object, "rule", explain_words(rule, buf, sizeof(buf)));
	json_add_text(object, "verdict", verdict_name(rule->verdict));
	json_add_text(object, "object", rule->object);
	json_add_text(object, "leads_to",
		      path && strcmp(path->canonical, path->anchor) != 0
			      ? path->canonical
			      : NULL);
	json_object_object_add(object, "binds",
			       json_object_new_boolean(!rule->binds_nothing));
	json_add_text(object, "profile", rule->profile);
	json_object_object_add(object, "line", json_object_new_int(rule->line));
	json_add_text(object, "reason", rule->reason);
	json_object_object_add(object, "lock",
			       json_object_new_boolean(rule->lock));
	if (item)
		item_add(object, item);
	return object;
}

static struct json_object *text_json(const char *text)
{
	return json_object_new_string(text);
}

static struct json_object *limits_json(const struct profile_settings *settings)
{
	struct json_object *object = json_object_new_object();

	for (int i = 0; i < LIMIT_TIME_VERDICT; i++)
		if (settings->has_limit[i])
			json_object_object_add(
				object, profile_limit_name(i),
				json_object_new_uint64(settings->limits[i]));
	json_add_text(object, profile_limit_name(LIMIT_TIME_VERDICT),
		      verdict_name((enum abi_verdict)settings
					   ->limits[LIMIT_TIME_VERDICT]));
	return object;
}

static struct json_object *tmp_json(const struct profile_settings *settings)
{
	return text_json(settings->tmp == TMP_PRIVATE ? "private" : "host");
}

static struct json_object *hide_json(const struct profile_settings *settings)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < settings->hide_count; i++)
		json_object_array_add(list,
				      json_text(settings->hide[i].anchor));
	return list;
}

static struct json_object *trace_json(const struct profile_settings *settings)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "size",
			       json_object_new_uint64(settings->trace_size));
	return object;
}

static struct json_object *death_json(const struct profile_settings *settings)
{
	return text_json(settings->on_supervisor_death == DEATH_KILL
				 ? "kill"
				 : "freeze");
}

static struct json_object *(*const values[])(
	const struct profile_settings *settings) = {
	[PLAN_LIMITS] = limits_json, [PLAN_TMP] = tmp_json,
	[PLAN_HIDE] = hide_json,     [PLAN_TRACE] = trace_json,
	[PLAN_DEATH] = death_json,
};

static_assert(ARRAY_SIZE(values) == PLAN_SETTINGS, "a value of each");

static struct json_object *names_json(const struct profile_text *names,
				      size_t count)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < count; i++)
		json_object_array_add(list, json_text(names[i].text));
	return list;
}

static struct json_object *
environment_json(const struct profile_settings *settings)
{
	struct json_object *object = json_object_new_object();
	struct json_object *set = json_object_new_object();

	for (size_t i = 0; i < settings->set_count; i++)
		json_add_text(set, settings->set[i].name,
			      settings->set[i].value);
	json_object_object_add(
		object, "keep",
		names_json(settings->keep, settings->keep_count));
	json_object_object_add(
		object, "only",
		settings->has_only
			? names_json(settings->only, settings->only_count)
			: NULL);
	json_object_object_add(object, "set", set);
	return object;
}

/* The environment is made, not enforced: no plan has it. */
static void environment_print(const struct profile_settings *settings)
{
	struct json_object *object = object_new("setting");

	json_add_text(object, "setting", "environment");
	json_object_object_add(object, "value", environment_json(settings));
	json_print(object);
}

void explain_json_print(const struct policy *policy, const struct plan *plan)
{
	const struct profile_settings *settings = policy_settings(policy);

	for (int i = 0; i < (int)policy_rule_count(policy); i++)
		json_print(explain_rule_json(policy, i,
					     plan ? &plan->rules[i] : NULL));
	for (int i = 0; i < PROFILE_CLASSES; i++) {
		struct json_object *object = object_new("otherwise");

		json_add_text(object, "class", profile_class_name(i));
		json_add_text(object, "verdict",
			      verdict_name(policy_otherwise(policy, i)));
		if (plan)
			item_add(object, &plan->otherwise[i]);
		json_print(object);
	}
	for (int i = 0; i < PLAN_SETTINGS; i++) {
		struct json_object *object = object_new("setting");

		json_add_text(object, "setting", plan_setting_name(i));
		json_object_object_add(object, "value", values[i](settings));
		if (plan)
			item_add(object, &plan->settings[i]);
		json_print(object);
	}
	environment_print(settings);
}
