/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_send.c - the host's own services are out of scope for what is sent
 * without a connection: in sendto, sendmsg, the second message of sendmmsg, a
 * fast open, to a unix socket's path, and by an address that names no family.
 */
#include "host_serve.h"

static unsigned done;

static void note(int way, ssize_t sent)
{
	if (sent > 0)
		done |= 1u << way;
}

static struct msghdr message(void *at, size_t len, struct iovec *text)
{
	text->iov_base = HOST_WORD;
	text->iov_len = strlen(HOST_WORD);
	return (struct msghdr){
		.msg_name = at,
		.msg_namelen = (socklen_t)len,
		.msg_iov = text,
		.msg_iovlen = 1,
	};
}

static void try_all_udp(const struct host *host)
{
	struct sockaddr_in at = host_address(host->udp_port), own, none;
	struct sockaddr_in6 mapped = { .sin6_family = AF_INET6 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), port = 0;
	int six = socket(AF_INET6, SOCK_DGRAM, 0);
	struct mmsghdr many[2] = { 0 };
	struct iovec text;
	struct msghdr head = message(&at, sizeof(at), &text);

	note(0, sendto(fd, HOST_WORD, 6, 0, (void *)&at, sizeof(at)));
	note(1, sendmsg(fd, &head, 0));
	host_listen(SOCK_DGRAM, &port);
	own = host_address(port);
	many[0].msg_hdr = message(&own, sizeof(own), &text);
	many[1].msg_hdr = head;
	note(2, sendmmsg(fd, many, 2, 0) - 1);
	none = at;
	none.sin_family = AF_UNSPEC;
	note(3, sendto(fd, HOST_WORD, 6, 0, (void *)&none, sizeof(none)));
	inet_pton(AF_INET6, "::ffff:127.0.0.1", &mapped.sin6_addr);
	mapped.sin6_port = at.sin_port;
	note(4, sendto(six, HOST_WORD, 6, 0, (void *)&mapped, sizeof(mapped)));
	note(5, sendto(six, HOST_WORD, 6, 0, (void *)&at, sizeof(at)));
}

static void try_fast_open(const struct host *host)
{
	struct sockaddr_in at = host_address(host->tcp_port);
	struct iovec text;
	struct msghdr head = message(&at, sizeof(at), &text);

	note(6, sendto(socket(AF_INET, SOCK_STREAM, 0), HOST_WORD, 6,
		       MSG_FASTOPEN, (void *)&at, sizeof(at)));
	note(7, sendmsg(socket(AF_INET, SOCK_STREAM, 0), &head, MSG_FASTOPEN));
}

static void try_unix(const struct host *host)
{
	struct sockaddr_un at = host->datagrams;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct iovec text;
	struct msghdr head = message(&at, sizeof(at), &text);

	note(8, sendto(fd, HOST_WORD, 6, 0, (void *)&at, sizeof(at)));
	note(9, sendmsg(fd, &head, 0));
}

static int attack(void)
{
	const struct host host = host_find();

	try_all_udp(&host);
	try_fast_open(&host);
	try_unix(&host);
	return host_judge(done, 10, "send");
}

int main(int argc, char **argv)
{
	return escape_main(argc, argv,
			   &(struct escape){ .setup = host_start,
					     .attack = attack,
					     .verify = host_reached });
}
