/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_own.c - the jail's own sockets are open to it: so it listens where a
 * service of the host's listens, and connects until the kernel chooses that.
 */
#include "host_serve.h"

#define TRIES 64

/* Whether it was a service that is not our own that took the connection. */
static int reaches(int own, const struct sockaddr_in *at)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	struct pollfd come = { .fd = own, .events = POLLIN };
	int result = 0;

	if (connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0) {
		if (poll(&come, 1, 50) == 1)
			close(accept(own, NULL, NULL));
		else
			result = host_say(fd) == 0;
	}
	close(fd);
	return result;
}

static int attack(void)
{
	const struct host host = host_find();
	const struct sockaddr_in at = host_address(host.tcp_port);
	int port = host.tcp_port;
	int own = host_listen(SOCK_STREAM, &port);

	if (own < 0)
		return escape_say(PREVENTED, "listen at the same port");
	for (int i = 0; i < TRIES; i++)
		if (reaches(own, &at))
			return escape_say(ESCAPED, "try %d", i);
	return escape_say(PREVENTED, "%d tries", TRIES);
}

int main(int argc, char **argv)
{
	return escape_main(argc, argv,
			   &(struct escape){ .setup = host_start,
					     .attack = attack,
					     .verify = host_reached });
}
