/* SPDX-License-Identifier: Apache-2.0 */
/*
 * network.h - the objects of rules on the network: who, and at which port.
 *
 * Pure text: no name is looked up, and which addresses are the host's own or
 * a resolver's is not known here.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile/path.h"
#include "profile/place.h"

struct arena;
struct error;
struct variables;

enum network_kind {
	NETWORK_ADDRESS, /* an address, or a prefix of addresses */
	NETWORK_NAME,	 /* HOST */
	NETWORK_DOMAIN,	 /* *.HOST: every name below HOST */
	NETWORK_LOOPBACK,
	NETWORK_OWN,
	NETWORK_RESOLVER,
	NETWORK_PRIVATE,
	NETWORK_PUBLIC,
	NETWORK_ANY,
	NETWORK_UNIX_PATH,
	NETWORK_UNIX_NAME, /* the abstract socket @NAME */
	NETWORK_KINDS
};

/* An IPv4 address is kept as the IPv6 address that maps it. */
struct network_object {
	enum network_kind kind;
	bool is_udp;
	uint16_t port_low, port_high; /* 0 to 65535: every port */
	uint8_t address[16];
	int prefix; /* bits of address that count, 0 to 128 */
	/* Of NAME, DOMAIN (its HOST), UNIX_NAME (a pattern as in path.h). */
	const char *name;
	struct path_object path; /* of UNIX_PATH */
	const char *text;	 /* as a person writes it, variables replaced */
};

struct network_objects {
	size_t count;
	const struct network_object *items;
};

/*
 * The objects that TEXT stands for in ARENA: one for each part of its list of
 * ports and each value of its variables.
 *
 *   -EINVAL   TEXT is no such object; *err says where and why
 *   -ENOMEM
 */
int network_parse(struct arena *arena, const struct variables *variables,
		  const struct place *at, const char *text,
		  struct network_objects *out_objects, struct error *err);

/*
 * The address that TEXT (LEN bytes, "1.2.3.4", "::1" or "[::1]") is, mapped.
 * False where it is none.
 */
bool network_address_parse(const char *text, size_t len, uint8_t out_addr[16]);
