/* SPDX-License-Identifier: Apache-2.0 */
/* scope.h - from a command line to the policy that it means. */
#pragma once

#include <limits.h>
#include <stddef.h>

struct error;
struct invoker;
struct policy;

#define SCOPE_DEFINES_MAX 64

/* What options say of it. */
struct scope_request {
	const char *profile; /* name or file; NULL: coder */
	const char *dir;     /* -C; NULL: where we are */
	const char *task;
	size_t define_count;
	const char *defines[SCOPE_DEFINES_MAX]; /* -D KEY=VALUE */
};

/*
 * Loads and compiles the profile for INVOKER's run in the directory that
 * OUT_WORKDIR then is. *out_policy is freed by policy_free().
 *
 *   -EINVAL   a profile is wrong, or the workdir is too wide; the text says
 *   -errno    of the directory or a file
 */
int scope_load(const struct scope_request *request,
	       const struct invoker *invoker, const char *run_id,
	       char out_workdir[PATH_MAX], struct policy **out_policy,
	       struct error *err);
