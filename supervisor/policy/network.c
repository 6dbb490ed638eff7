/* SPDX-License-Identifier: Apache-2.0 */
/* network.c - the rules that cover an address or a socket's name. */
#include <string.h>

#include "policy/address.h"
#include "policy/rank.h"
#include "profile/variables.h"
#include "terms/verdict.h"

/*
 * How near an object is: who first, then the port. Within NAMED the whole
 * name beats a domain, and a longer domain a shorter one.
 */
enum { NEAR_ANY = 1, NEAR_CLASS, NEAR_PREFIX, NEAR_NAMED };

#define NEAR_WHOLE 255

/* An object, with what its address comes to. */
struct target {
	const struct net_object *object;
	uint8_t address[16];
	enum address_kind kind;
	bool is_each; /* a listener on every address */
	bool is_out_of_scope;
};

static void target_init(struct target *target, const struct net_object *object,
			enum abi_op op)
{
	*target = (struct target){ .object = object };
	if (object->kind != NET_INET)
		return;
	target->is_each = op == ABI_OP_LISTEN &&
			  address_is_unspecified(object->address);
	if (target->is_each) {
		memcpy(target->address, object->address, 16);
		return;
	}
	address_destination(object->address, target->address);
	target->kind = address_kind(target->address);
	target->is_out_of_scope = target->kind == ADDRESS_LINK_LOCAL ||
				  address_is_metadata(target->address);
}

bool network_is_out_of_scope(const struct net_object *object)
{
	struct target target;

	target_init(&target, object, ABI_OP_CONNECT);
	return target.is_out_of_scope;
}

static bool name_matches(const struct network_object *rule, const char *host)
{
	size_t len = host ? strlen(host) : 0;
	const size_t rule_len = strlen(rule->name);

	if (len && host[len - 1] == '.')
		len--;
	if (rule->kind == NETWORK_NAME)
		return len == rule_len &&
		       strncasecmp(host, rule->name, len) == 0;
	return len > rule_len + 1 && host[len - rule_len - 1] == '.' &&
	       strncasecmp(host + len - rule_len, rule->name, rule_len) == 0;
}

static bool address_matches(const struct network_object *rule,
			    const struct target *target, bool is_loose)
{
	uint8_t exact[16];

	if (rule->prefix == 128 && !target->is_each) {
		address_destination(rule->address, exact);
		return memcmp(exact, target->address, 16) == 0;
	}
	if (address_has_prefix(target->address, rule->address, rule->prefix))
		return true;
	/* A strict rule holds for the outer address too. */
	return !is_loose && address_has_prefix(target->object->address,
					       rule->address, rule->prefix);
}

/* A listener on every address is in each class, so a strict rule takes it. */
static bool class_matches(const struct network_object *rule,
			  const struct target *target, bool is_loose)
{
	const uint32_t known = target->object->known;

	switch (rule->kind) {
	case NETWORK_ANY:
		return true;
	case NETWORK_OWN:
		return known & NET_OWN;
	case NETWORK_RESOLVER:
		return known & NET_RESOLVER;
	case NETWORK_LOOPBACK:
		return target->is_each ? !is_loose
				       : target->kind == ADDRESS_LOOPBACK;
	case NETWORK_PRIVATE:
		return target->is_each ? !is_loose
				       : target->kind == ADDRESS_PRIVATE ||
						 (known & NET_HOST);
	case NETWORK_PUBLIC:
		return target->is_each ? !is_loose
				       : target->kind == ADDRESS_PUBLIC &&
						 !(known & NET_HOST);
	default:
		return false;
	}
}

static bool inet_matches(const struct network_object *rule,
			 const struct target *target, bool is_loose)
{
	const struct net_object *object = target->object;
	/* Clouds have resolvers among the addresses that are out of scope. */
	const bool is_exact =
		rule->kind == NETWORK_RESOLVER ||
		(rule->kind == NETWORK_ADDRESS && rule->prefix == 128);

	if (rule->is_udp != object->is_udp || object->port < rule->port_low ||
	    object->port > rule->port_high)
		return false;
	if (is_loose && target->is_out_of_scope && !is_exact)
		return false;
	switch (rule->kind) {
	case NETWORK_ADDRESS:
		return address_matches(rule, target, is_loose);
	case NETWORK_NAME:
	case NETWORK_DOMAIN:
		return name_matches(rule, object->host);
	default:
		return class_matches(rule, target, is_loose);
	}
}

static bool rule_matches(const struct network_object *rule,
			 const struct target *target, bool is_loose)
{
	const struct net_object *object = target->object;

	switch (object->kind) {
	case NET_INET:
		return rule->kind != NETWORK_UNIX_NAME &&
		       inet_matches(rule, target, is_loose);
	case NET_UNIX_NAME:
		if (rule->kind == NETWORK_OWN)
			return object->known & NET_OWN;
		return rule->kind == NETWORK_UNIX_NAME &&
		       path_component_matches(rule->name, strlen(rule->name),
					      object->name, object->name_len,
					      true);
	default:
		return rule->kind == NETWORK_OWN && (object->known & NET_OWN);
	}
}

static struct rank rank_of(const struct network_object *rule)
{
	uint32_t who = 0, port = 0;
	int cls = NEAR_CLASS;

	if (rule->kind == NETWORK_ADDRESS && rule->prefix < 128) {
		cls = NEAR_PREFIX;
		who = (uint32_t)rule->prefix;
	} else if (rule->kind == NETWORK_DOMAIN) {
		cls = NEAR_NAMED;
		for (const char *c = rule->name; *c; c++)
			who += *c == '.';
	} else if (rule->kind == NETWORK_UNIX_NAME &&
		   path_component_is_pattern(rule->name, strlen(rule->name))) {
		cls = NEAR_PREFIX;
	} else if (rule->kind == NETWORK_ADDRESS ||
		   rule->kind == NETWORK_NAME ||
		   rule->kind == NETWORK_UNIX_NAME) {
		cls = NEAR_NAMED;
		who = NEAR_WHOLE;
	} else if (rule->kind == NETWORK_ANY) {
		cls = NEAR_ANY;
	}
	if (rule->port_low == rule->port_high)
		port = 2;
	else if (rule->port_low > 0)
		port = 1;
	return (struct rank){ cls, who * 4 + port };
}

/* The rules on one object, from LEADER on, as far as they match. */
static void take_object(struct search *search, int leader,
			const struct target *target)
{
	const struct policy *policy = search->policy;
	const struct network_object *rule = &policy->bodies[leader].network;
	const bool for_loose = rule_matches(rule, target, true);
	struct contest contest = { .winner = -1 };

	if (!for_loose && !rule_matches(rule, target, false))
		return;
	for (int i = leader; i >= 0; i = policy->bodies[i].next)
		if (for_loose || !verdict_is_loose(policy->rules[i].verdict))
			contest_count(search, &contest, i);
	for (int i = leader; i >= 0; i = policy->bodies[i].next)
		if (for_loose || !verdict_is_loose(policy->rules[i].verdict))
			contest_offer(search, &contest, i);
	search_take(search, &contest, rank_of(rule));
}

void search_network(struct search *search, const void *data)
{
	const struct policy *policy = search->policy;
	const struct net_object *object = data;
	struct target target;

	target_init(&target, object, search->op);
	if (object->kind == NET_UNIX_PATH) {
		search_file(search, &object->file);
		/* A rule on the path is nearer than one on whose it is. */
		if (search->best.rule >= 0)
			return;
	}
	for (size_t i = 0; i < policy->network_count; i++)
		take_object(search, policy->networks[i], &target);
	/* Its own sockets are open to it unless a rule says otherwise. */
	if (search->op == ABI_OP_CONNECT && (object->known & NET_OWN) &&
	    (search->best.rule < 0 || search->rank.cls < NEAR_CLASS)) {
		decision_note(&search->best, search->best.rule);
		search->best.rule = policy->own_sockets;
		search->best.verdict = ABI_ALLOW;
	}
}
