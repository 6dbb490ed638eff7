/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_args.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"

enum {
	OPT_PROFILE,
	OPT_READ,
	OPT_WRITE,
	OPT_EXEC,
	OPT_NET,
	OPT_HIDE,
	OPT_ENV,
	OPT_LIMIT,
	OPT_DEFINE,
	OPT_DIR,
	OPT_TASK,
	OPT_OWNER,
	OPT_USER,
	OPT_ENGINE,
	OPT_ASK,
	OPT_OBSERVE,
	OPT_DRY_RUN,
	OPT_TRACE,
	OPT_EVENTS,
	OPT_FAIL_ON,
	OPT_STRICT,
	OPT_ALLOW_DEGRADED,
	OPT_QUIET,
	OPT_VERBOSE,
	OPTIONS
};

static const struct option_row rows[] = {
	{ "profile", 'p', "PROFILE",
	  "a name, or a file (with a /); several: the stricter decides",
	  OPT_PROFILE },
	{ "read", 'r', "PATH", "let it read this, too", OPT_READ },
	{ "write", 'w', "PATH", "let it read and change this, too", OPT_WRITE },
	{ "exec", 'x', "PATH", "let it execute this, too", OPT_EXEC },
	{ "net", 0, "HOST:PORT|none", "let it connect there, too; or nowhere",
	  OPT_NET },
	{ "hide", 0, "DIR", "leave this directory empty and closed", OPT_HIDE },
	{ "env", 'e', "NAME[=VALUE]", "keep a variable, or set it", OPT_ENV },
	{ "limit", 0, "KEY=VALUE", "memory, pids, cpu, time: at most so much",
	  OPT_LIMIT },
	{ "define", 'D', "KEY=VALUE", "a variable of the profile", OPT_DEFINE },
	{ "directory", 'C', "DIR", "the task's directory (default: here)",
	  OPT_DIR },
	{ "task", 0, "ID", "what the run is for", OPT_TASK },
	{ "owner", 0, "NAME", "who answers for it", OPT_OWNER },
	{ "user", 0, "USER", "whose ids the agent has (root)", OPT_USER },
	{ "engine", 0, "auto|notify", "what enforces the rules", OPT_ENGINE },
	{ "ask", 0, "deny", "what becomes of a question", OPT_ASK },
	{ "observe", 0, NULL, "record what rules would deny; only locks hold",
	  OPT_OBSERVE },
	{ "dry-run", 0, NULL, "show the plan and run nothing", OPT_DRY_RUN },
	{ "trace", 0, "all|violations", "what is recorded (default: all)",
	  OPT_TRACE },
	{ "events", 0, "FILE|-", "each event as a line of JSON, as it comes",
	  OPT_EVENTS },
	{ "fail-on", 0, "VERDICT",
	  "status 3 when this or a stricter verdict was reached", OPT_FAIL_ON },
	{ "strict", 0, NULL, "refuse rules that can be raced", OPT_STRICT },
	{ "allow-degraded", 0, NULL, "run although rules are not enforced",
	  OPT_ALLOW_DEGRADED },
	{ "quiet", 'q', NULL, "no lines about violations", OPT_QUIET },
	{ "verbose", 'v', NULL, "say how the run is held, and audited events",
	  OPT_VERBOSE },
};

static_assert(ARRAY_SIZE(rows) == OPTIONS, "a row for each option");

/* The words that an option takes, and what they stand for. */
static const struct choice {
	int key;
	const char *word;
	int value;
} choices[] = {
	{ OPT_ENGINE, "auto", RUN_ENGINE_AUTO },
	{ OPT_ENGINE, "notify", RUN_ENGINE_NOTIFY },
	{ OPT_ASK, "deny", RUN_ASK_DENY },
	{ OPT_TRACE, "all", RUN_TRACE_ALL },
	{ OPT_TRACE, "violations", RUN_TRACE_VIOLATIONS },
	{ OPT_FAIL_ON, "audit", ABI_AUDIT },
	{ OPT_FAIL_ON, "ask", ABI_ASK },
	{ OPT_FAIL_ON, "pause", ABI_PAUSE },
	{ OPT_FAIL_ON, "deny", ABI_DENY },
	{ OPT_FAIL_ON, "kill", ABI_KILL },
};

static bool choice_take(int key, const char *word, int *out_value)
{
	char expected[128] = "";

	for (size_t i = 0; i < ARRAY_SIZE(choices); i++) {
		const size_t len = strlen(expected);

		if (choices[i].key != key)
			continue;
		if (strcmp(choices[i].word, word) == 0) {
			*out_value = choices[i].value;
			return true;
		}
		snprintf(expected + len, sizeof(expected) - len, "%s%s",
			 len ? ", " : "", choices[i].word);
	}
	complain("run: --%s \"%s\" is not there, expected %s", rows[key].name,
		 word, expected);
	return false;
}

/* What an option does with its value. */
enum effect {
	EFFECT_TEXT,   /* it is kept as it is, in the latest one's form */
	EFFECT_FLAG,   /* something is so */
	EFFECT_CHOICE, /* one of its words */
	EFFECT_CHANGE, /* the scope changes */
	EFFECT_NAME,
	EFFECT_DEFINE,
};

#define AT(field) offsetof(struct run_args, field)

static const struct {
	enum effect effect;
	size_t at; /* of what it sets; of a change, enum profile_flag */
} effects[] = {
	[OPT_PROFILE] = { EFFECT_NAME, 0 },
	[OPT_READ] = { EFFECT_CHANGE, FLAG_READ },
	[OPT_WRITE] = { EFFECT_CHANGE, FLAG_WRITE },
	[OPT_EXEC] = { EFFECT_CHANGE, FLAG_EXEC },
	[OPT_NET] = { EFFECT_CHANGE, FLAG_NET },
	[OPT_HIDE] = { EFFECT_CHANGE, FLAG_HIDE },
	[OPT_ENV] = { EFFECT_CHANGE, FLAG_ENV },
	[OPT_LIMIT] = { EFFECT_CHANGE, FLAG_LIMIT },
	[OPT_DEFINE] = { EFFECT_DEFINE, 0 },
	[OPT_DIR] = { EFFECT_TEXT, AT(scope.dir) },
	[OPT_TASK] = { EFFECT_TEXT, AT(scope.task) },
	[OPT_OWNER] = { EFFECT_TEXT, AT(owner) },
	[OPT_USER] = { EFFECT_TEXT, AT(scope.user) },
	[OPT_ENGINE] = { EFFECT_CHOICE, AT(engine) },
	[OPT_ASK] = { EFFECT_CHOICE, AT(ask) },
	[OPT_OBSERVE] = { EFFECT_FLAG, AT(observe) },
	[OPT_DRY_RUN] = { EFFECT_FLAG, AT(dry_run) },
	[OPT_TRACE] = { EFFECT_CHOICE, AT(trace) },
	[OPT_EVENTS] = { EFFECT_TEXT, AT(events) },
	[OPT_FAIL_ON] = { EFFECT_CHOICE, AT(fail_on) },
	[OPT_STRICT] = { EFFECT_FLAG, AT(strict) },
	[OPT_ALLOW_DEGRADED] = { EFFECT_FLAG, AT(allow_degraded) },
	[OPT_QUIET] = { EFFECT_FLAG, AT(quiet) },
	[OPT_VERBOSE] = { EFFECT_FLAG, AT(verbose) },
};

static_assert(ARRAY_SIZE(effects) == OPTIONS, "an effect for each option");

static bool take(void *ctx, int key, const char *value)
{
	struct run_args *args = ctx;
	const size_t at = effects[key].at;

	switch (effects[key].effect) {
	case EFFECT_TEXT:
		*(const char **)((char *)args + at) = value;
		return true;
	case EFFECT_FLAG:
		*(bool *)((char *)args + at) = true;
		return true;
	case EFFECT_CHOICE:
		return choice_take(key, value, (int *)((char *)args + at));
	case EFFECT_CHANGE:
		return profile_args_change(&args->scope, (enum profile_flag)at,
					   value);
	case EFFECT_NAME:
		return profile_args_name(&args->scope, value);
	case EFFECT_DEFINE:
		break;
	}
	return profile_args_define(&args->scope, value);
}

static const struct option_table table = {
	.usage = "run [OPTION]... [--] COMMAND [ARGUMENT]...",
	.about = "Runs COMMAND in a jail: inside the scope of its profile, and "
		 "on record.",
	.rows = rows,
	.count = ARRAY_SIZE(rows),
	.ends_at_operand = true,
	.take = take,
};

/* Texts that are recorded, and so must be something. */
static bool texts_are_fit(const struct run_args *args)
{
	const struct {
		const char *option;
		const char *text;
	} texts[] = {
		{ "task", args->scope.task },
		{ "owner", args->owner },
		{ "events", args->events },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (!texts[i].text || texts[i].text[0])
			continue;
		complain("run: --%s is empty", texts[i].option);
		return false;
	}
	return true;
}

enum options_outcome run_args_parse(struct run_args *args, int argc,
				    char **argv, int *out_operand)
{
	enum options_outcome outcome =
		options_parse(&table, argc, argv, args, out_operand);

	if (outcome != OPTIONS_GO)
		return outcome;
	if (args->quiet && args->verbose) {
		complain("run: -q and -v contradict each other");
		return OPTIONS_BAD;
	}
	if (args->strict && args->allow_degraded) {
		complain("run: --strict and --allow-degraded contradict each "
			 "other");
		return OPTIONS_BAD;
	}
	return texts_are_fit(args) ? OPTIONS_GO : OPTIONS_BAD;
}
