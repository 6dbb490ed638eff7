/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_peer.h - whom an address means, to the socket that it is given to.
 *
 * Knows which addresses each family of sockets takes, what the kernel makes
 * of the odd ones, and how a unix socket's path is walked for the caller.
 */
#pragma once

#include <limits.h>
#include <sys/stat.h>

#include "broker/net_address.h"
#include "policy/decide.h"

struct socket;
struct work;

enum net_peer_kind {
	NET_PEER_NONE,	/* no destination: a disconnect, an ignored address */
	NET_PEER_RULED, /* what rules on the network are about */
	NET_PEER_POWER, /* of a family that is a power, or netlink */
};

/* What the caller does with the address. */
enum net_use { NET_CONNECT, NET_SEND, NET_BIND };

struct net_peer {
	enum net_peer_kind kind;
	struct net_object object; /* of RULED */
	int protocol;		  /* of RULED */
	int file_fd;		  /* of a unix path: the socket's file; owned */
	char path[PATH_MAX];	  /* and where it lies */
	struct net_address act;	  /* what the kernel is to be given */
};

#define NET_PEER_EMPTY                                                         \
	{                                                                      \
		.file_fd = -1                                                  \
	}

/*
 * Finds it. The worker stands in self/fd, so that the descriptor of a unix
 * socket's file is a path to the kernel. Returns 0 or the -errno that the
 * kernel would give: nothing there is nothing to judge.
 */
int net_peer_find(struct work *work, const struct socket *socket,
		  const struct net_address *address, enum net_use use,
		  struct net_peer *out_peer);
void net_peer_endp(struct net_peer *peer);

/* The other end of an internet socket, or what it is or will be bound to. */
void net_peer_inet(struct work *work, const struct socket *socket,
		   const struct net_address *address, struct net_peer *peer);

/* The unix socket whose file FD is; takes FD. Returns 0 or -errno. */
int net_peer_file(struct work *work, int fd, struct net_peer *peer);

/*
 * False where the peer is of this host and nobody is there to take what is
 * sent; true where that cannot be told, as for datagrams over the internet.
 */
bool net_peer_listens(struct work *work, const struct net_peer *peer);
