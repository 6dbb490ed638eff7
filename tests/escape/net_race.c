/* SPDX-License-Identifier: Apache-2.0 */
/* guest: no */
/*
 * net_race.c - one address is judged and another one used: a thread changes
 * the address of a connect or of a message in memory, what the path leads to,
 * or what the number of the socket stands for.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "host_serve.h"

#define TURNS 10000
#define SECONDS_MAX 6

static struct sockaddr_in wanted, shared;
static struct sockaddr_un link_path;
static atomic_bool over;
static int own_port, own_udp, target;
static unsigned done;

static void *flip_port(void *arg)
{
	volatile in_port_t *port = &shared.sin_port;
	const in_port_t ports[] = { htons((uint16_t)own_port),
				    wanted.sin_port };

	for (unsigned i = 0; !over; i++)
		*port = ports[i & 1];
	return arg;
}

static void *flip_link(void *arg)
{
	while (!over) {
		rename("to_host", "flip");
		symlink(link_path.sun_path, "to_host");
		rename("to_own", "flip");
		symlink("own", "to_own");
	}
	return arg;
}

/* The number stands for a socket that may connect, then for another. */
static void *flip_socket(void *arg)
{
	int own = socket(AF_UNIX, SOCK_STREAM, 0);
	int other = socket(AF_INET, SOCK_DGRAM, 0);

	while (!over) {
		dup2(own, target);
		dup2(other, target);
	}
	return arg;
}

static bool is_wanted(int fd)
{
	struct sockaddr_in peer = { 0 };
	socklen_t len = sizeof(peer);

	return getpeername(fd, (struct sockaddr *)&peer, &len) == 0 &&
	       peer.sin_family == AF_INET && peer.sin_port == wanted.sin_port;
}

/* A thread needs time to begin, and a jail's turn takes longer. */
static void race(int way, void *(*flip)(void *), void (*turn)(int))
{
	const time_t begin = time(NULL);
	pthread_t thread;

	over = false;
	pthread_create(&thread, NULL, flip, NULL);
	for (int i = 0; !(done & 1u << way); i++) {
		const time_t seconds = time(NULL) - begin;

		if (seconds > SECONDS_MAX || (i > TURNS && seconds > 1))
			break;
		turn(way);
	}
	over = true;
	pthread_join(thread, NULL);
}

static void turn_port(int way)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (connect(fd, (struct sockaddr *)&shared, sizeof(shared)) == 0 &&
	    is_wanted(fd) && host_say(fd) == 0)
		done |= 1u << way;
	close(fd);
}

static void turn_link(int way)
{
	struct sockaddr_un at = { AF_UNIX, "flip" };
	struct sockaddr_un peer = { 0 };
	socklen_t len = sizeof(peer);
	/* Nobody accepts at the own one. */
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
	    getpeername(fd, (struct sockaddr *)&peer, &len) == 0 &&
	    strcmp(peer.sun_path, link_path.sun_path) == 0)
		done |= 1u << way;
	close(fd);
}

static void turn_socket(int way)
{
	if (connect(target, (struct sockaddr *)&wanted, sizeof(wanted)) == 0 &&
	    is_wanted(target))
		done |= 1u << way;
}

/* What is sent and does not arrive at the own one has gone to the other. */
static void turn_message(int way)
{
	static int fd = -1;
	char text[8];
	struct iovec part = { HOST_WORD, strlen(HOST_WORD) };
	struct msghdr head = {
		.msg_name = &shared,
		.msg_namelen = sizeof(shared),
		.msg_iov = &part,
		.msg_iovlen = 1,
	};
	struct pollfd own = { .fd = own_udp, .events = POLLIN };

	if (fd < 0)
		fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (sendmsg(fd, &head, 0) < 0)
		return;
	if (poll(&own, 1, 200) == 1)
		recv(own_udp, text, sizeof(text), 0);
	else
		done |= 1u << way;
}

static int attack(void)
{
	const struct host host = host_find();
	struct sockaddr_un own = { AF_UNIX, "own" };

	wanted = host_address(host.udp_port);
	shared = wanted;
	link_path = host.path;
	own_udp = host_listen(SOCK_DGRAM, &own_port);
	if (own_udp < 0 || host_unix(SOCK_STREAM, &own, sizeof(own)) < 0)
		return escape_say(UNTRIED, "own sockets");
	target = dup(0);
	race(0, flip_port, turn_port);
	race(1, flip_link, turn_link);
	race(2, flip_socket, turn_socket);
	race(3, flip_port, turn_message);
	return host_judge(done, 4, "race");
}

int main(int argc, char **argv)
{
	return escape_main(argc, argv,
			   &(struct escape){ .setup = host_start,
					     .attack = attack,
					     .verify = host_reached });
}
