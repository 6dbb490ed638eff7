/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net.h - what the broker knows of the network and no rule's text can tell:
 * which addresses are the host's own, its resolvers', and which sockets are
 * this jail's.
 *
 * All of it may be asked from any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct error;
struct net;
struct socket;

#define NET_RESOLVERS_MAX 8

/* The servers of resolv.conf, as mapped addresses. */
struct net_resolvers {
	size_t count;
	uint8_t addresses[NET_RESOLVERS_MAX][16];
};

/* Reads them where the host's own file is seen. Without one there are none. */
void net_resolvers_load(struct net_resolvers *out_resolvers);

/* Lives as long as the broker. Returns NULL where there is no memory. */
struct net *net_new(const struct net_resolvers *resolvers);

/*
 * What is known (NET_OWN, NET_RESOLVER, NET_HOST) of ADDRESS and PORT as a
 * destination of PROTOCOL; PORT is 0 where it is none.
 */
uint32_t net_known(struct net *net, const uint8_t address[16], uint16_t port,
		   int protocol);

/* Whether the address is one of this host: its own, or of the loopback. */
bool net_is_here(struct net *net, const uint8_t address[16]);

/* What is known of a unix socket of TYPE: NET_OWN or nothing. */
uint32_t net_known_name(struct net *net, const char *name, size_t len,
			int type);
uint32_t net_known_file(struct net *net, const struct stat *st);

/*
 * Notes that the socket is this jail's, at the address that it has now; one
 * that has none is not noted. Old notes go when there are too many: what is
 * forgotten is not the jail's own any longer.
 */
void net_note(struct net *net, const struct socket *socket);

/* Notes the file of a unix socket that was bound just now; takes FILE_FD. */
void net_note_file(struct net *net, const struct socket *socket, int file_fd);

/* A new O_PATH descriptor of the file that the socket was bound to, or -1. */
int net_file_of(struct net *net, const struct socket *socket);
