/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net_diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/own.h"

#define STATE_ESTABLISHED 1 /* of enum in the kernel's net/tcp_states.h */
#define STATE_CLOSE 7
#define STATE_LISTEN 10

struct question {
	net_diag_fn *fn;
	void *ctx;
};

static void nl_socket_freep(struct nl_sock **sock)
{
	nl_socket_free(*sock);
}

static uint64_t cookie_of(const uint32_t halves[2])
{
	return (uint64_t)halves[1] << 32 | halves[0];
}

static int inet_take(struct nl_msg *msg, void *arg)
{
	const struct question *question = arg;
	const struct nlmsghdr *head = nlmsg_hdr(msg);
	const struct inet_diag_msg *data = nlmsg_data(head);
	struct net_diag_socket socket = { .is_taking = true };

	if (!nlmsg_valid_hdr(head, sizeof(*data)))
		return NL_SKIP;
	socket.cookie = cookie_of(data->id.idiag_cookie);
	socket.ino = data->idiag_inode;
	if (data->idiag_family == AF_INET6) {
		memcpy(socket.address, data->id.idiag_src, 16);
	} else {
		memset(socket.address + 10, 0xff, 2);
		memcpy(socket.address + 12, data->id.idiag_src, 4);
	}
	question->fn(question->ctx, &socket);
	return NL_OK;
}

static int unix_take(struct nl_msg *msg, void *arg)
{
	const struct question *question = arg;
	struct nlmsghdr *head = nlmsg_hdr(msg);
	const struct unix_diag_msg *data = nlmsg_data(head);
	const struct unix_diag_vfs *vfs;
	struct net_diag_socket socket = { 0 };
	const struct nlattr *attr;

	if (!nlmsg_valid_hdr(head, sizeof(*data)))
		return NL_SKIP;
	socket.cookie = cookie_of(data->udiag_cookie);
	socket.ino = data->udiag_ino;
	socket.type = data->udiag_type;
	socket.is_taking = data->udiag_type == SOCK_DGRAM ||
			   data->udiag_state == STATE_LISTEN;
	attr = nlmsg_find_attr(head, sizeof(*data), UNIX_DIAG_NAME);
	if (attr && nla_len(attr) > 0 && !*(const char *)nla_data(attr)) {
		socket.name = (const char *)nla_data(attr) + 1;
		socket.name_len = (size_t)nla_len(attr) - 1;
	}
	attr = nlmsg_find_attr(head, sizeof(*data), UNIX_DIAG_VFS);
	if (attr && nla_len(attr) >= (int)sizeof(*vfs)) {
		vfs = nla_data(attr);
		socket.file_ino = vfs->udiag_vfs_ino;
	}
	if (socket.name || socket.file_ino)
		question->fn(question->ctx, &socket);
	return NL_OK;
}

static int ask(void *request, size_t size, nl_recvmsg_msg_cb_t take,
	       struct question *question)
{
	CLEANUP(nl_socket_freep) struct nl_sock *sock = nl_socket_alloc();

	if (!sock)
		return -ENOMEM;
	if (nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, take,
				question) < 0 ||
	    nl_connect(sock, NETLINK_SOCK_DIAG) < 0 ||
	    nl_send_simple(sock, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, request,
			   size) < 0 ||
	    nl_recvmsgs_default(sock) < 0)
		return -EOPNOTSUPP;
	return 0;
}

int net_diag_port(int protocol, uint16_t port, net_diag_fn *fn, void *ctx)
{
	static const uint8_t families[] = { AF_INET, AF_INET6 };
	const bool is_stream = protocol == IPPROTO_TCP;
	struct question question = { .fn = fn, .ctx = ctx };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(families) && r == 0; i++) {
		struct inet_diag_req_v2 request = {
			.sdiag_family = families[i],
			.sdiag_protocol = (uint8_t)protocol,
			.idiag_states =
				is_stream ? 1u << STATE_LISTEN
					  : 1u << STATE_CLOSE |
						    1u << STATE_ESTABLISHED,
			.id.idiag_sport = htons(port),
		};

		r = ask(&request, sizeof(request), inet_take, &question);
	}
	return r;
}

int net_diag_unix(net_diag_fn *fn, void *ctx)
{
	struct question question = { .fn = fn, .ctx = ctx };
	struct unix_diag_req request = {
		.sdiag_family = AF_UNIX,
		.udiag_states = ~0u,
		.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_VFS,
	};

	return ask(&request, sizeof(request), unix_take, &question);
}
