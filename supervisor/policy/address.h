/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address.h - what kind of address an address is, by its number alone.
 *
 * Addresses are IPv6; an IPv4 one is the IPv6 address that maps it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum address_kind {
	ADDRESS_PUBLIC,
	ADDRESS_LOOPBACK,
	ADDRESS_PRIVATE,
	ADDRESS_LINK_LOCAL,
	ADDRESS_RESERVED, /* multicast, broadcast, documentation, ... */
};

enum address_kind address_kind(const uint8_t addr[16]);

/*
 * The address that a packet to ADDR comes to: the one inside a NAT64 or 6to4
 * address, and loopback for the unspecified one.
 */
void address_destination(const uint8_t addr[16], uint8_t out_addr[16]);

/* 0.0.0.0 or ::, which a listener means as "each of my addresses". */
bool address_is_unspecified(const uint8_t addr[16]);

/* A cloud's metadata service. */
bool address_is_metadata(const uint8_t addr[16]);

/* Whether the first BITS bits of the two are equal. */
bool address_has_prefix(const uint8_t addr[16], const uint8_t prefix[16],
			int bits);
