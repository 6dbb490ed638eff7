/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_send.c - messages sent on the agent's behalf.
 *
 * Where a message goes stands in memory, beside its text and descriptors: so
 * all of it is copied, judged, and sent over the broker's copy of the socket.
 */
#include "broker/net_send.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "base/own.h"
#include "broker/block.h"
#include "broker/judge_net.h"
#include "broker/listener.h"
#include "broker/net.h"
#include "broker/net_message.h"
#include "broker/net_peer.h"
#include "broker/socket.h"
#include "broker/work.h"

#define CHUNK_BYTES ((size_t)256 * 1024)   /* of a stream at once */
#define PACKET_BYTES ((size_t)4096 * 1024) /* no socket's buffer has more */
#define MESSAGES_MAX 1024		   /* UIO_MAXIOV of the kernel */

/* A text on its way. */
struct sending {
	struct work *work;
	const struct socket *socket;
	struct net_message *message;
	struct net_address to; /* judged; length 0: none */
	int flags;
	bool waits;
	size_t sent;
};

/* A new mapping each time: what is sent without a copy stays as it was. */
struct text {
	void *data;
	size_t size;
};

static void text_endp(struct text *text)
{
	if (text->data)
		munmap(text->data, text->size);
	text->data = NULL;
}

static int text_make(struct text *text, size_t size)
{
	void *data;

	if (!size)
		return 0;
	data = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (data == MAP_FAILED)
		return -ENOMEM;
	*text = (struct text){ .data = data, .size = size };
	return 0;
}

/*
 * Sends what is ready, waiting only where it has to: whoever waits is watched
 * for signals.
 */
static ssize_t send_ready(const struct sending *sending,
			  const struct msghdr *head, int flags)
{
	const int fd = sending->socket->fd;
	ssize_t n = -EAGAIN;
	int r;

	/* A connection that is made by it is not begun twice. */
	if (!(sending->waits && flags & MSG_FASTOPEN)) {
		n = sendmsg(fd, head, flags | MSG_DONTWAIT);
		if (n >= 0 || errno != EAGAIN || !sending->waits)
			return n < 0 ? -errno : n;
	}
	r = block_begin(sending->work);
	if (r < 0)
		return r;
	do {
		n = sendmsg(fd, head, flags);
		if (n < 0)
			n = -errno;
		r = n == -EINTR ? block_interrupted(sending->work) : 1;
	} while (r == 0);
	block_end(sending->work);
	return r < 0 ? r : n;
}

/* One piece of a stream, or a whole packet. Returns what was sent of it. */
static ssize_t send_piece(const struct sending *sending, size_t size)
{
	CLEANUP(text_endp) struct text text = { 0 };
	struct net_message *message = sending->message;
	const bool is_last = sending->sent + size == message->size;
	struct iovec part = { 0 };
	struct msghdr head = { .msg_iov = &part, .msg_iovlen = 1 };
	int flags = sending->flags | MSG_NOSIGNAL;
	ssize_t n = text_make(&text, size);

	if (n < 0)
		return n;
	n = net_message_text(sending->work, message, sending->sent, text.data,
			     size);
	if (n < 0)
		return n;
	if ((size_t)n < size && socket_is_datagram(sending->socket))
		return -EFAULT;
	part.iov_base = text.data;
	part.iov_len = (size_t)n;
	if (!is_last)
		flags = (flags & ~(MSG_OOB | MSG_EOR)) | MSG_MORE;
	if (!sending->sent) {
		head.msg_control = message->control;
		head.msg_controllen = message->control_size;
		head.msg_name = sending->to.len ? (void *)&sending->to.storage
						: NULL;
		head.msg_namelen = sending->to.len;
	} else {
		flags &= ~MSG_FASTOPEN;
	}
	return send_ready(sending, &head, flags);
}

/* Piece by piece; what was sent before an error counts. */
static ssize_t send_stream(struct sending *sending)
{
	const size_t size = sending->message->size;
	const bool is_once = sending->flags & MSG_ZEROCOPY;
	const size_t most = is_once ? PACKET_BYTES : CHUNK_BYTES;
	ssize_t n;

	do {
		const size_t left = size - sending->sent;
		const size_t piece = left < most ? left : most;

		n = send_piece(sending, piece);
		if (n < 0)
			break;
		sending->sent += (size_t)n;
		if ((size_t)n < piece &&
		    (!sending->waits || block_interrupted(sending->work) < 0))
			break;
	} while (sending->sent < size && !is_once);
	return sending->sent ? (ssize_t)sending->sent : n;
}

/* The signal that the kernel would have sent. */
static void pipe_signal(struct work *work)
{
	struct caller_status status;

	if (caller_status(&work->caller, &status) == 0 &&
	    listener_is_waiting(work->office->listener, work->notice.id))
		syscall(SYS_tgkill, status.tgid, work->caller.tid, SIGPIPE);
}

static ssize_t send_all(struct sending *sending)
{
	const bool is_stream = sending->socket->type == SOCK_STREAM;
	ssize_t n;

	if (!is_stream && sending->message->size > PACKET_BYTES)
		return -EMSGSIZE;
	n = is_stream ? send_stream(sending)
		      : send_piece(sending, sending->message->size);
	if (n == -EPIPE && is_stream && !(sending->flags & MSG_NOSIGNAL))
		pipe_signal(sending->work);
	return n;
}

/*
 * Whether the kernel heeds an address. What it would not heed it is not given:
 * no address reaches it that was not judged.
 */
static bool heeds_address(const struct sending *sending)
{
	const struct socket *socket = sending->socket;

	if (socket->domain == AF_UNIX)
		return socket->type == SOCK_DGRAM;
	return socket->type != SOCK_STREAM || sending->flags & MSG_FASTOPEN ||
	       socket->protocol == IPPROTO_SCTP || !socket_is_inet(socket);
}

/* To a unix stream any address is an error; this one is just that. */
static const struct net_address some_unix = {
	.any.sa_family = AF_UNIX,
	.len = sizeof(sa_family_t),
};

static int address_judge(struct sending *sending, struct net_peer *peer)
{
	const bool is_connect = sending->socket->type == SOCK_STREAM;
	int r;

	if (!sending->message->to.len)
		return 0;
	if (!heeds_address(sending)) {
		if (sending->socket->domain == AF_UNIX &&
		    sending->socket->type == SOCK_STREAM)
			sending->to = some_unix;
		return 0;
	}
	r = net_peer_find(sending->work, sending->socket, &sending->message->to,
			  NET_SEND, peer);
	if (r == 0)
		r = judge_connect(sending->work,
				  is_connect ? ABI_OP_CONNECT : ABI_OP_SEND,
				  sending->socket, peer);
	sending->to = peer->act;
	return r;
}

/* Returns how much was sent, or -errno. */
static ssize_t send_one(struct work *work, const struct socket *socket,
			struct net_message *message, int flags)
{
	CLEANUP(net_peer_endp) struct net_peer peer = NET_PEER_EMPTY;
	struct sending sending = {
		.work = work,
		.socket = socket,
		.message = message,
		.flags = flags,
		.waits = !(flags & MSG_DONTWAIT) && socket_is_blocking(socket),
	};
	ssize_t n = address_judge(&sending, &peer);

	if (n == 0)
		n = net_message_adopt(work, socket, message);
	if (n < 0)
		return n;
	if (!listener_is_waiting(work->office->listener, work->notice.id))
		return -EINTR;
	n = send_all(&sending);
	/* It may have got an address by this, and answers are sent there. */
	if (n >= 0 && sending.to.len && socket_is_datagram(socket))
		net_note(work->office->net, socket);
	return n;
}

int sendto_answer(struct work *work)
{
	CLEANUP(socket_endp) struct socket socket = SOCKET_NONE;
	CLEANUP(net_message_endp)
	struct net_message message = NET_MESSAGE_EMPTY;
	const __u64 *args = work->notice.data.args;
	ssize_t n = socket_take(work, (int)args[0], &socket);

	if (n == 0)
		n = net_address_read(work, args[4], (int)args[5], &message.to);
	if (n == 0)
		n = net_message_make(args[1], args[2], &message);
	if (n == 0)
		n = send_one(work, &socket, &message, (int)args[3]);
	work->value = n;
	return n < 0 ? (int)n : 0;
}

static ssize_t send_at(struct work *work, const struct socket *socket,
		       uint64_t address, int flags)
{
	CLEANUP(net_message_endp)
	struct net_message message = NET_MESSAGE_EMPTY;
	ssize_t n = net_message_read(work, address, &message);

	return n < 0 ? n : send_one(work, socket, &message, flags);
}

int sendmsg_answer(struct work *work)
{
	CLEANUP(socket_endp) struct socket socket = SOCKET_NONE;
	const __u64 *args = work->notice.data.args;
	ssize_t n = socket_take(work, (int)args[0], &socket);

	if (n == 0)
		n = send_at(work, &socket, args[1], (int)args[2]);
	work->value = n;
	return n < 0 ? (int)n : 0;
}

/* Ends at the first that fails; the count says how many did not. */
int sendmmsg_answer(struct work *work)
{
	CLEANUP(socket_endp) struct socket socket = SOCKET_NONE;
	const __u64 *args = work->notice.data.args;
	const unsigned wanted = (unsigned)args[2];
	unsigned count = 0;
	ssize_t n = socket_take(work, (int)args[0], &socket);

	while (n >= 0 && count < wanted && count < MESSAGES_MAX) {
		const uint64_t at = args[1] + count * sizeof(struct mmsghdr);
		unsigned len;

		n = send_at(work, &socket, at, (int)args[3]);
		if (n < 0)
			break;
		len = (unsigned)n;
		n = caller_write(&work->caller,
				 at + offsetof(struct mmsghdr, msg_len), &len,
				 sizeof(len));
		if (n == 0)
			count++;
	}
	work->value = count;
	return n < 0 && !count ? (int)n : 0;
}
