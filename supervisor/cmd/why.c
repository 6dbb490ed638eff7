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
#include "run/capabilities.h"
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

/* The words of the command line: operations, then one object. */
struct asked {
	const char *ops;  /* "read write ", "connect ", or "" */
	const char *last; /* a relative path made absolute */
	const char *text; /* both */
};

static int asked_take(struct arena *arena, int count, char **words,
		      const char *workdir, struct asked *out_asked,
		      struct error *err)
{
	const char *last = words[count - 1];
	const char *ops = "", *text = NULL;
	bool is_path = false;

	for (int i = 0; ops && i < count - 1; i++) {
		is_path = op_file_mask(words[i]) ||
			  strcmp(words[i], "exec") == 0;
		if (!is_path && strcmp(words[i], "connect") != 0 &&
		    strcmp(words[i], "listen") != 0)
			return error_say(err, -EINVAL,
					 "why: \"%s\" before \"%s\", expected "
					 "operations and one object",
					 words[i], last);
		ops = arena_format(arena, "%s%s ", ops, words[i]);
	}
	if (is_path)
		last = path_absolute(arena, workdir, last);
	if (ops && last)
		text = arena_format(arena, "%s%s", ops, last);
	if (!text)
		return error_set(err, -ENOMEM, "why");
	*out_asked = (struct asked){ ops, last, text };
	return 0;
}

/* What is made or removed is the name itself, whatever it leads to. */
static bool is_of_name(const struct question *question)
{
	return question->kind == QUESTION_FILE &&
	       !(question->ops & ~(OPS_CREATE | OPS_DELETE));
}

/* What the kernel would see: no links, and which object it is. */
static void file_resolve(struct arena *arena, struct file_object *file,
			 bool is_name)
{
	struct policy_binding binding = { .exists = false };
	const char *slash = strrchr(file->path, '/');
	const char *path = file->path, *tail = "";

	if (strncmp(path, "/proc/self", strlen("/proc/self")) == 0)
		return;
	if (is_name && slash > path) {
		path = arena_copy(arena, path, (size_t)(slash - path));
		tail = slash;
	}
	if (!path || host_here.resolve(NULL, path, &binding) < 0)
		return;
	path = arena_format(arena, "%s%s", binding.path, tail);
	if (!path)
		return;
	file->path = path;
	file->has_identity = binding.exists && !*tail;
	file->dev = binding.dev;
	file->ino = binding.ino;
}

/* The file that object INDEX is, or NULL. */
static struct file_object *file_of(const struct question *question,
				   size_t index)
{
	if (question->files)
		return &question->files[index];
	if (question->nets && question->nets[index].kind == NET_UNIX_PATH)
		return &question->nets[index].file;
	return NULL;
}

/* "deny: read /bin/x -> /usr/bin/x" */
static void verdict_print(const struct asked *asked, const char *before,
			  const char *after, enum abi_verdict verdict)
{
	printf("%s: ", verdict_name(verdict));
	print_text(before ? asked->ops : asked->text);
	/* "unix:" or "written:" */
	if (before && !strchr("/~$", asked->last[0]))
		printf("%.*s:", (int)strcspn(asked->last, ":"), asked->last);
	if (before)
		print_text(before);
	if (before && strcmp(before, after) != 0) {
		fputs(" -> ", stdout);
		print_text(after);
	}
	putchar('\n');
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
	struct capabilities capabilities;
	const struct place at = { .file = "why" };
	struct question question = { 0 };
	struct asked asked = { 0 };

	if (!arena)
		return error_set(err, -ENOMEM, "why");
	if (profile_args_compile(args, false, &policy, err) < 0)
		return err->code;
	capabilities = capabilities_of_run(&args->places.invoker);
	if (plan_make(policy, &capabilities, &plan, err) < 0 ||
	    asked_take(arena, count, words, args->places.workdir, &asked, err) <
		    0 ||
	    question_parse(arena, args->variables, &at, asked.text, &question,
			   err) < 0)
		return err->code;
	if (!question.count)
		return error_say(err, -EINVAL,
				 "why: a variable in it is empty: it names "
				 "nothing");
	for (size_t i = 0; i < question.count; i++) {
		struct file_object *file = file_of(&question, i);
		const char *before = file ? file->path : NULL;
		struct decision decision = { 0 };

		if (file)
			file_resolve(arena, file, is_of_name(&question));
		question_decide(policy, &question, i, &decision);
		if (args->json) {
			answer_json(policy, plan, &decision, asked.text,
				    file ? file->path : asked.last);
			continue;
		}
		verdict_print(&asked, before, file ? file->path : NULL,
			      decision.verdict);
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
