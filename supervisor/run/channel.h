/* SPDX-License-Identifier: Apache-2.0 */
/*
 * channel.h - the few words that the supervisor, the broker and the agent's
 * session leader exchange while a jail is born, lives, and ends.
 */
#pragma once

#include <stdint.h>

#include "base/error.h"

enum channel_word {
	CHANNEL_READY = 1,	/* value: pid of the agent's first task */
	CHANNEL_GO = 2,		/* it may execute now */
	CHANNEL_FAILED = 3,	/* the jail could not be set up: err */
	CHANNEL_NOEXEC = 4,	/* the command could not be executed: err */
	CHANNEL_ENDED = 5,	/* value: the command's wait status */
	CHANNEL_STOPPED = 6,	/* value: the signal that stopped the command */
	CHANNEL_SIGNAL = 7,	/* value: a signal for what is in front */
	CHANNEL_FOREGROUND = 8, /* the terminal is the command's: it goes on */
	CHANNEL_BACKGROUND = 9, /* it goes on without the terminal */
};

struct channel_message {
	uint32_t word; /* enum channel_word */
	int32_t value;
	struct error err;
};

/* Two connected ends, close-on-exec; each message is whole or not there. */
int channel_open(int out_ends[2], struct error *err);

/* Sends one message. Returns 0 or -errno. */
int channel_send(int fd, enum channel_word word, int value,
		 const struct error *err_or_null);

/* Sends one message with a copy of the descriptor PASSED_FD. */
int channel_pass(int fd, enum channel_word word, int value, int passed_fd);

/*
 * Waits for a message. Returns 0, -EPIPE where the other end is gone, or
 * -errno.
 */
int channel_receive(int fd, struct channel_message *out_message);

/*
 * The same, and takes the descriptor that came with it: *out_passed_fd, the
 * caller's and close-on-exec, or -1 where none did.
 */
int channel_receive_fd(int fd, struct channel_message *out_message,
		       int *out_passed_fd);
