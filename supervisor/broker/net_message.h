/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_message.h - a message as the caller describes it, taken over piece by
 * piece: whom it is for, what it carries beside its text, and the text.
 *
 * Knows struct msghdr and which control messages change where a packet goes.
 */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "broker/net_address.h"

struct socket;
struct work;

#define NET_MESSAGE_FDS 253    /* SCM_MAX_FD of the kernel */
#define NET_MESSAGE_PARTS 1024 /* UIO_MAXIOV of the kernel */

struct net_message {
	struct net_address to; /* of length 0: none is given */
	size_t part_count;
	struct iovec *parts; /* in the caller's memory; owned */
	size_t size;	     /* of all parts */
	size_t control_size;
	char *control; /* owned */
	int fd_count;
	int fds[NET_MESSAGE_FDS]; /* what control has, in the broker; owned */
};

#define NET_MESSAGE_EMPTY                                                      \
	{                                                                      \
		.parts = NULL                                                  \
	}

/*
 * Copies the struct msghdr at ADDRESS with all that it points to but the
 * text. Returns 0 or the -errno that the kernel would give.
 */
int net_message_read(struct work *work, uint64_t address,
		     struct net_message *out_message);

/* The same for a text of SIZE bytes at ADDRESS. */
int net_message_make(uint64_t address, uint64_t size,
		     struct net_message *out_message);
void net_message_endp(struct net_message *message);

/*
 * Makes the control messages the broker's own: its copies of descriptors, its
 * number in place of the caller's.
 *
 *   -EPERM   credentials that are not the caller's, or, on record, what would
 *            lead a packet elsewhere
 */
int net_message_adopt(struct work *work, const struct socket *socket,
		      struct net_message *message);

/*
 * Copies up to SIZE bytes of the text from OFFSET on. Returns how many, fewer
 * where the caller's memory ends; -EFAULT where there are none.
 */
ssize_t net_message_text(struct work *work, const struct net_message *message,
			 size_t offset, void *data, size_t size);
