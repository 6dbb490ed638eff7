/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/profile_show.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "cmd/explain.h"
#include "cmd/explain_json.h"
#include "cmd/profile_args.h"
#include "terms/verdict.h"

/* Whether every profile of the chain but the last is said. */
static void chain_print(const struct profile_set *set)
{
	const struct profile *own = set->profiles[set->count - 1];

	fputs("# ", stdout);
	print_text(own->name);
	if (own->description) {
		fputs(": ", stdout);
		print_text(own->description);
	}
	putchar('\n');
	for (size_t i = 0; i < set->count; i++) {
		fputs("# from ", stdout);
		print_text(set->profiles[i]->file);
		putchar('\n');
	}
}

static void chain_json(const struct profile_set *set)
{
	const struct profile *own = set->profiles[set->count - 1];
	struct json_object *object = json_object_new_object();
	struct json_object *files = json_object_new_array();

	for (size_t i = 0; i < set->count; i++)
		json_object_array_add(files, json_text(set->profiles[i]->file));
	json_object_object_add(object, "v", json_object_new_int(1));
	json_add_text(object, "kind", "profile");
	json_add_text(object, "name", own->name);
	json_add_text(object, "description", own->description);
	json_add_text(object, "owner", own->owner);
	json_object_object_add(object, "files", files);
	json_print(object);
}

/* The rules from FIRST on that are one rule of a profile, as one. */
static void rule_print(const struct policy *policy, int first)
{
	const struct policy_rule *rule = policy_rule(policy, first);
	char buf[128];

	printf("  - %s:  # ", explain_words(rule, buf, sizeof(buf)));
	explain_place(rule);
	puts(rule->binds_nothing ? ": binds nothing, a variable is empty" : "");
	for (int i = first; explain_is_same(policy, first, i); i++) {
		fputs("      - ", stdout);
		print_quoted(policy_rule(policy, i)->object);
		putchar('\n');
	}
	if (rule->reason) {
		fputs("    reason: ", stdout);
		print_quoted(rule->reason);
		putchar('\n');
	}
	if (rule->lock)
		puts("    lock: true");
}

/* A class without rules has no key: an empty one would be an error. */
static void class_print(const struct policy *policy, enum profile_class cls)
{
	bool is_first = true;

	for (int i = 0; i < (int)policy_rule_count(policy); i++) {
		if (policy_rule(policy, i)->cls != cls ||
		    (i && explain_is_same(policy, i - 1, i)))
			continue;
		if (is_first)
			printf("%s:\n", profile_class_name(cls));
		is_first = false;
		rule_print(policy, i);
	}
}

static void names_print(const char *key, const struct profile_text *names,
			size_t count)
{
	printf("  %s: [", key);
	for (size_t i = 0; i < count; i++) {
		fputs(i ? ", " : "", stdout);
		print_quoted(names[i].text);
	}
	puts("]");
}

static void environment_print(const struct profile_settings *settings)
{
	puts("environment:");
	names_print("keep", settings->keep, settings->keep_count);
	if (settings->has_only)
		names_print("only", settings->only, settings->only_count);
	if (settings->set_count)
		puts("  set:");
	for (size_t i = 0; i < settings->set_count; i++) {
		printf("    %s: ", settings->set[i].name);
		print_quoted(settings->set[i].value);
		putchar('\n');
	}
}

static void settings_print(const struct profile_settings *settings)
{
	char buf[UNITS_TEXT_MAX];

	environment_print(settings);
	puts("limits:");
	for (int i = 0; i < LIMIT_TIME_VERDICT; i++)
		if (settings->has_limit[i])
			printf("  %s: %s\n", profile_limit_name(i),
			       profile_limit_text(i, settings->limits[i], buf));
	printf("  time_verdict: %s\n",
	       verdict_name(
		       (enum abi_verdict)settings->limits[LIMIT_TIME_VERDICT]));
	printf("tmp: %s\n", settings->tmp == TMP_PRIVATE ? "private" : "host");
	if (settings->hide_count)
		puts("hide:");
	for (size_t i = 0; i < settings->hide_count; i++) {
		fputs("  - ", stdout);
		print_quoted(settings->hide[i].anchor);
		putchar('\n');
	}
	printf("trace: {size: %s}\n",
	       units_size_text(settings->trace_size, buf));
	printf("on_supervisor_death: %s\n",
	       settings->on_supervisor_death == DEATH_KILL ? "kill" : "freeze");
}

int profile_show(struct profile_args *args, struct error *err)
{
	CLEANUP(policy_freep) struct policy *policy = NULL;

	if (profile_args_compile(args, true, &policy, err) < 0)
		return err->code;
	if (args->json) {
		chain_json(args->set);
		explain_json_print(policy, NULL);
		return 0;
	}
	chain_print(args->set);
	puts("agentjail: 1");
	for (unsigned cls = 0; cls < PROFILE_CLASSES; cls++)
		class_print(policy, cls);
	puts("otherwise:");
	for (int cls = 0; cls < PROFILE_CLASSES; cls++)
		printf("  %s: %s\n", profile_class_name(cls),
		       verdict_name(policy_otherwise(policy, cls)));
	settings_print(policy_settings(policy));
	return 0;
}
