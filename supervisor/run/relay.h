/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relay.h - bytes between the user's terminal and the jail's, both ways.
 *
 * Never blocks and holds a bounded number of bytes: where one side does not
 * take what it is given, the other is not read.
 */
#pragma once

#include <poll.h>
#include <stdbool.h>

struct error;
struct relay;

#define RELAY_POLLS 2

/*
 * Between TERMINAL_FD and the master PTY_FD, both non-blocking and both kept
 * by the caller. On success *out_relay is freed by free().
 */
int relay_make(int terminal_fd, int pty_fd, struct relay **out_relay,
	       struct error *err);

/* What to wait for; INPUT: what is typed is the jail's. */
void relay_wait(const struct relay *relay, bool input,
		struct pollfd fds[RELAY_POLLS]);

/* Moves what can be moved. Returns false once the user's terminal is gone. */
bool relay_turn(struct relay *relay, const struct pollfd fds[RELAY_POLLS]);

/* Whether there is output that the user has not seen. */
bool relay_has_output(struct relay *relay);

/* Drops what was typed and not taken. */
void relay_forget_input(struct relay *relay);
