/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host.h - a service outside the jail, for attacks that try to reach it.
 *
 * host_serve.h starts and ends it. It takes TCP and UDP on the loopback, and of
 * unix sockets a stream and one of datagrams by their paths and a stream by its
 * abstract name. Whoever says "escape" to it has reached it; others may come
 * and go.
 */
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "escape.h"

#define HOST_WORD "escape"

struct host {
	int tcp_port, udp_port;
	struct sockaddr_un path, datagrams;
	struct sockaddr_un name;
	socklen_t name_len;
};

static inline socklen_t host_name(struct sockaddr_un *name, const char *text)
{
	memset(name, 0, sizeof(*name));
	name->sun_family = AF_UNIX;
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   (size_t)snprintf(name->sun_path + 1,
					    sizeof(name->sun_path) - 1, "%s",
					    text));
}

/* The loopback's address for PORT. */
static inline struct sockaddr_in host_address(int port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

/* A socket of TYPE at *PORT of the loopback; 0 becomes one that is free. */
static inline int host_listen(int type, int *port)
{
	struct sockaddr_in at = host_address(*port);
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, type, 0), yes = 1;

	/* Servers of many processes do so: others of the user may join. */
	setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes));
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 ||
	    (type == SOCK_STREAM && listen(fd, 64) < 0) ||
	    getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		return -1;
	*port = ntohs(at.sin_port);
	return fd;
}

static inline struct sockaddr_un host_path(const char *file)
{
	struct sockaddr_un path = { .sun_family = AF_UNIX };

	snprintf(path.sun_path, sizeof(path.sun_path), "%.*s",
		 (int)sizeof(path.sun_path) - 1, escape_outside_path(file));
	return path;
}

/* Where the service is, as setup wrote it to the attack's directory. */
static inline struct host host_find(void)
{
	struct host host = { 0 };
	char name[64] = "";
	FILE *file = fopen("host", "r");

	if (!file || fscanf(file, "%d %d %63s", &host.tcp_port, &host.udp_port,
			    name) != 3)
		exit(70);
	fclose(file);
	host.path = host_path("stream");
	host.datagrams = host_path("datagrams");
	host.name_len = host_name(&host.name, name);
	return host;
}

static inline int host_unix(int type, const struct sockaddr_un *at,
			    socklen_t len)
{
	int fd = socket(AF_UNIX, type, 0);

	if (bind(fd, (const struct sockaddr *)at, len) < 0 ||
	    (type == SOCK_STREAM && listen(fd, 64) < 0))
		return -1;
	return fd;
}

/*
 * For attacks of several ways: as many as WAYS succeed bare, and none does in
 * a jail. DONE is a mask of those that did; anything between is neither.
 */
static inline int host_judge(unsigned done, int ways, const char *what)
{
	printf("%s: %d of %d (%#x)\n", what, __builtin_popcount(done), ways,
	       done);
	fflush(stdout);
	if (!done)
		return PREVENTED;
	return __builtin_popcount(done) == ways ? ESCAPED : 3;
}

/* Says the word over a connected socket. Returns 0 or -1. */
static inline int host_say(int fd)
{
	return send(fd, HOST_WORD, strlen(HOST_WORD), MSG_NOSIGNAL) > 0 ? 0
									: -1;
}
