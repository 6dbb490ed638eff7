/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/own.h"
#include "cmd/commands.h"
#include "cmd/options.h"
#include "cmd/scope.h"
#include "cmd/violations.h"
#include "policy/policy.h"
#include "run/environment.h"
#include "run/invoker.h"
#include "run/run.h"
#include "run/state.h"

#define EXIT_KILLED 137
#define EXIT_NOT_EXECUTABLE 126
#define EXIT_NOT_FOUND 127

enum {
	OPT_PROFILE,
	OPT_DEFINE,
	OPT_DIR,
	OPT_TASK,
	OPT_OWNER,
	OPT_USER,
	OPT_QUIET,
};

/* What the command line says, and what is made of it. */
struct request {
	struct scope_request scope;
	const char *owner;
	const char *user;
	bool quiet;
	char **argv;

	struct invoker invoker;
	struct state state;
	char run_id[RUN_ID_SIZE];
	char dir[PATH_MAX];
	char trace[PATH_MAX + 16];
	char program[PATH_MAX]; /* canonical; "": to be found by PATH */
	char workdir[PATH_MAX];
	struct policy *policy;
	char **envp;
};

static const struct option_row rows[] = {
	{ "profile", 'p', "PROFILE", "a name, or a file (with a /)",
	  OPT_PROFILE },
	{ "define", 'D', "KEY=VALUE", "a variable of the profile", OPT_DEFINE },
	{ "directory", 'C', "DIR", "the task's directory (default: here)",
	  OPT_DIR },
	{ "task", 0, "ID", "what the run is for", OPT_TASK },
	{ "owner", 0, "NAME", "who answers for it", OPT_OWNER },
	{ "user", 0, "USER", "whose ids the agent has (root)", OPT_USER },
	{ "quiet", 'q', NULL, "no lines about violations", OPT_QUIET },
};

static bool take(void *ctx, int key, const char *value)
{
	struct request *request = ctx;
	struct scope_request *scope = &request->scope;

	switch (key) {
	case OPT_PROFILE:
		scope->profile = value;
		break;
	case OPT_DEFINE:
		if (scope->define_count == SCOPE_DEFINES_MAX) {
			complain("run: more than %d -D", SCOPE_DEFINES_MAX);
			return false;
		}
		scope->defines[scope->define_count++] = value;
		break;
	case OPT_DIR:
		scope->dir = value;
		break;
	case OPT_TASK:
		scope->task = value;
		break;
	case OPT_OWNER:
		request->owner = value;
		break;
	case OPT_USER:
		request->user = value;
		break;
	default:
		request->quiet = true;
	}
	return true;
}

static const struct option_table table = {
	.usage = "run [OPTION]... [--] COMMAND [ARGUMENT]...",
	.about = "Runs COMMAND in a jail: inside the scope of its profile, and "
		 "on record.",
	.rows = rows,
	.count = ARRAY_SIZE(rows),
	.take = take,
};

static void request_endp(struct request *request)
{
	environment_free(request->envp);
	policy_free(request->policy);
}

/* Where the command lies, if it says so itself; execve() tells of errors. */
static void program_find(struct request *request)
{
	const char *name = request->argv[0];
	char path[2 * PATH_MAX];

	if (!strchr(name, '/'))
		return;
	snprintf(path, sizeof(path), "%s/%s",
		 name[0] == '/' ? "" : request->workdir, name);
	if (!realpath(path, request->program))
		request->program[0] = '\0';
}

/* All that can be wrong before anything is started. */
static int prepare(struct request *request, struct error *err)
{
	extern char **environ;
	int r = invoker_find(request->user, &request->invoker, err);

	if (r == 0)
		r = state_find(&request->state, err);
	if (r == 0)
		r = state_make(&request->state, err);
	if (r == 0)
		r = state_new_run(&request->state, request->run_id,
				  request->dir, err);
	if (r < 0)
		return r;
	snprintf(request->trace, sizeof(request->trace), "%s/trace.db",
		 request->dir);
	program_find(request);
	r = scope_load(&request->scope, &request->invoker, request->run_id,
		       request->workdir, &request->policy, err);
	if (r == 0)
		r = environment_make(policy_settings(request->policy),
				     &request->invoker, environ,
				     request->run_id, &request->envp, err);
	if (r < 0)
		rmdir(request->dir); /* a run that never was */
	return r;
}

static int64_t realtime_offset_ns(void)
{
	struct timespec real, boot;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (int64_t)(real.tv_sec - boot.tv_sec) * 1000000000 +
	       (real.tv_nsec - boot.tv_nsec);
}

static void on_event(void *ctx, const struct event *event)
{
	violations_tell(ctx, event);
}

static int status_of(const struct run_result *result)
{
	switch (result->end) {
	case RUN_ENDED:
		return WIFSIGNALED(result->status)
			       ? 128 + WTERMSIG(result->status)
			       : WEXITSTATUS(result->status);
	case RUN_NOEXEC:
		complain("%s", result->err.text);
		return result->err.code == -ENOENT ? EXIT_NOT_FOUND
						   : EXIT_NOT_EXECUTABLE;
	case RUN_KILLED:
		break;
	}
	if (result->err.code)
		complain("the run was ended: %s", result->err.text);
	return EXIT_KILLED;
}

static int execute(struct request *request)
{
	struct violations violations = {
		.policy = request->policy,
		.profile = request->scope.profile ? request->scope.profile
						  : "coder",
		.quiet = request->quiet,
	};
	const char *const hide[] = { request->state.kept,
				     request->state.runtime, NULL };
	const struct run_spec spec = {
		.policy = request->policy,
		.identity = request->invoker.identity,
		.user_namespace = !request->invoker.privileged,
		.observe_tasks = request->invoker.privileged,
		.argv = request->argv,
		.envp = request->envp,
		.workdir = request->workdir,
		.hide = hide,
		.trace_path = request->trace,
		.dir = request->dir,
		.program = request->program[0] ? request->program : NULL,
		.about = { .id = request->run_id,
			   .task = request->scope.task,
			   .owner = request->owner
					    ? request->owner
					    : policy_owner(request->policy),
			   .profile = policy_name(request->policy),
			   .engine = "notify",
			   .command = request->argv[0],
			   .realtime_offset_ns = realtime_offset_ns() },
		.on_event = on_event,
		.ctx = &violations,
	};
	struct run_result result = { 0 };
	struct error err = { 0 };
	int status;

	if (run_execute(&spec, &result, &err) < 0) {
		complain("%s", err.text);
		return EXIT_UNFIT;
	}
	status = status_of(&result);
	violations_end(&violations, request->run_id);
	return status;
}

int cmd_run(int argc, char **argv)
{
	CLEANUP(request_endp) struct request request = { 0 };
	struct error err = { 0 };
	int at = 0;

	switch (options_parse(&table, argc, argv, &request, &at)) {
	case OPTIONS_GO:
		break;
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_BAD:
		return EXIT_UNFIT;
	}
	if (at == argc) {
		complain("run: a command is missing; see agentjail run --help");
		return EXIT_UNFIT;
	}
	request.argv = argv + at;
	/* What else was inherited is neither ours nor the agent's. */
	if (close_range(3, ~0U, 0) < 0 || prepare(&request, &err) < 0) {
		complain("%s", err.code ? err.text : "close_range failed");
		return EXIT_UNFIT;
	}
	return execute(&request);
}
