/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socket.h - the broker's own copy of a socket that the caller holds.
 *
 * What is judged is done on the copy, so that it does not matter what the
 * caller's number stands for by then. Closing it leaves the socket open.
 */
#pragma once

#include <stdbool.h>

struct work;

struct socket {
	int fd; /* owned */
	int domain;
	int type;
	int protocol;
};

#define SOCKET_NONE                                                            \
	{                                                                      \
		.fd = -1                                                       \
	}

/*
 * Copies the socket NUMBER of the caller's.
 *
 *   -EBADF, -ENOTSOCK   as the call itself would say
 *   -EPERM              the calling thread has a table of descriptors of its
 *                       own, and this kernel gives only its process's
 */
int socket_take(struct work *work, int number, struct socket *out_socket);
void socket_endp(struct socket *socket);

/*
 * A pidfd through which pidfd_getfd() finds the caller's own descriptors, or
 * -errno; -EPERM as above.
 */
int socket_table(struct work *work);

/* Whether its calls wait until they are done. */
bool socket_is_blocking(const struct socket *socket);

/* Of the internet, or of unix: each message may have an address. */
bool socket_is_inet(const struct socket *socket);
bool socket_is_datagram(const struct socket *socket);

/* What the kernel never gives a second socket. Returns 0 or -errno. */
int socket_cookie(const struct socket *socket, unsigned long long *out_cookie);
