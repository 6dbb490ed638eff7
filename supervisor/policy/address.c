/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/address.h"

#include <string.h>

#include "base/own.h"

#define V4(a, b, c, d)                                                         \
	{                                                                      \
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d           \
	}

struct range {
	uint8_t prefix[16];
	int bits;
	enum address_kind kind;
};

/*
 * IANA's registries of special-purpose addresses; the first range that holds
 * the address counts. What is outside of 2000::/3 and of IPv4 is reserved.
 */
static const struct range ranges[] = {
	{ V4(0, 0, 0, 0), 128, ADDRESS_LOOPBACK },
	{ V4(0, 0, 0, 0), 96 + 8, ADDRESS_RESERVED },
	{ V4(10, 0, 0, 0), 96 + 8, ADDRESS_PRIVATE },
	{ V4(100, 64, 0, 0), 96 + 10, ADDRESS_PRIVATE },
	{ V4(127, 0, 0, 0), 96 + 8, ADDRESS_LOOPBACK },
	{ V4(169, 254, 0, 0), 96 + 16, ADDRESS_LINK_LOCAL },
	{ V4(172, 16, 0, 0), 96 + 12, ADDRESS_PRIVATE },
	{ V4(192, 0, 0, 0), 96 + 24, ADDRESS_RESERVED },
	{ V4(192, 0, 2, 0), 96 + 24, ADDRESS_RESERVED },
	{ V4(192, 88, 99, 0), 96 + 24, ADDRESS_RESERVED },
	{ V4(192, 168, 0, 0), 96 + 16, ADDRESS_PRIVATE },
	{ V4(198, 18, 0, 0), 96 + 15, ADDRESS_RESERVED },
	{ V4(198, 51, 100, 0), 96 + 24, ADDRESS_RESERVED },
	{ V4(203, 0, 113, 0), 96 + 24, ADDRESS_RESERVED },
	{ V4(224, 0, 0, 0), 96 + 3, ADDRESS_RESERVED },
	{ V4(0, 0, 0, 0), 96, ADDRESS_PUBLIC },
	{ { 0 }, 128, ADDRESS_LOOPBACK },
	{ { [15] = 1 }, 128, ADDRESS_LOOPBACK },
	{ { 0xfc }, 7, ADDRESS_PRIVATE },
	{ { 0xfe, 0x80 }, 10, ADDRESS_LINK_LOCAL },
	{ { 0x20, 0x01, 0x00 }, 23, ADDRESS_RESERVED },
	{ { 0x20, 0x01, 0x0d, 0xb8 }, 32, ADDRESS_RESERVED },
	{ { 0x20, 0x02 }, 16, ADDRESS_RESERVED },
	{ { 0x3f, 0xff }, 20, ADDRESS_RESERVED },
	{ { 0x20 }, 3, ADDRESS_PUBLIC },
};

static const uint8_t metadata[][16] = {
	V4(169, 254, 169, 254), /* most clouds */
	V4(169, 254, 170, 2),	/* a container's credentials */
	V4(100, 100, 100, 200), /* Alibaba */
	V4(168, 63, 129, 16),	/* Azure's host */
	V4(192, 0, 0, 192),	/* Oracle */
	{ 0xfd, 0x00, 0x0e, 0xc2, [14] = 0x02, [15] = 0x54 }, /* EC2 */
	{ 0xfd, 0x20, 0x00, 0xce, [14] = 0x02, [15] = 0x54 }, /* GCE */
};

static const uint8_t nat64[16] = { 0x00, 0x64, 0xff, 0x9b };
static const uint8_t six_to_four[16] = { 0x20, 0x02 };
static const uint8_t mapped[16] = V4(0, 0, 0, 0);

bool address_has_prefix(const uint8_t addr[16], const uint8_t prefix[16],
			int bits)
{
	const int bytes = bits / 8;
	const uint8_t mask = (uint8_t)(0xff00 >> bits % 8);

	if (memcmp(addr, prefix, (size_t)bytes) != 0)
		return false;
	return bits % 8 == 0 || !((addr[bytes] ^ prefix[bytes]) & mask);
}

enum address_kind address_kind(const uint8_t addr[16])
{
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (address_has_prefix(addr, ranges[i].prefix, ranges[i].bits))
			return ranges[i].kind;
	return ADDRESS_RESERVED;
}

bool address_is_unspecified(const uint8_t addr[16])
{
	static const uint8_t any[16] = { 0 };

	return memcmp(addr, any, 16) == 0 || memcmp(addr, mapped, 16) == 0;
}

bool address_is_metadata(const uint8_t addr[16])
{
	for (size_t i = 0; i < ARRAY_SIZE(metadata); i++)
		if (memcmp(addr, metadata[i], 16) == 0)
			return true;
	return false;
}

void address_destination(const uint8_t addr[16], uint8_t out_addr[16])
{
	uint8_t inner[16];

	memcpy(inner, addr, 16);
	if (address_has_prefix(addr, nat64, 96)) {
		memcpy(inner, mapped, 12);
	} else if (address_has_prefix(addr, six_to_four, 16)) {
		memcpy(inner, mapped, 12);
		memcpy(inner + 12, addr + 2, 4);
	}
	if (memcmp(inner, mapped, 16) == 0) {
		inner[12] = 127;
		inner[15] = 1;
	} else if (address_is_unspecified(inner)) {
		inner[15] = 1;
	}
	memcpy(out_addr, inner, 16);
}
