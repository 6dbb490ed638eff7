/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environment.h - the environment of the command: what the profile keeps of
 * the caller's, what it sets, and who the agent is.
 */
#pragma once

struct error;
struct invoker;
struct profile_settings;

/*
 * Makes the command's environment of FROM by SETTINGS. Under sudo the
 * caller's is that which sudo was started with, as far as it can be read.
 * RUN_ID becomes AGENTJAIL_RUN: a hint to the agent, no proof of anything.
 * The list and its strings are freed by environment_free().
 */
int environment_make(const struct profile_settings *settings,
		     const struct invoker *invoker, char *const *from,
		     const char *run_id, char ***out_list, struct error *err);

void environment_free(char **list);

static inline void environment_freep(char ***list)
{
	environment_free(*list);
	*list = 0;
}
