/* SPDX-License-Identifier: Apache-2.0 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/own.h"
#include "cmd/commands.h"
#include "cmd/explain.h"
#include "cmd/explain_json.h"
#include "cmd/profile_args.h"
#include "policy/compile.h"
#include "policy/question.h"
#include "profile/arena.h"
#include "profile/path.h"
#include "run/host.h"
#include "terms/op.h"
#include "terms/verdict.h"

static const struct option_row rows[] = {
	{ "profile", 'p', "PROFILE", "a name, or a file (with a /)",
	  ARG_PROFILE },
	{ "define", 'D', "KEY=VALUE", "a variable of the profile", ARG_DEFINE },
	{ "directory", 'C', "DIR", "the task's directory (default: here)",
	  ARG_DIR },
	{ "task", 0, "ID", "what the run would be for", ARG_TASK },
	{ "json", 0, NULL, "one JSON object a line", ARG_JSON },
};

static const struct option_table table = {
	.usage = "why [OPTION]... OP PATH | exec PATH | connect HOST:PORT | "
		 "listen PORT | POWER",
	.about = "Says what a profile decides, which rule does, and which "
		 "rules lost to it.",
	.rows = rows,
	.count = ARRAY_SIZE(rows),
	.take = profile_args_take,
};

/*
 * The words of the command line as one question: operations, then one object,
 * which may be a relative path. NULL with *err set.
 */
static const char *question_text(struct arena *arena, int count, char **words,
				 const char *workdir, struct error *err)
{
	const char *last = words[count - 1];
	const char *text = "";
	bool is_path = false;

	for (int i = 0; text && i < count - 1; i++) {
		is_path = op_file_mask(words[i]) ||
			  strcmp(words[i], "exec") == 0;
		if (!is_path && strcmp(words[i], "connect") != 0 &&
		    strcmp(words[i], "listen") != 0) {
			error_say(err, -EINVAL,
				  "why: \"%s\" before \"%s\", expected "
				  "operations and one object",
				  words[i], last);
			return NULL;
		}
		text = arena_format(arena, "%s%s ", text, words[i]);
	}
	if (text && is_path)
		last = path_absolute(arena, workdir, last);
	if (text && last)
		text = arena_format(arena, "%s%s", text, last);
	if (!text || !last)
		error_set(err, -ENOMEM, "why");
	return last ? text : NULL;
}

/* What the kernel would see: no links, and which object it is. */
static void file_resolve(struct arena *arena, struct file_object *file)
{
	struct policy_binding binding = { .exists = false };

	if (host_here.resolve(NULL, file->path, &binding) < 0)
		return;
	file->path = arena_copy(arena, binding.path, strlen(binding.path));
	file->has_identity = binding.exists;
	file->dev = binding.dev;
	file->ino = binding.ino;
}

static const char *object_name(const struct question *question, size_t index,
			       const char *text)
{
	if (question->kind == QUESTION_FILE || question->kind == QUESTION_EXEC)
		return question->files[index].path;
	return text;
}

static void answer_print(const struct policy *policy, const struct plan *plan,
			 const struct decision *decision,
			 const struct plan_item *otherwise)
{
	const struct policy_rule *rule = policy_rule(policy, decision->rule);
	char buf[128];

	if (rule) {
		fputs("  by ", stdout);
		explain_place(rule);
		printf(": %s ", explain_words(rule, buf, sizeof(buf)));
		print_text(rule->object);
		if (rule->lock)
			fputs(" (locked)", stdout);
		if (rule->reason) {
			fputs(", ", stdout);
			print_text(rule->reason);
		}
		putchar('\n');
	} else {
		puts("  no rule covers it: `otherwise` decides");
	}
	for (int i = 0; i < decision->candidate_count; i++) {
		rule = policy_rule(policy, decision->candidates[i]);
		fputs("  over ", stdout);
		explain_place(rule);
		printf(": %s ", explain_words(rule, buf, sizeof(buf)));
		print_text(rule->object);
		putchar('\n');
	}
	fputs("  ", stdout);
	explain_item(decision->rule < 0 ? otherwise
					: &plan->rules[decision->rule]);
	putchar('\n');
}

static void answer_json(const struct policy *policy, const struct plan *plan,
			const struct decision *decision, const char *asked,
			const char *object)
{
	struct json_object *json = json_object_new_object();
	struct json_object *losers = json_object_new_array();

	for (int i = 0; i < decision->candidate_count; i++)
		json_object_array_add(
			losers, explain_rule_json(
					policy, decision->candidates[i], NULL));
	json_object_object_add(json, "v", json_object_new_int(1));
	json_add_text(json, "question", asked);
	json_add_text(json, "object", object);
	json_add_text(json, "verdict", verdict_name(decision->verdict));
	json_object_object_add(
		json, "rule",
		explain_rule_json(policy, decision->rule,
				  decision->rule < 0
					  ? NULL
					  : &plan->rules[decision->rule]));
	json_object_object_add(json, "candidates", losers);
	json_print(json);
}

static enum profile_class class_of(enum question_kind kind)
{
	static const enum profile_class classes[] = {
		[QUESTION_FILE] = PROFILE_FILES,
		[QUESTION_EXEC] = PROFILE_EXEC,
		[QUESTION_CONNECT] = PROFILE_NETWORK,
		[QUESTION_LISTEN] = PROFILE_NETWORK,
		[QUESTION_POWER] = PROFILE_POWERS,
	};

	return classes[kind];
}

static int answer(struct profile_args *args, int count, char **words,
		  struct error *err)
{
	CLEANUP(policy_freep) struct policy *policy = NULL;
	CLEANUP(plan_freep) struct plan *plan = NULL;
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const struct capabilities capabilities = explain_capabilities();
	const struct place at = { .file = "why" };
	struct question question = { 0 };
	const char *text;

	if (!arena)
		return error_set(err, -ENOMEM, "why");
	if (profile_args_compile(args, false, &policy, err) < 0 ||
	    plan_make(policy, &capabilities, &plan, err) < 0)
		return err->code;
	text = question_text(arena, count, words, args->places.workdir, err);
	if (!text)
		return err->code;
	if (question_parse(arena, args->variables, &at, text, &question, err) <
	    0)
		return err->code;
	if (!question.count)
		return error_say(err, -EINVAL,
				 "why: a variable in it is empty: it names "
				 "nothing");
	for (size_t i = 0; i < question.count; i++) {
		struct decision decision = { 0 };

		if (question.files)
			file_resolve(arena, &question.files[i]);
		else if (question.nets &&
			 question.nets[i].kind == NET_UNIX_PATH)
			file_resolve(arena, &question.nets[i].file);
		question_decide(policy, &question, i, &decision);
		if (args->json) {
			answer_json(policy, plan, &decision, text,
				    object_name(&question, i, text));
			continue;
		}
		printf("%s: ", verdict_name(decision.verdict));
		print_text(text);
		putchar('\n');
		answer_print(policy, plan, &decision,
			     &plan->otherwise[class_of(question.kind)]);
	}
	return 0;
}

int cmd_why(int argc, char **argv)
{
	CLEANUP(profile_args_endp) struct profile_args args = { 0 };
	struct error err = { 0 };
	int at = 0;

	switch (options_parse(&table, argc, argv, &args, &at)) {
	case OPTIONS_GO:
		break;
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_BAD:
		return EXIT_UNFIT;
	}
	if (at == argc) {
		complain("why: a question is missing; see agentjail why "
			 "--help");
		return EXIT_UNFIT;
	}
	if (answer(&args, argc - at, argv + at, &err) < 0) {
		complain("%s", err.text);
		return EXIT_UNFIT;
	}
	return 0;
}
