/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/scope.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/own.h"
#include "policy/compile.h"
#include "policy/policy.h"
#include "profile/load.h"
#include "profile/variables.h"
#include "run/host.h"
#include "run/invoker.h"

/* Beside the program where it was built, else where it is installed. */
static void shipped_dir(char out[PATH_MAX])
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	strcpy(out, "/usr/share/agentjail/profiles");
	if (n <= 0)
		return;
	exe[n] = '\0';
	for (int up = 0; up < 2; up++) {
		char *slash = strrchr(exe, '/');
		char beside[PATH_MAX + 16];

		if (!slash)
			return;
		*slash = '\0';
		snprintf(beside, sizeof(beside), "%s/profiles", exe);
		if (access(beside, R_OK) == 0) {
			snprintf(out, PATH_MAX, "%.*s", PATH_MAX - 1, beside);
			return;
		}
	}
}

static int workdir_find(const struct scope_request *request,
			const struct invoker *invoker,
			char out_workdir[PATH_MAX], struct error *err)
{
	const char *dir = request->dir ? request->dir : ".";
	struct stat st;

	if (!realpath(dir, out_workdir) || stat(out_workdir, &st) < 0)
		return error_set(err, -errno, "%s", dir);
	if (!S_ISDIR(st.st_mode))
		return error_set(err, -ENOTDIR, "%s", dir);
	if (request->dir)
		return 0;
	if (strcmp(out_workdir, "/") == 0 ||
	    strcmp(out_workdir, invoker->home) == 0)
		return error_say(err, -EINVAL,
				 "%s would be the task's directory; if it "
				 "shall, name it: -C %s",
				 out_workdir, out_workdir);
	return 0;
}

static int variables_fill(struct variables *variables,
			  const struct scope_request *request,
			  const struct invoker *invoker, const char *workdir,
			  const char *run_id, struct error *err)
{
	char uid[16];
	const char *const values[][2] = {
		{ "workdir", workdir },
		{ "home", invoker->home },
		{ "user", invoker->name },
		{ "uid", uid },
		{ "tmp", "/tmp" },
		{ "tmp", "/var/tmp" },
		{ "tmp", "/dev/shm" },
		{ "runtime", getenv("XDG_RUNTIME_DIR") },
		{ "task", request->task },
		{ "run", run_id },
	};
	int r = 0;

	snprintf(uid, sizeof(uid), "%u", invoker->identity.uid);
	for (size_t i = 0; i < ARRAY_SIZE(values) && r == 0; i++)
		if (values[i][1])
			r = variables_add(variables, values[i][0], values[i][1],
					  err);
	for (size_t i = 0; i < request->define_count && r == 0; i++)
		r = variables_define(variables, request->defines[i], err);
	return r;
}

int scope_load(const struct scope_request *request,
	       const struct invoker *invoker, const char *run_id,
	       char out_workdir[PATH_MAX], struct policy **out_policy,
	       struct error *err)
{
	CLEANUP(variables_freep) struct variables *variables = variables_new();
	CLEANUP(profile_set_freep) struct profile_set *set = NULL;
	char shipped[PATH_MAX], own[PATH_MAX + 32];
	const char *const dirs[] = { shipped, "/etc/agentjail/profiles", own };
	const struct profile_search search = { ARRAY_SIZE(dirs), dirs };
	int r;

	if (!variables)
		return error_set(err, -ENOMEM, "profile");
	shipped_dir(shipped);
	snprintf(own, sizeof(own), "%s/.config/agentjail/profiles",
		 invoker->home);
	r = workdir_find(request, invoker, out_workdir, err);
	if (r == 0)
		r = variables_fill(variables, request, invoker, out_workdir,
				   run_id, err);
	if (r == 0)
		r = profile_load(request->profile ? request->profile : "coder",
				 &search, variables, &set, err);
	if (r == 0)
		r = policy_compile(set, &host_here, out_policy, err);
	return r;
}
