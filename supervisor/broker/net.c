/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <pthread.h>
#include <resolv.h>
#include <string.h>
#include <time.h>

#include "base/own.h"
#include "broker/net_address.h"
#include "broker/net_own.h"
#include "policy/address.h"
#include "policy/decide.h"

#define HOST_ADDRESSES_MAX 256
#define HOST_AGE_MAX_NS 1000000000 /* what the host's addresses are kept for */

struct net {
	struct net_resolvers resolvers;
	struct net_own own;

	pthread_mutex_t lock; /* of what follows */
	int64_t host_time_ns;
	size_t host_count;
	uint8_t host[HOST_ADDRESSES_MAX][16];
};

static void resolver_add(struct net_resolvers *resolvers,
			 const struct sockaddr *address)
{
	uint8_t mapped[16];

	if (resolvers->count < NET_RESOLVERS_MAX &&
	    net_address_map(address, mapped))
		memcpy(resolvers->addresses[resolvers->count++], mapped, 16);
}

/* The C library's own reading: what a program would ask is what is meant. */
void net_resolvers_load(struct net_resolvers *out_resolvers)
{
	struct __res_state state = { 0 };

	out_resolvers->count = 0;
	if (res_ninit(&state) < 0)
		return;
	for (int i = 0; i < state.nscount && i < MAXNS; i++) {
		const struct sockaddr_in6 *six = state._u._ext.nsaddrs[i];

		if (state.nsaddr_list[i].sin_family == AF_INET)
			resolver_add(out_resolvers,
				     (struct sockaddr *)&state.nsaddr_list[i]);
		else if (six)
			resolver_add(out_resolvers, (struct sockaddr *)six);
	}
	res_nclose(&state);
}

struct net *net_new(const struct net_resolvers *resolvers)
{
	CLEANUP(freep) struct net *net = calloc(1, sizeof(*net));

	if (!net)
		return NULL;
	net->resolvers = *resolvers;
	net_own_init(&net->own);
	pthread_mutex_init(&net->lock, NULL);
	return TAKE_PTR(net);
}

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void host_refresh(struct net *net)
{
	struct ifaddrs *list = NULL;

	net->host_count = 0;
	net->host_time_ns = now_ns();
	if (getifaddrs(&list) < 0)
		return;
	for (const struct ifaddrs *at = list; at; at = at->ifa_next)
		if (net->host_count < HOST_ADDRESSES_MAX && at->ifa_addr &&
		    net_address_map(at->ifa_addr, net->host[net->host_count]))
			net->host_count++;
	freeifaddrs(list);
}

static bool is_of_host(struct net *net, const uint8_t address[16])
{
	bool found = false;

	pthread_mutex_lock(&net->lock);
	if (!net->host_time_ns ||
	    now_ns() - net->host_time_ns > HOST_AGE_MAX_NS)
		host_refresh(net);
	for (size_t i = 0; i < net->host_count && !found; i++)
		found = memcmp(net->host[i], address, 16) == 0;
	pthread_mutex_unlock(&net->lock);
	return found;
}

static bool is_resolver(const struct net *net, const uint8_t address[16])
{
	for (size_t i = 0; i < net->resolvers.count; i++)
		if (memcmp(net->resolvers.addresses[i], address, 16) == 0)
			return true;
	return false;
}

/*
 * Where the unspecified address leads; one with another inside it (NAT64,
 * 6to4) leads away, whatever the inner one is.
 */
static void here_of(const uint8_t address[16], uint8_t out_here[16])
{
	if (address_is_unspecified(address))
		address_destination(address, out_here);
	else
		memcpy(out_here, address, 16);
}

bool net_is_here(struct net *net, const uint8_t address[16])
{
	uint8_t here[16];

	here_of(address, here);
	return address_kind(here) == ADDRESS_LOOPBACK || is_of_host(net, here);
}

uint32_t net_known(struct net *net, const uint8_t address[16], uint16_t port,
		   int protocol)
{
	uint8_t inner[16], here[16];
	uint32_t known = 0;

	here_of(address, here);
	address_destination(address, inner);
	if (is_of_host(net, inner) || is_of_host(net, here))
		known |= NET_HOST;
	if (is_resolver(net, here))
		known |= NET_RESOLVER;
	if (port && net_is_here(net, here) &&
	    net_own_has(&net->own, here, port, protocol))
		known |= NET_OWN;
	return known;
}

uint32_t net_known_name(struct net *net, const char *name, size_t len, int type)
{
	return net_own_has_name(&net->own, name, len, type) ? NET_OWN : 0;
}

uint32_t net_known_file(struct net *net, const struct stat *st)
{
	return net_own_has_file(&net->own, st) ? NET_OWN : 0;
}

void net_note(struct net *net, const struct socket *socket)
{
	net_own_note(&net->own, socket, -1);
}

void net_note_file(struct net *net, const struct socket *socket, int file_fd)
{
	net_own_note(&net->own, socket, file_fd);
}

int net_file_of(struct net *net, const struct socket *socket)
{
	return net_own_file(&net->own, socket);
}
