/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net_address.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "broker/work.h"

#define PATH_AT offsetof(struct sockaddr_un, sun_path)

int net_address_read(struct work *work, uint64_t at, int len,
		     struct net_address *out_address)
{
	struct net_address address = { 0 };
	int r = 0;

	if (len < 0 || (size_t)len > sizeof(address.storage))
		return -EINVAL;
	if (len > 0)
		r = caller_read(&work->caller, at, &address.storage,
				(size_t)len);
	if (r < 0)
		return r;
	address.len = (socklen_t)len;
	*out_address = address;
	return 0;
}

bool net_address_map(const struct sockaddr *address, uint8_t out_mapped[16])
{
	if (address->sa_family == AF_INET6) {
		memcpy(out_mapped,
		       &((const struct sockaddr_in6 *)address)->sin6_addr, 16);
		return true;
	}
	if (address->sa_family != AF_INET)
		return false;
	memset(out_mapped, 0, 10);
	memset(out_mapped + 10, 0xff, 2);
	memcpy(out_mapped + 12,
	       &((const struct sockaddr_in *)address)->sin_addr, 4);
	return true;
}

uint16_t net_address_port(const struct net_address *address)
{
	/* It lies at the same place in both. */
	return ntohs(address->in.sin_port);
}

const char *net_address_name(const struct net_address *address, size_t *out_len)
{
	if (address->any.sa_family != AF_UNIX || address->len <= PATH_AT ||
	    address->un.sun_path[0])
		return NULL;
	*out_len = address->len - PATH_AT - 1;
	return address->un.sun_path + 1;
}

const char *net_address_path(const struct net_address *address,
			     char path[NET_PATH_SIZE])
{
	if (address->any.sa_family != AF_UNIX || address->len <= PATH_AT ||
	    !address->un.sun_path[0])
		return NULL;
	memcpy(path, address->un.sun_path, NET_PATH_SIZE - 1);
	path[NET_PATH_SIZE - 1] = '\0';
	return path;
}

int net_address_own(int fd, struct net_address *out_address)
{
	struct net_address address = { .len = sizeof(address.storage) };

	if (getsockname(fd, &address.any, &address.len) < 0)
		return -errno;
	*out_address = address;
	return 0;
}
