/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_diag.h - who would take what is sent to an address on this host, by the
 * kernel's own lists of sockets. Source: sock_diag(7).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct net_diag_socket {
	uint64_t cookie;     /* SO_COOKIE; never used twice */
	uint32_t ino;	     /* of the socket */
	uint8_t address[16]; /* of the internet: what it is bound to, mapped */
	int type;	     /* of unix: SOCK_STREAM, ... */
	bool is_taking;	     /* of unix: it listens, or takes datagrams */
	const char *name;    /* of unix, where abstract: NAME_LEN bytes */
	size_t name_len;
	uint32_t file_ino; /* of unix, where bound to a file; else 0 */
};

typedef void net_diag_fn(void *ctx, const struct net_diag_socket *socket);

/*
 * Hands each socket to FN that is bound to PORT and listens, or for datagrams
 * is bound at all. Returns 0 or -errno; on failure some may be missing.
 */
int net_diag_port(int protocol, uint16_t port, net_diag_fn *fn, void *ctx);

/* The same for each unix socket that has a name or a file. */
int net_diag_unix(net_diag_fn *fn, void *ctx);
