/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/netns.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/link.h>
#include <sched.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "policy/decide.h"
#include "policy/policy.h"
#include "terms/op.h"
#include "terms/verdict.h"

/* One address of each class; of an address rule it is the rule's own. */
static const char *const samples[NETWORK_KINDS] = {
	[NETWORK_LOOPBACK] = "::ffff:127.0.0.1",
	[NETWORK_RESOLVER] = "::ffff:8.8.8.8",
	[NETWORK_PRIVATE] = "::ffff:10.0.0.1",
	[NETWORK_PUBLIC] = "::ffff:8.8.8.8",
	[NETWORK_ANY] = "::ffff:8.8.8.8",
};

/* Whether all that OBJECT is about COVER is about, too. */
static bool covers(const struct network_object *cover,
		   const struct network_object *object)
{
	if (cover->is_udp != object->is_udp ||
	    cover->port_low > object->port_low ||
	    cover->port_high < object->port_high)
		return false;
	if (cover->kind == NETWORK_ANY)
		return true;
	return cover->kind == object->kind && cover->kind != NETWORK_NAME &&
	       cover->kind != NETWORK_DOMAIN &&
	       cover->prefix == object->prefix &&
	       memcmp(cover->address, object->address, 16) == 0;
}

/* Whether a strict rule on the same, or on all, takes what OBJECT opens. */
static bool is_void(const struct policy *policy,
		    const struct network_object *object, enum abi_op op)
{
	struct net_object sample = {
		.kind = NET_INET,
		.is_udp = object->is_udp,
		.port = object->port_low,
		.known = object->kind == NETWORK_RESOLVER ? NET_RESOLVER : 0,
	};
	const struct network_object *winner;
	struct decision decision;

	if (object->kind == NETWORK_ADDRESS)
		memcpy(sample.address, object->address, 16);
	else if (!samples[object->kind] ||
		 inet_pton(AF_INET6, samples[object->kind], sample.address) !=
			 1)
		return false;
	if (op == ABI_OP_CONNECT)
		decide_connect(policy, &sample, &decision);
	else
		decide_listen(policy, &sample, &decision);
	if (verdict_may_happen(decision.verdict) || decision.rule < 0)
		return false;
	winner = policy_rule_network(policy, decision.rule);
	return winner && covers(winner, object);
}

static bool leads_out(const struct policy *policy, int index)
{
	const struct policy_rule *rule = policy_rule(policy, index);
	const struct network_object *object =
		policy_rule_network(policy, index);

	/* A path leads to the same socket from each namespace. */
	if (rule->cls != PROFILE_NETWORK || rule->binds_nothing || !object ||
	    !verdict_may_happen(rule->verdict) || object->kind == NETWORK_OWN)
		return false;
	if (rule->ops & OP_BIT(ABI_OP_CONNECT) &&
	    (object->kind == NETWORK_UNIX_NAME ||
	     !is_void(policy, object, ABI_OP_CONNECT)))
		return true;
	/* At the loopback inside it listens for the jail's own. */
	return rule->ops & OP_BIT(ABI_OP_LISTEN) &&
	       object->kind != NETWORK_LOOPBACK &&
	       object->kind != NETWORK_UNIX_NAME &&
	       !is_void(policy, object, ABI_OP_LISTEN);
}

bool netns_suffices(const struct policy *policy)
{
	if (verdict_may_happen(policy_otherwise(policy, PROFILE_NETWORK)))
		return false;
	for (size_t i = 0; i < policy_rule_count(policy); i++)
		if (leads_out(policy, (int)i))
			return false;
	return true;
}

static void nl_socket_freep(struct nl_sock **sock)
{
	nl_socket_free(*sock);
}

static void link_putp(struct rtnl_link **link)
{
	if (*link)
		rtnl_link_put(*link);
}

static int loopback_up(struct error *err)
{
	CLEANUP(nl_socket_freep) struct nl_sock *sock = nl_socket_alloc();
	CLEANUP(link_putp) struct rtnl_link *old = NULL;
	CLEANUP(link_putp) struct rtnl_link *new = rtnl_link_alloc();
	int r;

	if (!sock || !new)
		return error_set(err, -ENOMEM, "loopback");
	rtnl_link_set_flags(new, IFF_UP);
	r = nl_connect(sock, NETLINK_ROUTE);
	if (r == 0)
		r = rtnl_link_get_kernel(sock, 0, "lo", &old);
	if (r == 0)
		r = rtnl_link_change(sock, old, new, 0);
	if (r < 0)
		return error_say(err, -ENODEV, "loopback: %s", nl_geterror(r));
	return 0;
}

int netns_enter(struct error *err)
{
	if (unshare(CLONE_NEWNET) < 0)
		return error_set(err, -errno, "network namespace");
	return loopback_up(err);
}
