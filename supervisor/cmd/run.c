/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/own.h"
#include "cmd/commands.h"
#include "cmd/events.h"
#include "cmd/explain.h"
#include "cmd/options.h"
#include "cmd/refusal.h"
#include "cmd/run_args.h"
#include "cmd/violations.h"
#include "policy/policy.h"
#include "run/capabilities.h"
#include "run/denials.h"
#include "run/environment.h"
#include "run/invoker.h"
#include "run/run.h"
#include "run/state.h"

#define EXIT_REACHED 3 /* the verdict of --fail-on */
#define EXIT_KILLED 137
#define EXIT_NOT_EXECUTABLE 126
#define EXIT_NOT_FOUND 127

/* What is made of the command line. */
struct request {
	struct run_args args;
	char **argv;
	struct events events;

	struct state state;
	char run_id[RUN_ID_SIZE];
	char dir[PATH_MAX]; /* "": none was made */
	char trace[PATH_MAX + 16];
	char program[PATH_MAX]; /* canonical; "": to be found by PATH */
	struct policy *policy;
	struct plan *plan;
	char **envp;
};

static void request_endp(struct request *request)
{
	environment_free(request->envp);
	plan_free(request->plan);
	policy_free(request->policy);
	events_endp(&request->events);
	profile_args_endp(&request->args.scope);
}

/* Where the command lies, if it says so itself; execve() tells of errors. */
static void program_find(struct request *request)
{
	const char *name = request->argv[0];
	char path[2 * PATH_MAX];

	if (!strchr(name, '/'))
		return;
	snprintf(path, sizeof(path), "%s/%s",
		 name[0] == '/' ? "" : request->args.scope.places.workdir,
		 name);
	if (!realpath(path, request->program))
		request->program[0] = '\0';
}

/* The whole machine or home is a task's directory by its name alone. */
static int workdir_check(const struct profile_args *scope, struct error *err)
{
	const struct places *places = &scope->places;
	struct stat st;

	if (stat(places->workdir, &st) < 0)
		return error_set(err, -errno, "%s", places->workdir);
	if (!S_ISDIR(st.st_mode))
		return error_set(err, -ENOTDIR, "%s", places->workdir);
	if (scope->dir)
		return 0;
	if (strcmp(places->workdir, "/") == 0 ||
	    strcmp(places->workdir, places->invoker.home) == 0)
		return error_say(err, -EINVAL,
				 "%s would be the task's directory; if it "
				 "shall, name it: -C %s",
				 places->workdir, places->workdir);
	return 0;
}

/* The scope, and what enforces it here. */
static int plan_find(struct request *request, struct error *err)
{
	struct profile_args *scope = &request->args.scope;
	struct capabilities capabilities;
	int r = profile_args_compile(scope, false, &request->policy, err);

	if (r == 0)
		r = workdir_check(scope, err);
	if (r < 0)
		return r;
	capabilities = capabilities_of_run(&scope->places.invoker);
	return plan_make(request->policy, &capabilities, &request->plan, err);
}

/* Makes the run's own directory; from now on it has to be dropped. */
static int place_make(struct request *request, struct error *err)
{
	int r = state_find(&request->state, err);

	if (r == 0)
		r = state_make(&request->state, err);
	if (r == 0)
		r = state_new_run(&request->state, request->run_id,
				  request->dir, err);
	if (r < 0) {
		request->dir[0] = '\0';
		return r;
	}
	snprintf(request->trace, sizeof(request->trace), "%s/trace.db",
		 request->dir);
	request->args.scope.run = request->run_id;
	return 0;
}

/* All that can be wrong before anything is started. */
static int prepare(struct request *request, struct error *err)
{
	extern char **environ;
	const struct environment_spec spec = {
		.invoker = &request->args.scope.places.invoker,
		.from = environ,
		.run_id = request->run_id,
		.denials = DENIALS_PATH,
	};
	int r = 0;

	if (request->args.events)
		r = events_open(request->args.events, &request->events, err);
	if (r == 0)
		r = place_make(request, err);
	if (r == 0)
		r = plan_find(request, err);
	if (r < 0)
		return r;
	program_find(request);
	return environment_make(request->policy, &spec, &request->envp, err);
}

static int64_t realtime_offset_ns(void)
{
	struct timespec real, boot;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (int64_t)(real.tv_sec - boot.tv_sec) * 1000000000 +
	       (real.tv_nsec - boot.tv_nsec);
}

/* Who is told of events. */
struct audience {
	struct violations violations;
	struct events *events;
};

static void on_event(void *ctx, const struct event *event)
{
	struct audience *audience = ctx;

	/* A reader that went away ends neither the run nor its record. */
	signal(SIGPIPE, SIG_IGN);
	events_tell(audience->events, event);
	violations_tell(&audience->violations, event);
}

static void on_tick(void *ctx)
{
	struct audience *audience = ctx;

	violations_tick(&audience->violations);
}

static void on_blind(void *ctx, const char *why)
{
	const struct audience *audience = ctx;

	if (audience->violations.audits)
		complain("tasks are not traced: %s", why);
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

static struct store_run about(const struct request *request)
{
	const struct run_args *args = &request->args;

	return (struct store_run){
		.id = request->run_id,
		.task = args->scope.task,
		.owner = args->owner ? args->owner
				     : policy_owner(request->policy),
		.profile = policy_name(request->policy),
		.engine = "notify",
		.command = request->argv[0],
		.realtime_offset_ns = realtime_offset_ns(),
	};
}

static struct run_spec spec_of(const struct request *request)
{
	const struct places *places = &request->args.scope.places;

	return (struct run_spec){
		.policy = request->policy,
		.identity = places->invoker.identity,
		.user_namespace = !places->invoker.privileged,
		.observe_tasks = places->invoker.privileged,
		.argv = request->argv,
		.envp = request->envp,
		.workdir = places->workdir,
		.trace_path = request->trace,
		.dir = request->dir,
		.program = request->program[0] ? request->program : NULL,
		.about = about(request),
		.observe = request->args.observe,
		.violations_only = request->args.trace == RUN_TRACE_VIOLATIONS,
		.on_event = on_event,
		.on_tick = on_tick,
		.on_blind = on_blind,
	};
}

/* Told a person once, not at every run: it is no news to who wants it. */
static void root_say(const struct request *request)
{
	const struct invoker *invoker = &request->args.scope.places.invoker;
	char told[PATH_MAX + 16];
	CLEANUP(fd_closep) int fd = -1;

	if (invoker->identity.uid != 0 || request->args.scope.user ||
	    request->args.quiet || !isatty(STDERR_FILENO))
		return;
	snprintf(told, sizeof(told), "%s/told-root", request->state.kept);
	fd = open(told, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0)
		complain("the command runs as root, and what it makes is "
			 "root's; --user names another (said once)");
}

static void begin_say(const struct request *request)
{
	complain("run %s: profile %s, engine notify, in %s%s", request->run_id,
		 policy_name(request->policy),
		 request->args.scope.places.workdir,
		 request->args.observe ? ", only observed" : "");
}

/* Runs it to the end. The exit status, or -errno where nothing ran. */
static int execute(struct request *request, struct error *err)
{
	struct audience audience = {
		.violations = { .policy = request->policy,
				.scope = &request->args.scope,
				.quiet = request->args.quiet,
				.audits = request->args.verbose },
		.events = &request->events,
	};
	const char *const hide[] = { request->state.kept,
				     request->state.runtime, NULL };
	struct run_spec spec = spec_of(request);
	struct run_result result = { 0 };
	int status, r;

	spec.hide = hide;
	spec.ctx = &audience;
	r = events_begin(&request->events, request->policy, &spec.about, err);
	if (r == 0)
		r = run_execute(&spec, &result, err);
	if (r < 0)
		return r;
	violations_end(&audience.violations, request->run_id);
	status = status_of(&result);
	if (request->args.fail_on != ABI_ALLOW &&
	    (int)audience.violations.strictest >= request->args.fail_on)
		return EXIT_REACHED;
	return status;
}

/* Says why nothing ran; a jail's inside has a reason that is worth a word. */
static int unfit(const struct error *err)
{
	const char *run = getenv("AGENTJAIL_RUN");

	if (run && (err->code == -EPERM || err->code == -EACCES))
		complain("a jail inside a jail is not to be had, and this is "
			 "the jail of run %s: %s",
			 run, err->text);
	else
		complain("%s", err->text);
	return EXIT_UNFIT;
}

static int dry_run(struct request *request)
{
	struct error err = { 0 };

	if (plan_find(request, &err) < 0)
		return unfit(&err);
	explain_print(request->policy, request->plan);
	fflush(stdout);
	return refusal_passes(&request->args, request->policy, request->plan)
		       ? 0
		       : EXIT_UNFIT;
}

static int run(struct request *request)
{
	struct error err = { 0 };
	int status = prepare(request, &err);

	if (status == 0 &&
	    !refusal_passes(&request->args, request->policy, request->plan)) {
		state_drop_run(request->dir);
		return EXIT_UNFIT;
	}
	if (status == 0) {
		root_say(request);
		if (request->args.verbose)
			begin_say(request);
		status = execute(request, &err);
	}
	if (status >= 0)
		return status;
	if (request->dir[0])
		state_drop_run(request->dir);
	return unfit(&err);
}

int cmd_run(int argc, char **argv)
{
	CLEANUP(request_endp) struct request request = { .events.fd = -1 };
	int at = 0;

	switch (run_args_parse(&request.args, argc, argv, &at)) {
	case OPTIONS_GO:
		break;
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_BAD:
		return EXIT_UNFIT;
	}
	if (request.args.dry_run)
		return dry_run(&request);
	if (at == argc) {
		complain("run: a command is missing; see agentjail run --help");
		return EXIT_UNFIT;
	}
	request.argv = argv + at;
	/* What else was inherited is neither ours nor the agent's. */
	if (close_range(3, ~0U, 0) < 0) {
		complain("close_range: %s", strerror(errno));
		return EXIT_UNFIT;
	}
	return run(&request);
}
