/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal.h - the user's terminal: its modes, its size, whose it is.
 *
 * Knows nothing of what runs on it. A terminal that was taken is given back
 * with the modes that it had, also where this program crashes.
 */
#pragma once

#include <stdbool.h>

struct error;
struct terminal;

/* Which of 0, 1 and 2 are terminals, as bits. */
unsigned terminal_which(void);

/*
 * Whether our process group has a parent that could continue it: in our
 * session, and in another group.
 */
bool terminal_has_shell(void);

/*
 * Opens the first terminal of WHICH (not 0), as a description of its own that
 * never blocks. On success *out_terminal is freed by terminal_freep().
 */
int terminal_open(unsigned which, struct terminal **out_terminal,
		  struct error *err);

/* Gives the terminal back, if it is taken. */
void terminal_freep(struct terminal **terminal);

int terminal_fd(const struct terminal *terminal);

/* Whether we may read it: no job control, or our group is in front. */
bool terminal_is_ours(const struct terminal *terminal);

/* Raw: each byte comes through, and each goes out as it is. */
void terminal_take(struct terminal *terminal);

/* The modes that it had. What was typed and not read is dropped. */
void terminal_give(struct terminal *terminal);

/* While a line is printed past us: it begins at the left, raw or not. */
void terminal_line(const struct terminal *terminal, bool begin);

/* Makes PTY_FD have its size. */
void terminal_copy_size(const struct terminal *terminal, int pty_fd);

/*
 * And its modes: the user's keys and the like. Where somebody else has it just
 * now, as a shell that edits its line, PTY_FD keeps those of any new terminal.
 */
void terminal_copy_modes(const struct terminal *terminal, int pty_fd);
