/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net_connect.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/own.h"
#include "broker/block.h"
#include "broker/judge_net.h"
#include "broker/listener.h"
#include "broker/net.h"
#include "broker/net_peer.h"
#include "broker/socket.h"
#include "broker/work.h"

/*
 * Called once more, connect() waits on for the connection that is being made,
 * and fails as the first one would have.
 */
static int connect_blocking(struct work *work, const struct socket *socket,
			    const struct net_address *to)
{
	int r = block_begin(work);

	if (r < 0)
		return r;
	while (r == 0 && connect(socket->fd, &to->any, to->len) < 0)
		r = errno == EINTR ? block_interrupted(work) : -errno;
	block_end(work);
	return r;
}

static int act(struct work *work, const struct socket *socket,
	       const struct net_address *to)
{
	int r = 0;

	if (!socket_is_datagram(socket) && socket_is_blocking(socket))
		r = connect_blocking(work, socket, to);
	else if (connect(socket->fd, &to->any, to->len) < 0)
		r = -errno;
	/* It may have got an address by this, and answers are sent there. */
	if (r == 0 && socket_is_datagram(socket))
		net_note(work->office->net, socket);
	return r;
}

int connect_answer(struct work *work)
{
	CLEANUP(socket_endp) struct socket socket = SOCKET_NONE;
	CLEANUP(net_peer_endp) struct net_peer peer = NET_PEER_EMPTY;
	const __u64 *args = work->notice.data.args;
	struct net_address address;
	int r = socket_take(work, (int)args[0], &socket);

	if (r == 0)
		r = net_address_read(work, args[1], (int)args[2], &address);
	if (r == 0)
		r = net_peer_find(work, &socket, &address, NET_CONNECT, &peer);
	if (r == 0)
		r = judge_connect(work, ABI_OP_CONNECT, &socket, &peer);
	if (r < 0)
		return r;
	if (!listener_is_waiting(work->office->listener, work->notice.id))
		return -EINTR;
	return act(work, &socket, &peer.act);
}
