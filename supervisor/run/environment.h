/* SPDX-License-Identifier: Apache-2.0 */
/*
 * environment.h - the environment of the command: what the profile keeps of
 * the caller's, what it sets, and who the agent is.
 */
#pragma once

struct error;
struct invoker;
struct policy;

struct environment_spec {
	const struct invoker *invoker;
	char *const *from;   /* the caller's own */
	const char *run_id;  /* AGENTJAIL_RUN: a hint, no proof of anything */
	const char *denials; /* AGENTJAIL_DENIED: where its denials are read */
};

/*
 * Makes the command's environment by POLICY's settings. Under sudo the
 * caller's is that which sudo was started with, as far as it can be read. A
 * TMPDIR that is out of scope becomes /tmp, as every one does where that is
 * the jail's own. The list and its strings are freed by environment_free().
 */
int environment_make(const struct policy *policy,
		     const struct environment_spec *spec, char ***out_list,
		     struct error *err);

void environment_free(char **list);

static inline void environment_freep(char ***list)
{
	environment_free(*list);
	*list = 0;
}
