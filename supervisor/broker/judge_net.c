/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/judge_net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "broker/judge.h"
#include "broker/net_peer.h"
#include "broker/socket.h"
#include "broker/work.h"
#include "terms/verdict.h"

static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

/* "10.0.0.1:443", "[::1]:80/udp", "10.0.0.1/icmp" */
static void inet_text(const struct net_peer *peer, char *text, size_t size)
{
	const struct net_object *object = &peer->object;
	char address[INET6_ADDRSTRLEN];

	if (memcmp(object->address, mapped, sizeof(mapped)) == 0) {
		inet_ntop(AF_INET, object->address + 12, address,
			  sizeof(address));
		snprintf(text, size, "%s", address);
	} else {
		inet_ntop(AF_INET6, object->address, address, sizeof(address));
		snprintf(text, size, "[%s]", address);
	}
	size -= strlen(text);
	text += strlen(text);
	if (peer->protocol == IPPROTO_ICMP || peer->protocol == IPPROTO_ICMPV6)
		snprintf(text, size, "/icmp");
	else
		snprintf(text, size, ":%u%s", object->port,
			 object->is_udp ? "/udp" : "");
}

/* A name may have any bytes; a zero is written as the kernel's lists do. */
static void name_text(const struct net_object *object, char *text, size_t size)
{
	int n = snprintf(text, size, "unix:@");

	for (size_t i = 0; i < object->name_len && (size_t)n + 1 < size; i++)
		text[n++] = object->name[i] ? object->name[i] : '@';
	text[n] = '\0';
}

static void peer_text(const struct net_peer *peer, char text[PATH_MAX])
{
	const struct net_object *object = &peer->object;

	switch (object->kind) {
	case NET_INET:
		inet_text(peer, text, PATH_MAX);
		break;
	case NET_UNIX_NAME:
		name_text(object, text, PATH_MAX);
		break;
	case NET_UNIX_PATH:
		/* Where it does not fit, its end is what is left out. */
		memcpy(text, "unix:", 6);
		strncat(text, object->file.path, PATH_MAX - 6);
		break;
	}
}

/*
 * A slot in the work. A call that sends to many has one judgement after the
 * other on record, and each before anything is answered.
 */
static struct judgement *judgement_next(struct work *work, enum abi_op op)
{
	struct judgement *judgement;

	if (work->judgement_count == WORK_JUDGEMENTS) {
		judge_record(work, 0);
		work->judgement_count = 0;
	}
	judgement = &work->judgements[work->judgement_count++];
	judgement->op = op;
	judgement->object2 = NULL;
	judgement->is_observed = false;
	judgement->by_seccomp = false;
	return judgement;
}

static enum abi_op power_of(const struct socket *socket)
{
	switch (socket->domain) {
	case AF_NETLINK:
		return ABI_OP_NETLINK;
	case AF_VSOCK:
		return ABI_OP_VSOCK;
	case AF_PACKET:
		return ABI_OP_PACKET;
	default:
		return ABI_OP_SOCKET_OTHER;
	}
}

/* A socket of such a family is only there where the power is. */
static int judge_family(struct work *work, const struct socket *socket)
{
	struct judgement *judgement;
	struct decision decision;

	decide_power(work->office->policy, power_of(socket), &decision);
	if (verdict_is_loose(decision.verdict))
		return 0;
	judgement = judgement_next(work, power_of(socket));
	judgement->decision = decision;
	judgement->object[0] = '\0';
	return -EPERM;
}

/* The same once more in one call says nothing new. */
static bool is_repeated(const struct work *work,
			const struct judgement *judgement)
{
	const struct judgement *before = judgement - 1;

	return work->judgement_count > 1 && before->op == judgement->op &&
	       before->decision.rule == judgement->decision.rule &&
	       strcmp(before->object, judgement->object) == 0;
}

int judge_connect(struct work *work, enum abi_op op,
		  const struct socket *socket, const struct net_peer *peer)
{
	struct judgement *judgement;
	int r;

	if (peer->kind == NET_PEER_NONE)
		return 0;
	if (peer->kind == NET_PEER_POWER)
		return judge_family(work, socket);
	judgement = judgement_next(work, op);
	decide_connect(work->office->policy, &peer->object,
		       &judgement->decision);
	peer_text(peer, judgement->object);
	r = judge_settle(work, &judgement->decision, &judgement->is_observed);
	if (r == 0) {
		if (is_repeated(work, judgement))
			work->judgement_count--;
		return 0;
	}
	if (!net_peer_listens(work, peer)) {
		work->judgement_count--;
		return -ECONNREFUSED;
	}
	return -EPERM;
}

int judge_listen(struct work *work, const struct socket *socket,
		 const struct net_peer *peer)
{
	struct judgement *judgement;

	if (peer->kind == NET_PEER_NONE)
		return 0;
	if (peer->kind == NET_PEER_POWER)
		return judge_family(work, socket);
	judgement = judgement_next(work, ABI_OP_LISTEN);
	decide_listen(work->office->policy, &peer->object,
		      &judgement->decision);
	peer_text(peer, judgement->object);
	return judge_settle(work, &judgement->decision,
			    &judgement->is_observed) < 0
		       ? -EPERM
		       : 0;
}

int judge_refuse_net(struct work *work, enum abi_op op, const char *what)
{
	struct judgement *judgement = judgement_next(work, op);

	judgement->decision = (struct decision){
		.verdict = ABI_DENY,
		.rule = -1,
	};
	snprintf(judgement->object, sizeof(judgement->object), "%s", what);
	return -EPERM;
}
