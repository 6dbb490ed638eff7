/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net_peer.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "broker/judge.h"
#include "broker/net.h"
#include "broker/net_diag.h"
#include "broker/resolve.h"
#include "broker/socket.h"
#include "broker/work.h"

#define SIZE_FAMILY sizeof(sa_family_t)
#define SIZE_IN6_MIN 24 /* without the scope, RFC 2133 */

void net_peer_endp(struct net_peer *peer)
{
	fd_closep(&peer->file_fd);
}

void net_peer_inet(struct work *work, const struct socket *socket,
		   const struct net_address *address, struct net_peer *peer)
{
	struct net_object *object = &peer->object;

	peer->kind = NET_PEER_RULED;
	peer->protocol = socket->protocol;
	object->kind = NET_INET;
	object->is_udp = socket_is_datagram(socket);
	object->port = net_address_port(address);
	/* Echo requests have an identifier where others have a port. */
	if (socket->protocol == IPPROTO_ICMP ||
	    socket->protocol == IPPROTO_ICMPV6)
		object->port = 0;
	net_address_map(&address->any, object->address);
	object->known = net_known(work->office->net, object->address,
				  object->port, socket->protocol);
}

/*
 * AF_UNSPEC ends a connection, is no address to a message over IPv6 and
 * counts as AF_INET in one over IPv4.
 */
static int find_inet(struct work *work, const struct socket *socket,
		     enum net_use use, struct net_peer *peer)
{
	struct net_address *act = &peer->act;

	if (act->len < SIZE_FAMILY)
		return -EINVAL;
	if (act->any.sa_family == AF_UNSPEC) {
		if (use == NET_CONNECT || socket->domain == AF_INET6)
			return 0;
		act->any.sa_family = AF_INET;
	}
	if (act->any.sa_family == AF_INET) {
		if (act->len < sizeof(act->in))
			return -EINVAL;
	} else if (act->any.sa_family == AF_INET6) {
		if (act->len < SIZE_IN6_MIN)
			return -EINVAL;
	} else {
		return -EAFNOSUPPORT;
	}
	net_peer_inet(work, socket, act, peer);
	return 0;
}

int net_peer_file(struct work *work, int fd, struct net_peer *peer)
{
	struct net_object *object = &peer->object;
	struct stat st;
	int r;

	peer->file_fd = fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISSOCK(st.st_mode))
		return -ECONNREFUSED;
	r = judge_path(work, fd, &st, peer->path);
	if (r < 0)
		return r;
	peer->kind = NET_PEER_RULED;
	object->kind = NET_UNIX_PATH;
	object->file = (struct file_object){
		.path = peer->path,
		.has_identity = true,
		.dev = st.st_dev,
		.ino = st.st_ino,
	};
	object->known = net_known_file(work->office->net, &st);
	return 0;
}

static int find_path(struct work *work, const char *path, struct net_peer *peer)
{
	const struct resolve_start start = {
		.caller = &work->caller,
		.dir_fd = AT_FDCWD,
	};
	struct net_address *act = &peer->act;
	int fd = resolve_object(&start, path, 0);
	int r, n;

	if (fd < 0)
		return fd;
	r = net_peer_file(work, fd, peer);
	if (r < 0)
		return r;
	n = snprintf(act->un.sun_path, sizeof(act->un.sun_path), "%d", fd);
	act->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			       (size_t)n);
	return 0;
}

static int find_unix(struct work *work, const struct socket *socket,
		     struct net_peer *peer)
{
	struct net_object *object = &peer->object;
	const struct net_address *act = &peer->act;
	char path[NET_PATH_SIZE];
	size_t len = 0;

	if (act->len >= SIZE_FAMILY && act->any.sa_family == AF_UNSPEC)
		return 0;
	if (act->len <= offsetof(struct sockaddr_un, sun_path) ||
	    act->len > sizeof(act->un) || act->any.sa_family != AF_UNIX)
		return -EINVAL;
	peer->kind = NET_PEER_RULED;
	peer->protocol = 0;
	object->is_udp = socket_is_datagram(socket);
	object->name = net_address_name(act, &len);
	if (!object->name) {
		net_address_path(act, path);
		return find_path(work, path, peer);
	}
	object->kind = NET_UNIX_NAME;
	object->name_len = (uint32_t)len;
	object->known = net_known_name(work->office->net, object->name, len,
				       socket->type);
	return 0;
}

int net_peer_find(struct work *work, const struct socket *socket,
		  const struct net_address *address, enum net_use use,
		  struct net_peer *out_peer)
{
	out_peer->act = *address;
	out_peer->kind = NET_PEER_NONE;
	if (socket_is_inet(socket))
		return find_inet(work, socket, use, out_peer);
	if (socket->domain == AF_UNIX)
		return find_unix(work, socket, out_peer);
	/* Routes and interfaces may be read, and the kernel is the peer. */
	if (socket->domain != AF_NETLINK || socket->protocol != NETLINK_ROUTE)
		out_peer->kind = NET_PEER_POWER;
	return 0;
}

struct search {
	const struct net_object *object;
	bool found;
};

static void look_unix(void *ctx, const struct net_diag_socket *socket)
{
	struct search *search = ctx;
	const struct net_object *object = search->object;

	if (!socket->is_taking)
		return;
	if (object->kind == NET_UNIX_PATH)
		search->found |= socket->file_ino == (uint32_t)object->file.ino;
	else if (socket->name && socket->name_len == object->name_len)
		search->found |= memcmp(socket->name, object->name,
					object->name_len) == 0;
}

/* At whatever address: that one is there at all is reason to be strict. */
static void look_inet(void *ctx, const struct net_diag_socket *socket)
{
	struct search *search = ctx;

	(void)socket;
	search->found = true;
}

bool net_peer_listens(struct work *work, const struct net_peer *peer)
{
	const struct net_object *object = &peer->object;
	struct search search = { .object = object };
	int r;

	if (object->kind != NET_INET)
		r = net_diag_unix(look_unix, &search);
	else if (!object->is_udp &&
		 net_is_here(work->office->net, object->address))
		r = net_diag_port(IPPROTO_TCP, object->port, look_inet,
				  &search);
	else
		return true;
	return r < 0 || search.found;
}
