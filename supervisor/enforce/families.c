/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/families.h"

#include <linux/in6.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "base/calls.h"
#include "base/own.h"
#include "enforce/filter.h"

/* Of headers that do not go with those above, or are too old here. */
#define LEVEL_IP 0
#define OPTION_IP_OPTIONS 4
#define LEVEL_IPV6 41
#define LEVEL_SCTP 132
#define SCTP_BINDX_ADD 100
#define SCTP_CONNECTX_OLD 107
#define SCTP_CONNECTX 110
#define SCTP_CONNECTX3 111
#define PROTOCOL_DCCP 33
#define PROTOCOL_L2TP 115
#define PROTOCOL_SCTP 132
#define PROTOCOL_SMC 256
#define TYPE_MASK 0xf /* the rest of it is flags */
#define FAMILIES 46   /* from here on the kernels of today know none */

enum { FAMILY_ARG, TYPE_ARG, PROTOCOL_ARG };
enum { LEVEL_ARG = 1, OPTION_ARG };

#define WHOLE 0xffffffffu

/* What sockets of the internet's families are more than TCP and UDP. */
static const struct {
	enum abi_op power;
	struct filter_condition condition;
} internet[] = {
	{ ABI_OP_RAW, { TYPE_ARG, TYPE_MASK, SOCK_RAW, FILTER_MASKED } },
	{ ABI_OP_PACKET, { TYPE_ARG, TYPE_MASK, SOCK_PACKET, FILTER_MASKED } },
	/* SCTP and DCCP, which these types mean by themselves. */
	{ ABI_OP_SOCKET_OTHER,
	  { TYPE_ARG, TYPE_MASK, SOCK_SEQPACKET, FILTER_MASKED } },
	{ ABI_OP_SOCKET_OTHER,
	  { TYPE_ARG, TYPE_MASK, SOCK_DCCP, FILTER_MASKED } },
	{ ABI_OP_SOCKET_OTHER,
	  { PROTOCOL_ARG, WHOLE, PROTOCOL_DCCP, FILTER_MASKED } },
	{ ABI_OP_SOCKET_OTHER,
	  { PROTOCOL_ARG, WHOLE, PROTOCOL_L2TP, FILTER_MASKED } },
	{ ABI_OP_SOCKET_OTHER,
	  { PROTOCOL_ARG, WHOLE, PROTOCOL_SCTP, FILTER_MASKED } },
	{ ABI_OP_SOCKET_OTHER,
	  { PROTOCOL_ARG, WHOLE, PROTOCOL_SMC, FILTER_MASKED } },
};

/*
 * Options that take a packet over other hosts first, or connect to addresses
 * that lie in memory. What they do is done with no power: raw is the nearest.
 */
static const struct {
	int call;
	uint32_t level;
	uint32_t option;
} options[] = {
	{ SYS_setsockopt, LEVEL_IP, OPTION_IP_OPTIONS },
	{ SYS_setsockopt, LEVEL_IPV6, IPV6_2292PKTOPTIONS },
	{ SYS_setsockopt, LEVEL_IPV6, IPV6_FLOWLABEL_MGR },
	{ SYS_setsockopt, LEVEL_IPV6, IPV6_RTHDR },
	{ SYS_setsockopt, LEVEL_SCTP, SCTP_BINDX_ADD },
	{ SYS_setsockopt, LEVEL_SCTP, SCTP_CONNECTX_OLD },
	{ SYS_setsockopt, LEVEL_SCTP, SCTP_CONNECTX },
	{ SYS_getsockopt, LEVEL_SCTP, SCTP_CONNECTX3 },
};

static bool is_free(int family)
{
	/* Without a family there is no socket, as bare. */
	return family == AF_UNSPEC || family == AF_UNIX || family == AF_INET ||
	       family == AF_INET6 || family == AF_NETLINK;
}

static enum abi_op power_of(int family)
{
	if (family == AF_VSOCK)
		return ABI_OP_VSOCK;
	return family == AF_PACKET ? ABI_OP_PACKET : ABI_OP_SOCKET_OTHER;
}

typedef int row_fn(void *ctx, enum abi_op power, const struct filter_rule *row);

static struct filter_rule family_row(int call, int family)
{
	return (struct filter_rule){
		.call = call,
		.action = FILTER_REFUSE,
		.arg = FAMILY_ARG,
		.mask = WHOLE,
		.value = (uint32_t)family,
	};
}

static int others_each(int call, row_fn *fn, void *ctx)
{
	struct filter_rule row = family_row(call, FAMILIES);
	int r;

	row.test = FILTER_FROM;
	r = fn(ctx, ABI_OP_SOCKET_OTHER, &row);
	for (int family = 0; family < FAMILIES && r == 0; family++) {
		row = family_row(call, family);
		if (!is_free(family))
			r = fn(ctx, power_of(family), &row);
	}
	if (r < 0)
		return r;
	row = family_row(call, AF_NETLINK);
	row.also = (struct filter_condition){
		.arg = PROTOCOL_ARG,
		.mask = WHOLE,
		.value = NETLINK_ROUTE,
		.test = FILTER_NOT,
	};
	return fn(ctx, ABI_OP_NETLINK, &row);
}

static int internet_each(int call, row_fn *fn, void *ctx)
{
	static const int families[] = { AF_INET, AF_INET6 };
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		struct filter_rule row = family_row(call, families[i]);

		for (size_t j = 0; j < ARRAY_SIZE(internet) && r == 0; j++) {
			row.also = internet[j].condition;
			r = fn(ctx, internet[j].power, &row);
		}
	}
	return r;
}

static int options_each(row_fn *fn, void *ctx)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(options) && r == 0; i++) {
		const struct filter_rule row = {
			.call = options[i].call,
			.action = FILTER_REFUSE,
			.arg = LEVEL_ARG,
			.mask = WHOLE,
			.value = options[i].level,
			.also = { OPTION_ARG, WHOLE, options[i].option,
				  FILTER_MASKED },
		};

		r = fn(ctx, ABI_OP_RAW, &row);
	}
	return r;
}

int families_each(row_fn *fn, void *ctx)
{
	static const int calls[] = { SYS_socket, SYS_socketpair };
	int r = options_each(fn, ctx);

	for (size_t i = 0; i < ARRAY_SIZE(calls) && r == 0; i++) {
		r = others_each(calls[i], fn, ctx);
		if (r == 0)
			r = internet_each(calls[i], fn, ctx);
	}
	return r;
}
