/* SPDX-License-Identifier: Apache-2.0 */
#include "run/session.h"

#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>

#include "base/error.h"
#include "base/own.h"
#include "enforce/cgroup.h"
#include "run/channel.h"
#include "run/relay.h"
#include "run/terminal.h"

#define GRACE_MS 10000 /* from a TERM or HUP to the end of the jail */
#define SETTLE_MS 500  /* a stopped command's last output may take this */

struct session {
	struct terminal *terminal; /* NULL: none of 0, 1, 2 is one */
	struct relay *relay;
	const struct cgroup *cgroup; /* NULL: none is to be had */
	unsigned terminals;
	int master_fd;
	int channel_fd;
	int signal_fd;
	sigset_t signals_before;
	bool is_shared; /* with the rest of a pipeline: not ours until needed */
	bool in_front;	/* the terminal is raw, what is typed is the jail's */
	bool hung_up;	/* the terminal is gone */
	bool was_told;	/* of that, by a HUP */
	int endings;	/* how often somebody asked for the end */
	int64_t deadline_ms; /* 0: none */
};

enum on_signal {
	SIGNAL_END,
	SIGNAL_END_SOON,
	SIGNAL_PASS,
	SIGNAL_CONTINUE,
	SIGNAL_SIZE
};

static const struct {
	int sig;
	enum on_signal action;
} signals[] = {
	{ SIGINT, SIGNAL_END },	      { SIGQUIT, SIGNAL_END },
	{ SIGTERM, SIGNAL_END_SOON }, { SIGHUP, SIGNAL_END_SOON },
	{ SIGTSTP, SIGNAL_PASS },     { SIGCONT, SIGNAL_CONTINUE },
	{ SIGWINCH, SIGNAL_SIZE },
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What is ignored (by nohup, by a shell's &) is not ours to hand on. */
static bool is_ignored(int sig)
{
	struct sigaction action;

	return sigaction(sig, NULL, &action) == 0 &&
	       action.sa_handler == SIG_IGN;
}

static int signals_take(struct session *session, struct error *err)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (!is_ignored(signals[i].sig))
			sigaddset(&set, signals[i].sig);
	session->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (session->signal_fd < 0)
		return error_set(err, -errno, "signalfd");
	/* To set a terminal's modes must not stop us. */
	sigaddset(&set, SIGTTOU);
	sigaddset(&set, SIGTTIN);
	sigprocmask(SIG_BLOCK, &set, &session->signals_before);
	return 0;
}

static bool is_pipe(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

int session_open(struct session **out_session, struct error *err)
{
	CLEANUP(freep) struct session *session = calloc(1, sizeof(*session));
	int r;

	if (!session)
		return error_set(err, -ENOMEM, "session");
	session->master_fd = -1;
	session->channel_fd = -1;
	session->terminals = terminal_which();
	if (session->terminals) {
		r = terminal_open(session->terminals, &session->terminal, err);
		if (r < 0)
			return r;
		/* Another part of it may use the terminal at the same time. */
		session->is_shared = is_pipe(0) || is_pipe(1);
		session->in_front = !session->is_shared &&
				    terminal_is_ours(session->terminal);
	}
	r = signals_take(session, err);
	if (r < 0) {
		terminal_freep(&session->terminal);
		return r;
	}
	*out_session = TAKE_PTR(session);
	return 0;
}

unsigned session_terminals(const struct session *session)
{
	return session->terminals;
}

bool session_is_in_front(const struct session *session)
{
	return session->in_front;
}

bool session_has_shell(const struct session *session)
{
	return session->terminal && terminal_has_shell();
}

const sigset_t *session_signals(const struct session *session)
{
	return &session->signals_before;
}

void session_forget(struct session *session)
{
	close(session->signal_fd);
	if (session->terminal)
		close(terminal_fd(session->terminal));
}

int session_begin(struct session *session, int channel_fd, int master_fd,
		  struct error *err)
{
	session->channel_fd = channel_fd;
	session->master_fd = master_fd;
	if (!session->terminal)
		return 0;
	if (master_fd < 0)
		return error_set(err, -EPROTO, "the jail's terminal");
	terminal_copy_size(session->terminal, master_fd);
	terminal_copy_modes(session->terminal, master_fd);
	if (session->in_front)
		terminal_take(session->terminal);
	return relay_make(terminal_fd(session->terminal), master_fd,
			  &session->relay, err);
}

void session_group(struct session *session, const struct cgroup *cgroup)
{
	session->cgroup = cgroup;
}

void session_wait(const struct session *session,
		  struct pollfd fds[SESSION_POLLS])
{
	for (size_t i = 0; i < SESSION_POLLS; i++)
		fds[i] = (struct pollfd){ .fd = -1 };
	fds[0] = (struct pollfd){ .fd = session->signal_fd, .events = POLLIN };
	if (session->relay)
		relay_wait(session->relay, session->in_front, fds + 1);
}

static void tell(const struct session *session, enum channel_word word,
		 int value)
{
	/* Where nobody is there to hear it, the loop finds out by itself. */
	channel_send(session->channel_fd, word, value, NULL);
}

/* Takes the terminal where it is ours, and lets the command go on. */
static void go_on(struct session *session, bool in_front)
{
	if (!session->terminal) {
		tell(session, CHANNEL_SIGNAL, SIGCONT);
		return;
	}
	session->in_front = !session->is_shared &&
			    terminal_is_ours(session->terminal);
	if (session->in_front) {
		terminal_take(session->terminal);
		terminal_copy_size(session->terminal, session->master_fd);
	} else {
		terminal_give(session->terminal);
	}
	in_front |= session->in_front;
	tell(session, in_front ? CHANNEL_FOREGROUND : CHANNEL_BACKGROUND, 0);
}

/*
 * Stops us as the command was stopped, and with us the rest of our job, as the
 * kernel would have. Returns false where nobody could continue us, which the
 * kernel knows, and so did not stop us.
 */
static bool stop_self(int sig)
{
	const struct timespec none = { 0 };
	sigset_t set, cont;

	if (sig == SIGSTOP) {
		raise(sig);
	} else {
		sigemptyset(&set);
		sigaddset(&set, sig);
		kill(0, sig);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		sigprocmask(SIG_BLOCK, &set, NULL);
	}
	sigemptyset(&cont);
	sigaddset(&cont, SIGCONT);
	return sigtimedwait(&cont, NULL, &none) == SIGCONT;
}

/* With the rest of the jail, where that is possible. */
static bool stop_both(struct session *session, int sig)
{
	struct error none = { 0 };
	bool stopped;

	/* What fails here fails because nothing is left. */
	if (session->cgroup)
		cgroup_freeze(session->cgroup, true, &none);
	stopped = stop_self(sig);
	if (session->cgroup)
		cgroup_freeze(session->cgroup, false, &none);
	return stopped;
}

/* What the jail wrote before TIME_MS have passed. */
static void output_show(struct session *session, int64_t time_ms)
{
	const int64_t end_ms = now_ms() + time_ms;
	struct pollfd fds[SESSION_POLLS];

	while (session->relay && relay_has_output(session->relay) &&
	       now_ms() < end_ms) {
		session_wait(session, fds);
		fds[1].events &= POLLOUT; /* nothing is typed for it any more */
		if (poll(fds + 1, RELAY_POLLS, 50) < 0 && errno != EINTR)
			return;
		if (!relay_turn(session->relay, fds + 1))
			return;
	}
}

void session_stop(struct session *session, int sig)
{
	const bool wants_terminal = sig == SIGTTIN || sig == SIGTTOU;
	bool stopped;

	if (!session->terminal)
		return; /* as bare: nobody but its parent would know */
	if (wants_terminal && !session->in_front &&
	    terminal_is_ours(session->terminal)) {
		session->is_shared = false;
		go_on(session, true);
		return;
	}
	output_show(session, SETTLE_MS);
	terminal_give(session->terminal);
	stopped = stop_both(session, sig);
	/* Where we cannot be stopped, neither can it: it must not ask again. */
	go_on(session, !stopped);
}

static void end_ask(struct session *session, int sig)
{
	session->endings++;
	session->was_told |= sig == SIGHUP;
	if (sig == SIGTERM || sig == SIGHUP)
		session->deadline_ms = now_ms() + GRACE_MS;
	tell(session, CHANNEL_SIGNAL, sig);
}

/* There is nobody to stop it for us: it stops, then we do. */
static void pause_both(struct session *session, int sig)
{
	tell(session, CHANNEL_SIGNAL, SIGSTOP);
	stop_both(session, sig);
	go_on(session, false);
}

static void size_take(struct session *session)
{
	if (!session->terminal)
		return;
	terminal_copy_size(session->terminal, session->master_fd);
	if (!session->in_front) /* the kernel tells what is in front */
		tell(session, CHANNEL_SIGNAL, SIGWINCH);
}

static void signal_act(struct session *session, enum on_signal action, int sig)
{
	switch (action) {
	case SIGNAL_END:
	case SIGNAL_END_SOON:
		/* A terminal that is gone was told already. */
		if (!(session->hung_up && sig == SIGHUP))
			end_ask(session, sig);
		break;
	case SIGNAL_PASS:
		if (session->terminal)
			tell(session, CHANNEL_SIGNAL, sig);
		else
			pause_both(session, sig);
		break;
	case SIGNAL_CONTINUE:
		/* By a shell's fg or bg; where we stand may have changed. */
		if (session->terminal)
			go_on(session, false);
		break;
	case SIGNAL_SIZE:
		size_take(session);
	}
}

static void signals_read(struct session *session)
{
	struct signalfd_siginfo info;

	while (read(session->signal_fd, &info, sizeof(info)) == sizeof(info))
		for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
			if (signals[i].sig == (int)info.ssi_signo)
				signal_act(session, signals[i].action,
					   signals[i].sig);
}

/* A shell's fg of a job that was not stopped tells nobody. */
static void place_look(struct session *session)
{
	if (!session->terminal || session->is_shared || session->hung_up)
		return;
	if (terminal_is_ours(session->terminal) != session->in_front)
		go_on(session, false);
}

bool session_turn(struct session *session,
		  const struct pollfd fds[SESSION_POLLS])
{
	if (fds[0].revents)
		signals_read(session);
	place_look(session);
	if (session->relay && !session->hung_up &&
	    !relay_turn(session->relay, fds + 1)) {
		session->hung_up = true;
		if (!session->was_told)
			end_ask(session, SIGHUP);
	} else if (session->hung_up) {
		relay_turn(session->relay, fds + 1);
	}
	if (session->endings > 1)
		return false;
	return !session->deadline_ms || now_ms() < session->deadline_ms;
}

void session_line(const struct session *session, bool begin)
{
	if (session->terminal)
		terminal_line(session->terminal, begin);
}

/* As long as it takes, as bare; but somebody may have no patience. */
static void output_finish(struct session *session)
{
	const int endings = session->endings;

	while (session->relay && !session->hung_up &&
	       relay_has_output(session->relay)) {
		output_show(session, SETTLE_MS);
		signals_read(session);
		if (session->endings > endings || endings > 1)
			return;
	}
}

void session_end(struct session **session)
{
	struct session *s = *session;

	if (!s)
		return;
	output_finish(s);
	terminal_freep(&s->terminal);
	free(s->relay);
	fd_closep(&s->master_fd);
	fd_closep(&s->signal_fd);
	sigprocmask(SIG_SETMASK, &s->signals_before, NULL);
	free(s);
	*session = NULL;
}
