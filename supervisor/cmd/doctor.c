/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/error.h"
#include "base/own.h"
#include "cmd/commands.h"
#include "cmd/options.h"
#include "enforce/landlock.h"
#include "observe/probe.h"
#include "run/invoker.h"

static const struct option_table table = {
	.usage = "doctor",
	.about = "Says what this machine can enforce and observe, by trying "
		 "it.",
};

static int probe_landlock(char *text, size_t size)
{
	int version = landlock_version();

	snprintf(text, size, version ? "version %d" : "not there", version);
	return version ? 0 : -1;
}

static int probe_root(char *text, size_t size)
{
	struct error err = { 0 };
	struct invoker invoker;

	if (invoker_find(NULL, &invoker, &err) < 0) {
		snprintf(text, size, "%s", err.text);
		return -1;
	}
	snprintf(text, size, "%s",
		 invoker.privileged ? "yes"
				    : "no: the jail is a user namespace");
	return 0;
}

static int probe_tasks(char *text, size_t size)
{
	struct error err = { 0 };

	if (observer_probe(&err) == 0) {
		snprintf(text, size, "fork, exec and exit were seen");
		return 0;
	}
	snprintf(text, size, "not observed: %s", err.text);
	return -1;
}

static const struct {
	const char *name;
	int (*probe)(char *text, size_t size);
	bool required; /* without it nothing runs */
} probes[] = {
	{ "root", probe_root, true },
	{ "Landlock", probe_landlock, true },
	{ "eBPF task trace", probe_tasks, false },
};

int cmd_doctor(int argc, char **argv)
{
	int at = 0, status = 0;

	switch (options_parse(&table, argc, argv, NULL, &at)) {
	case OPTIONS_GO:
		break;
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_BAD:
		return EXIT_UNFIT;
	}
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		char text[512];
		bool fit = probes[i].probe(text, sizeof(text)) == 0;

		if (!fit && probes[i].required)
			status = 1;
		printf("%-3s %-16s %s\n", fit ? "ok" : "no", probes[i].name,
		       text);
	}
	return status;
}
