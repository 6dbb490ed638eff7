/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "cmd/commands.h"
#include "cmd/options.h"

static int cmd_help(int argc, char **argv);
static int cmd_version(int argc, char **argv);

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *about;
} commands[] = {
	{ "run", cmd_run, "run a command in a jail" },
	{ "trace", cmd_trace, "show what a run did" },
	{ "profile", cmd_profile,
	  "list, show, check, explain and test profiles" },
	{ "why", cmd_why, "say what a profile decides, and which rule does" },
	{ "doctor", cmd_doctor, "say what this machine can enforce" },
	{ "help", cmd_help, "show this" },
	{ "version", cmd_version, "show the version" },
};

static int cmd_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("usage: agentjail COMMAND [OPTION]... [ARGUMENT]...\n\n"
	       "A sandbox supervisor for AI agents: a task runs inside its\n"
	       "profile's scope, and leaves a trace of what it did.\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-10s %s\n", commands[i].name, commands[i].about);
	printf("\nagentjail COMMAND --help tells more.\n");
	return 0;
}

static int cmd_version(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("agentjail %s\n", AGENTJAIL_VERSION);
	return 0;
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;

	if (!word) {
		complain("a command is missing; see agentjail --help");
		return EXIT_UNFIT;
	}
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		word = "help";
	if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		word = "version";
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(word, commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	complain("no command \"%s\"; see agentjail --help", word);
	return EXIT_UNFIT;
}
