/* SPDX-License-Identifier: Apache-2.0 */
/*
 * session.h - a run as a job of the user's shell: signals, the terminal, stop
 * and go.
 *
 * Signals that end or stop go to what is in front in the jail. When the
 * command stops, so do we; when we go on, so does it. Knows neither policy nor
 * trace.
 */
#pragma once

#include <poll.h>
#include <signal.h>
#include <stdbool.h>

struct cgroup;
struct error;
struct session;

#define SESSION_POLLS 3

/*
 * Takes the signals of a job and looks at the terminal. Signals that are
 * ignored stay so. On success *out_session is ended by session_end().
 */
int session_open(struct session **out_session, struct error *err);

/* Which of 0, 1, 2 become the jail's own, as bits. */
unsigned session_terminals(const struct session *session);

/* Whether the command begins in front. */
bool session_is_in_front(const struct session *session);

/*
 * Whether somebody could continue us, were we stopped: where not, the kernel
 * lets no key stop us.
 */
bool session_has_shell(const struct session *session);

/* The signal mask that we were started with. */
const sigset_t *session_signals(const struct session *session);

/* In a child that must have none of it: closes what the session has open. */
void session_forget(struct session *session);

/*
 * The jail is there: CHANNEL_FD leads to its broker and is kept by the caller;
 * MASTER_FD is that of its terminal, from now on the session's, or -1.
 */
int session_begin(struct session *session, int channel_fd, int master_fd,
		  struct error *err);

/* What to wait for. */
void session_wait(const struct session *session,
		  struct pollfd fds[SESSION_POLLS]);

/*
 * Acts on what happened; call it at least each 50 ms. Returns false where the
 * jail must be ended: somebody insists.
 */
bool session_turn(struct session *session,
		  const struct pollfd fds[SESSION_POLLS]);

/* All that is in CGROUP, which the caller keeps, stands still while we do. */
void session_group(struct session *session, const struct cgroup *cgroup);

/* The command was stopped by SIG: returns when it goes on. */
void session_stop(struct session *session, int sig);

/* While something is printed past us. */
void session_line(const struct session *session, bool begin);

/* The jail is gone: shows the rest of its output, gives all back. */
void session_end(struct session **session);
