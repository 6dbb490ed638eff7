/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_connect.c - the host's own services are out of scope, however they are
 * connected to: TCP, UDP, unix sockets by path, datagrams and abstract names,
 * and the loopback by its other names.
 */
#include "host_serve.h"

static unsigned done;

static void try(int way, int family, int type, const void *at, size_t len)
{
	int fd = socket(family, type, 0);

	if (connect(fd, at, (socklen_t)len) == 0 && host_say(fd) == 0)
		done |= 1u << way;
	close(fd);
}

static struct sockaddr_in6 six(const char *text, int port)
{
	struct sockaddr_in6 at = {
		.sin6_family = AF_INET6,
		.sin6_port = htons((uint16_t)port),
	};

	inet_pton(AF_INET6, text, &at.sin6_addr);
	return at;
}

static int attack(void)
{
	const struct host host = host_find();
	struct sockaddr_in tcp = host_address(host.tcp_port);
	struct sockaddr_in udp = host_address(host.udp_port);
	struct sockaddr_in6 mapped = six("::ffff:127.0.0.1", host.tcp_port);
	struct sockaddr_in6 each = six("::ffff:0.0.0.0", host.tcp_port);

	try(0, AF_INET, SOCK_STREAM, &tcp, sizeof(tcp));
	try(1, AF_INET, SOCK_DGRAM, &udp, sizeof(udp));
	try(2, AF_UNIX, SOCK_STREAM, &host.path, sizeof(host.path));
	try(3, AF_UNIX, SOCK_DGRAM, &host.datagrams, sizeof(host.datagrams));
	try(4, AF_UNIX, SOCK_STREAM, &host.name, host.name_len);
	try(5, AF_INET6, SOCK_STREAM, &mapped, sizeof(mapped));
	try(6, AF_INET6, SOCK_STREAM, &each, sizeof(each));
	tcp.sin_addr.s_addr = htonl(INADDR_ANY);
	try(7, AF_INET, SOCK_STREAM, &tcp, sizeof(tcp));
	udp.sin_addr.s_addr = htonl(INADDR_ANY);
	try(8, AF_INET6, SOCK_DGRAM, &udp, sizeof(udp));
	return host_judge(done, 9, "connect");
}

int main(int argc, char **argv)
{
	return escape_main(argc, argv,
			   &(struct escape){ .setup = host_start,
					     .attack = attack,
					     .verify = host_reached });
}
