/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_address.h - an address as a call gives it: read once, so that what is
 * judged is what is used.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct work;

struct net_address {
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
		struct sockaddr_un un;
		struct sockaddr_storage storage;
	};
	socklen_t len; /* 0: there is none */
};

/*
 * Copies LEN bytes at AT, as the kernel would: -EINVAL where they are too
 * many, -EFAULT. What is beyond them is zero.
 */
int net_address_read(struct work *work, uint64_t at, int len,
		     struct net_address *out_address);

/* The IPv6 form of an internet address; false where it is none. */
bool net_address_map(const struct sockaddr *address, uint8_t out_mapped[16]);

/* Of an internet address, host byte order. */
uint16_t net_address_port(const struct net_address *address);

/* The name of an abstract unix address and its length, or NULL. */
const char *net_address_name(const struct net_address *address,
			     size_t *out_len);

/* The path of a unix address, or NULL where it has none. */
#define NET_PATH_SIZE (sizeof(((struct sockaddr_un *)0)->sun_path) + 1)
const char *net_address_path(const struct net_address *address,
			     char path[NET_PATH_SIZE]);

/* What the socket FD is bound to. Returns 0 or -errno. */
int net_address_own(int fd, struct net_address *out_address);
