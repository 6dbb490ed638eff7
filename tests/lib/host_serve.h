/* SPDX-License-Identifier: Apache-2.0 */
/*
 * host_serve.h - the service of host.h itself: setup starts it, verify ends it
 * and says whether it was reached.
 */
#pragma once

#include <poll.h>

#include "host.h"

#define HOST_SECONDS 40 /* after which it ends by itself */

static inline void host_hear(int fd)
{
	char text[sizeof(HOST_WORD)] = "";
	int peer = accept(fd, NULL, NULL);
	struct pollfd said = { .fd = peer >= 0 ? peer : fd, .events = POLLIN };

	if (poll(&said, 1, 100) == 1 &&
	    recv(said.fd, text, strlen(HOST_WORD), MSG_DONTWAIT) > 0 &&
	    strcmp(text, HOST_WORD) == 0)
		escape_file_make(escape_outside_path("reached"), "yes");
	close(peer);
}

static inline void host_serve(struct pollfd *fds, int count)
{
	int seconds = 0;

	while (access(escape_outside_path("serving"), F_OK) == 0 &&
	       seconds < HOST_SECONDS * 10) {
		if (poll(fds, (nfds_t)count, 100) == 0)
			seconds++;
		for (int i = 0; i < count; i++)
			if (fds[i].revents)
				host_hear(fds[i].fd);
	}
}

/* For setup: starts the service. Returns 0, or 1 with a word. */
static inline int host_start(void)
{
	struct sockaddr_un stream = host_path("stream"), name;
	struct sockaddr_un datagrams = host_path("datagrams");
	char text[64], line[128];
	int tcp = 0, udp = 0;
	socklen_t len;

	snprintf(text, sizeof(text), "agentjail-host-%d", getpid());
	len = host_name(&name, text);
	struct pollfd fds[] = {
		{ host_listen(SOCK_STREAM, &tcp), POLLIN, 0 },
		{ host_listen(SOCK_DGRAM, &udp), POLLIN, 0 },
		{ host_unix(SOCK_STREAM, &stream, sizeof(stream)), POLLIN, 0 },
		{ host_unix(SOCK_DGRAM, &datagrams, sizeof(datagrams)), POLLIN,
		  0 },
		{ host_unix(SOCK_STREAM, &name, len), POLLIN, 0 },
	};

	for (int i = 0; i < 5; i++)
		if (fds[i].fd < 0)
			return escape_say(PREVENTED, "service %d", i);
	snprintf(line, sizeof(line), "%d %d %s", tcp, udp, text);
	if (escape_file_make("host", line) < 0 ||
	    escape_file_make(escape_outside_path("serving"), "") < 0)
		return 1;
	if (fork() == 0) {
		setsid();
		host_serve(fds, 5);
		_exit(0);
	}
	return 0;
}

/* For verify: ends the service, and says whether it was reached. */
static inline int host_reached(void)
{
	usleep(300000); /* what was said last is heard by then */
	unlink(escape_outside_path("serving"));
	usleep(200000);
	return access(escape_outside_path("reached"), F_OK) == 0 ? ESCAPED
								 : PREVENTED;
}
