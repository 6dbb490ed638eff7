/* SPDX-License-Identifier: Apache-2.0 */
/*
 * escape_ways.h - an attack that has many ways, of which each has to succeed
 * outside the jail and none may inside.
 *
 * Knows nothing of agentjail, as escape.h does not.
 */
#pragma once

#include "escape.h"

/* One way of an attack, by itself: returns what an attack returns. */
struct escape_way {
	const char *name;
	int (*try)(void);
};

/*
 * Tries each way in a process of its own and says how it ended. One that gets
 * through is an escape; bare, where tests/lib/escape sets ESCAPE_ALL, each has
 * to, save those that the host lacks what they need for.
 */
static inline int escape_ways(const struct escape_way *ways, int count)
{
	const int all = getenv("ESCAPE_ALL") != NULL;
	int ended[3] = { 0 };

	for (int i = 0; i < count; i++) {
		int status = PREVENTED << 8;
		pid_t pid;

		fflush(stdout);
		pid = fork();
		if (pid == 0) {
			int result = ways[i].try();

			fflush(stdout);
			_exit(result);
		}
		if (pid > 0)
			waitpid(pid, &status, 0);
		/* A signal has prevented it: SIGSYS, SIGKILL. */
		status = WIFEXITED(status) ? WEXITSTATUS(status) : PREVENTED;
		printf("%s: %s\n", ways[i].name,
		       status == ESCAPED     ? "escaped"
		       : status == PREVENTED ? "prevented"
					     : "untried");
		ended[status == ESCAPED ? 0 : status == PREVENTED ? 1 : 2]++;
	}
	fflush(stdout);
	if (all && ended[PREVENTED])
		return PREVENTED;
	if (ended[ESCAPED])
		return ESCAPED;
	return ended[PREVENTED] ? PREVENTED : UNTRIED;
}

/* What a way returns for a call that gave RESULT. */
static inline int escape_got(long result)
{
	if (result >= 0)
		return ESCAPED;
	return errno == ENOSYS && getenv("ESCAPE_ALL") ? UNTRIED : PREVENTED;
}
