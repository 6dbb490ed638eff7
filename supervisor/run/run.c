/* SPDX-License-Identifier: Apache-2.0 */
#include "run/run.h"

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>

#include "base/own.h"
#include "enforce/filter.h"
#include "event/ring.h"
#include "observe/tasks.h"
#include "policy/policy.h"
#include "run/birth.h"
#include "run/bounds.h"
#include "run/channel.h"
#include "run/context.h"
#include "run/denials.h"
#include "run/rows.h"
#include "run/scratch.h"
#include "run/session.h"

#define RING_BYTES ((size_t)4 << 20)
#define DRAIN_MS 50  /* events that wake nobody are looked for this often */
#define SESSION_AT 3 /* where its descriptors begin among those polled */

/* What the supervisor holds of a run. */
struct supervisor {
	const struct run_spec *spec;
	struct rows *rows;
	struct filter *filter;
	struct event_ring *ring;
	struct scratch scratch;
	struct event_context context;
	struct denials *denials;
	char denials_path[PATH_MAX];
	struct observer *observer; /* NULL: tasks are not observed */
	struct store *store;
	int channel_fd;
	struct bounds bounds;
	struct session *session; /* the user's terminal, and signals */
	pid_t broker_pid;
	pid_t agent_pid;
	int agent_fd;
	uint64_t seq; /* of the supervisor's own events */
	bool kill_seen;
	bool violation_seen; /* something may be said of it */
	struct error fault;  /* of the trace: nothing may run unrecorded */
	struct run_result result;
};

static void supervisor_end(struct supervisor *s)
{
	struct error left = { 0 };

	session_end(&s->session);
	bounds_endp(&s->bounds);
	/* What stays is in nobody's way; the state's owner can remove it. */
	scratch_remove(&s->scratch, &left);
	denials_freep(&s->denials);
	context_endp(&s->context);
	store_close(s->store);
	observer_close(s->observer);
	event_ring_free(s->ring);
	filter_freep(&s->filter);
	rows_freep(&s->rows);
	fd_closep(&s->channel_fd);
	fd_closep(&s->agent_fd);
}

/* An operation that was simply allowed, and tasks that come and go. */
static bool is_passed_over(const struct supervisor *s,
			   const struct event *event)
{
	return s->spec->violations_only && event->verdict == ABI_ALLOW &&
	       (event->op < ABI_OP_START ||
		(event->op >= ABI_OP_FORK && event->op <= ABI_OP_EXIT));
}

static void broker_kill(struct supervisor *s)
{
	bounds_kill(&s->bounds);
	kill(s->broker_pid, SIGKILL); /* init and all the jail go with it */
}

static int event_take(void *ctx, const struct event *event)
{
	struct supervisor *s = ctx;
	int r = 0;

	if (is_passed_over(s, event))
		return 0;
	r = store_add(s->store, event, &s->fault);
	if (r == 0)
		r = denials_add(s->denials, event, &s->fault);
	if (r < 0)
		return r;
	if (event->verdict == ABI_KILL &&
	    !(event->flags & ABI_EVENT_OBSERVED)) {
		s->kill_seen = true;
		bounds_kill(&s->bounds);
	}
	if (event->verdict != ABI_ALLOW)
		s->violation_seen = true;
	if (s->spec->on_event)
		s->spec->on_event(s->spec->ctx, event);
	return 0;
}

/* The supervisor's own events: the start and the end of the run. */
static int event_own(struct supervisor *s, enum abi_op op, const char *object,
		     int error)
{
	struct timespec now;
	struct event event = {
		.source = ABI_SOURCE_SUPERVISOR,
		.seq = ++s->seq,
		.op = op,
		.rule = -1,
		.pid = (uint32_t)s->agent_pid,
		.ppid = (uint32_t)getpid(),
		.error = error,
		.object = { object, object ? strlen(object) : 0 },
	};

	clock_gettime(CLOCK_BOOTTIME, &now);
	event.time_ns =
		(uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	return event_take(s, &event);
}

/*
 * All that is there, from all sources, to the trace. A trace that cannot be
 * written ends the jail: what it does could not be explained.
 */
static int drain(struct supervisor *s)
{
	int r = event_ring_read(s->ring, event_take, s, &s->fault);

	if (r >= 0 && s->observer)
		r = observer_drain(s->observer, event_take, s, &s->fault);
	if (r >= 0)
		r = store_commit(s->store, &s->fault);
	return r < 0 ? r : 0;
}

static bool message_take(struct supervisor *s)
{
	struct channel_message message;

	if (channel_receive(s->channel_fd, &message) < 0) {
		s->result.end = RUN_KILLED;
		return true;
	}
	if (message.word == CHANNEL_NOEXEC) {
		s->result.end = RUN_NOEXEC;
		s->result.err = message.err;
		return false; /* CHANNEL_ENDED follows */
	}
	if (message.word == CHANNEL_STOPPED) {
		session_stop(s->session, message.value);
		return false;
	}
	if (message.word != CHANNEL_ENDED) {
		s->result.end = RUN_KILLED;
		broker_kill(s);
		return true;
	}
	s->result.status = message.value;
	if (s->result.end != RUN_NOEXEC)
		s->result.end = RUN_ENDED;
	return true;
}

/* What is said of violations stands on lines, also on a raw terminal. */
static void tick(struct supervisor *s)
{
	if (!s->spec->on_tick)
		return;
	if (s->violation_seen)
		session_line(s->session, true);
	s->spec->on_tick(s->spec->ctx);
	if (s->violation_seen)
		session_line(s->session, false);
}

/* The end of the run's time is that of the jail. */
static void time_look(struct supervisor *s)
{
	if (!bounds_are_over(&s->bounds))
		return;
	error_say(&s->result.err, -ETIME, "its time is over");
	broker_kill(s);
}

static int supervise(struct supervisor *s)
{
	bool ended = false;

	while (!ended) {
		struct pollfd fds[] = {
			{ .fd = s->channel_fd, .events = POLLIN },
			{ .fd = event_ring_fd(s->ring), .events = POLLIN },
			{ .fd = s->observer ? observer_fd(s->observer) : -1,
			  .events = POLLIN },
			[SESSION_AT + SESSION_POLLS - 1] = { .fd = -1 },
		};

		session_wait(s->session, fds + SESSION_AT);
		if (poll(fds, ARRAY_SIZE(fds), DRAIN_MS) < 0 && errno != EINTR)
			return error_set(&s->fault, -errno, "poll");
		if (drain(s) < 0)
			return s->fault.code;
		tick(s);
		time_look(s);
		if (!session_turn(s->session, fds + SESSION_AT))
			broker_kill(s);
		if (fds[0].revents)
			ended = message_take(s);
	}
	return drain(s);
}

/* The broker is forked before anything else is opened that it must not have. */
static int broker_fork(struct supervisor *s, struct error *err)
{
	const struct run_spec *spec = s->spec;
	struct birth birth = {
		.policy = spec->policy,
		.filter = s->filter,
		.rows = s->rows,
		.ring = s->ring,
		.identity = spec->identity,
		.user_namespace = spec->user_namespace,
		.argv = spec->argv,
		.envp = spec->envp,
		.workdir = spec->workdir,
		.program = spec->program,
		.tmp = s->scratch.dir[0] ? s->scratch.tmp : NULL,
		.var_tmp = s->scratch.dir[0] ? s->scratch.var_tmp : NULL,
		.hide = spec->hide,
		.denials = s->denials_path,
		.observe = spec->observe,
		.terminals = session_terminals(s->session),
		.foreground = session_is_in_front(s->session),
		.job_control = session_has_shell(s->session),
		.signal_mask = *session_signals(s->session),
	};
	int ends[2];
	int r = channel_open(ends, err);

	if (r < 0)
		return r;
	sigaction(SIGPIPE, NULL, &birth.sigpipe);
	sigaction(SIGXFSZ, NULL, &birth.sigxfsz);
	s->broker_pid = fork();
	if (s->broker_pid < 0)
		return error_set(err, -errno, "fork");
	if (s->broker_pid == 0) {
		close(ends[0]);
		session_forget(s->session);
		birth_broker(&birth, ends[1]);
	}
	close(ends[1]);
	s->channel_fd = ends[0];
	return 0;
}

/* Events name rules by their index in the policy. */
static int rules_record(struct supervisor *s, struct error *err)
{
	const struct policy *policy = s->spec->policy;
	const size_t count = policy_rule_count(policy);
	CLEANUP(freep)
	struct store_rule *rules = calloc(count + 1, sizeof(*rules));

	if (!rules)
		return error_set(err, -ENOMEM, "trace");
	for (size_t i = 0; i < count; i++) {
		const struct policy_rule *rule = policy_rule(policy, (int)i);

		rules[i] = (struct store_rule){
			.profile = rule->profile,
			.line = rule->line,
			.verdict = rule->verdict,
			.object = rule->object,
			.reason = rule->reason,
			.lock = rule->lock,
		};
	}
	return store_add_rules(s->store, rules, count, err);
}

/* While the broker makes the jail: the trace, and eyes on the tasks. */
static int records_open(struct supervisor *s, struct error *err)
{
	struct error blind = { 0 };
	int r;

	if (s->spec->observe_tasks &&
	    observer_open(OBSERVER_RING_BYTES, &s->observer, &blind) < 0 &&
	    s->spec->on_blind)
		s->spec->on_blind(s->spec->ctx, blind.text);
	r = context_make(s->spec->policy, &s->spec->about, &s->context, err);
	if (r == 0)
		r = denials_open(s->denials_path, &s->context, &s->denials,
				 err);
	if (r == 0)
		r = store_create(s->spec->trace_path, &s->spec->about,
				 &s->store, err);
	return r < 0 ? r : rules_record(s, err);
}

static int ready_await(struct supervisor *s, struct error *err)
{
	CLEANUP(fd_closep) int master_fd = -1;
	struct channel_message message;
	int r = channel_receive_fd(s->channel_fd, &message, &master_fd);

	if (r < 0)
		return error_set(err, r, "the broker ended early");
	if (message.word == CHANNEL_FAILED) {
		*err = message.err;
		return err->code;
	}
	if (message.word != CHANNEL_READY)
		return error_set(err, -EPROTO, "the broker");
	s->agent_pid = message.value;
	s->agent_fd = pidfd_open(s->agent_pid, 0);
	if (s->agent_fd < 0)
		return error_set(err, -errno, "the agent's pidfd");
	return session_begin(s->session, s->channel_fd, TAKE_FD(master_fd),
			     err);
}

static int agent_release(struct supervisor *s, struct error *err)
{
	const struct run_spec *spec = s->spec;
	int r = bounds_make(policy_settings(spec->policy), spec->about.id,
			    s->agent_pid, &s->bounds, err);

	if (r == 0)
		session_group(s->session, s->bounds.cgroup);
	if (r == 0 && s->observer)
		r = observer_enroll(s->observer, s->agent_fd, err);
	if (r == 0 && event_own(s, ABI_OP_START, spec->about.command, 0) < 0) {
		*err = s->fault;
		r = err->code;
	}
	if (r == 0)
		r = channel_send(s->channel_fd, CHANNEL_GO, 0, NULL);
	return r;
}

/* Also what is zero: that nothing was lost is worth a word. */
static int losses_record(struct supervisor *s)
{
	struct observer_loss loss;
	int r;

	if (!s->observer)
		return 0;
	r = observer_lost(s->observer, &loss, &s->fault);
	if (r == 0) {
		const struct {
			const char *what;
			uint64_t count;
		} losses[] = {
			{ "fork", loss.fork },	   { "exec", loss.exec },
			{ "exit", loss.exit },	   { "enrol", loss.enrol },
			{ "missed", loss.missed },
		};

		for (size_t i = 0; i < ARRAY_SIZE(losses) && r == 0; i++)
			r = store_add_loss(s->store, ABI_SOURCE_KERNEL,
					   losses[i].what, losses[i].count,
					   &s->fault);
	}
	return r;
}

static const char *end_name(const struct run_result *result)
{
	switch (result->end) {
	case RUN_ENDED:
		return WIFSIGNALED(result->status) ? "signal" : "exit";
	case RUN_NOEXEC:
		return "noexec";
	case RUN_KILLED:
		break;
	}
	return "killed";
}

static int jail_run(struct supervisor *s)
{
	int r = supervise(s);

	if (r < 0)
		broker_kill(s);
	waitpid(s->broker_pid, NULL, 0);
	if (s->kill_seen)
		s->result.end = RUN_KILLED;
	if (s->result.end == RUN_KILLED)
		s->result.status = SIGKILL; /* as wait(2) would have it */
	if (r == 0)
		r = drain(s);
	if (r == 0)
		r = event_own(s, ABI_OP_END, end_name(&s->result),
			      s->result.status);
	if (r == 0)
		r = losses_record(s);
	if (r == 0)
		r = store_seal(s->store, s->result.status, end_name(&s->result),
			       &s->fault);
	return r;
}

/* The file that the jail sees of its denials, before the jail is there. */
static int denials_place(struct supervisor *s, struct error *err)
{
	if (snprintf(s->denials_path, sizeof(s->denials_path), "%s/denied.json",
		     s->spec->dir) >= (int)sizeof(s->denials_path))
		return error_set(err, -ENAMETOOLONG, "%s", s->spec->dir);
	return denials_make(s->denials_path, err);
}

int run_execute(const struct run_spec *spec, struct run_result *out_result,
		struct error *err)
{
	CLEANUP(supervisor_end)
	struct supervisor s = {
		.spec = spec,
		.channel_fd = -1,
		.agent_fd = -1,
	};
	int r;

	r = session_open(&s.session, err);
	if (r == 0)
		r = rows_make(spec->policy, &s.rows, err);
	if (r == 0)
		r = rows_filter(s.rows, &s.filter, err);
	if (r == 0 && policy_settings(spec->policy)->tmp == TMP_PRIVATE)
		r = scratch_make(spec->dir, &s.scratch, err);
	if (r == 0)
		r = denials_place(&s, err);
	if (r == 0)
		r = event_ring_create(RING_BYTES, ABI_SOURCE_BROKER, &s.ring,
				      err);
	if (r == 0)
		r = broker_fork(&s, err);
	if (r < 0)
		return r;
	r = records_open(&s, err);
	if (r == 0)
		r = ready_await(&s, err);
	if (r == 0)
		r = agent_release(&s, err);
	if (r < 0) {
		broker_kill(&s);
		waitpid(s.broker_pid, NULL, 0);
		return r;
	}
	if (jail_run(&s) < 0) {
		s.result.end = RUN_KILLED;
		s.result.err = s.fault;
	}
	*out_result = s.result;
	return 0;
}
