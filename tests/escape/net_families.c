/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_families.c - sockets whose peers no rule names, and ways to lead a
 * packet over other hosts than the address says.
 */
#include <linux/netlink.h>

#include "host.h"

static unsigned done;

static void note(int way, int result)
{
	if (result >= 0)
		done |= 1u << way;
}

/* Loose source routing over 192.0.2.1. */
static const unsigned char route4[] = { 131, 11,  4, 192, 0, 2,
					1,   127, 0, 0,	  1, 0 };

static int retopts(void)
{
	struct sockaddr_in at = host_address(9);
	struct iovec part = { "x", 1 };
	char control[CMSG_SPACE(sizeof(route4))] = { 0 };
	struct msghdr head = {
		.msg_name = &at,
		.msg_namelen = sizeof(at),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&head);

	cmsg->cmsg_level = IPPROTO_IP;
	cmsg->cmsg_type = IP_RETOPTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(route4));
	memcpy(CMSG_DATA(cmsg), route4, sizeof(route4));
	/* Nobody needs to be there: that it was not refused is enough. */
	if (sendmsg(socket(AF_INET, SOCK_DGRAM, 0), &head, 0) >= 0)
		return 0;
	return errno == EPERM ? -1 : 0;
}

static int attack(void)
{
	const char flow[32] = { 0 };
	int tcp = socket(AF_INET, SOCK_STREAM, 0);
	int six = socket(AF_INET6, SOCK_STREAM, 0);

	note(0,
	     setsockopt(tcp, IPPROTO_IP, IP_OPTIONS, route4, sizeof(route4)));
	note(1, retopts());
	note(2, setsockopt(six, IPPROTO_IPV6, IPV6_RTHDR, flow, 0));
	note(3, socket(AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG));
	note(4, socket(AF_NETLINK, SOCK_DGRAM, NETLINK_KOBJECT_UEVENT));
	/* Routes of the sender's own are root's alone, bare too. */
	return host_judge(done, geteuid() == 0 ? 5 : 3, "families");
}

int main(int argc, char **argv)
{
	return escape_main(argc, argv, &(struct escape){ .attack = attack });
}
