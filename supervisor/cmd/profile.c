/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "cmd/commands.h"
#include "cmd/explain.h"
#include "cmd/explain_json.h"
#include "cmd/profile_args.h"
#include "cmd/profile_list.h"
#include "cmd/profile_show.h"
#include "cmd/profile_test.h"
#include "run/capabilities.h"

static const struct option_row rows[] = {
	{ "define", 'D', "KEY=VALUE", "a variable of the profile", ARG_DEFINE },
	{ "directory", 'C', "DIR", "the task's directory (default: here)",
	  ARG_DIR },
	{ "task", 0, "ID", "what the run would be for", ARG_TASK },
	{ "json", 0, NULL, "one JSON object a line", ARG_JSON },
};

static const struct option_table table = {
	.usage = "profile [OPTION]... list | show P | check P | explain P | "
		 "test P",
	.about = "Works with profiles: lists those there are, shows one with "
		 "all that it\nextends, checks it, explains what enforces its "
		 "rules here, runs its tests.",
	.rows = rows,
	.count = ARRAY_SIZE(rows),
	.take = profile_args_take,
};

static int check(struct profile_args *args, struct error *err)
{
	CLEANUP(policy_freep) struct policy *policy = NULL;

	if (profile_args_compile(args, false, &policy, err) < 0)
		return err->code;
	print_text(args->profiles[0]);
	printf(": %zu rules of %zu profiles\n", policy_rule_count(policy),
	       args->set->count);
	return 0;
}

static int explain(struct profile_args *args, struct error *err)
{
	CLEANUP(policy_freep) struct policy *policy = NULL;
	CLEANUP(plan_freep) struct plan *plan = NULL;
	struct capabilities capabilities;

	if (profile_args_compile(args, false, &policy, err) < 0)
		return err->code;
	capabilities = capabilities_find(&args->places.invoker, NULL, NULL);
	if (plan_make(policy, &capabilities, &plan, err) < 0)
		return err->code;
	if (args->json)
		explain_json_print(policy, plan);
	else
		explain_print(policy, plan);
	return 0;
}

static const struct {
	const char *word;
	bool takes_profile;
	/* The exit status, or -errno. */
	int (*run)(struct profile_args *args, struct error *err);
} verbs[] = {
	{ "list", false, profile_list }, { "show", true, profile_show },
	{ "check", true, check },	 { "explain", true, explain },
	{ "test", true, profile_test },
};

static int verb_run(struct profile_args *args, int count, char **words)
{
	struct error err = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		int status;

		if (strcmp(verbs[i].word, words[0]) != 0)
			continue;
		if (count != (verbs[i].takes_profile ? 2 : 1)) {
			complain("profile %s: expected %s", words[0],
				 verbs[i].takes_profile ? "one profile"
							: "nothing more");
			return EXIT_UNFIT;
		}
		if (verbs[i].takes_profile &&
		    !profile_args_name(args, words[1]))
			return EXIT_UNFIT;
		status = verbs[i].run(args, &err);
		if (status >= 0)
			return status;
		complain("%s", err.text);
		return EXIT_UNFIT;
	}
	complain("profile: no \"%s\"; see agentjail profile --help", words[0]);
	return EXIT_UNFIT;
}

int cmd_profile(int argc, char **argv)
{
	CLEANUP(profile_args_endp) struct profile_args args = { 0 };
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
		complain("profile: a verb is missing; see agentjail profile "
			 "--help");
		return EXIT_UNFIT;
	}
	return verb_run(&args, argc - at, argv + at);
}
