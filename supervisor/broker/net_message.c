/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net_message.h"

#include <limits.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>

#include "base/own.h"
#include "broker/judge_net.h"
#include "broker/socket.h"
#include "broker/work.h"

#define CONTROL_MAX (256 * 1024) /* more than any net.core.optmem_max */
#define SIZE_MAX_RW 0x7ffff000	 /* MAX_RW_COUNT of the kernel */
#define HEAD CMSG_ALIGN(sizeof(struct cmsghdr))

/* Of the kernel's headers, which do not go with those of the C library. */
#define IPV6_OPT_FLOWINFO 11
#define SOL_TLS_ 282

/*
 * What may be said of a packet beside its text. Not among them is what leads
 * it over other hosts first: IP_RETOPTS, IPV6_RTHDR and their older forms.
 */
static const struct {
	int level;
	int type;
} harmless[] = {
	{ SOL_SOCKET, SCM_RIGHTS },	 { SOL_SOCKET, SCM_CREDENTIALS },
	{ SOL_SOCKET, SO_TIMESTAMPING }, { SOL_SOCKET, SO_PRIORITY },
	{ SOL_SOCKET, SO_TXTIME },	 { IPPROTO_IP, IP_TOS },
	{ IPPROTO_IP, IP_TTL },		 { IPPROTO_IP, IP_PKTINFO },
	{ IPPROTO_IPV6, IPV6_PKTINFO },	 { IPPROTO_IPV6, IPV6_2292PKTINFO },
	{ IPPROTO_IPV6, IPV6_HOPLIMIT }, { IPPROTO_IPV6, IPV6_2292HOPLIMIT },
	{ IPPROTO_IPV6, IPV6_TCLASS },	 { IPPROTO_IPV6, IPV6_DONTFRAG },
	{ IPPROTO_UDP, UDP_SEGMENT },	 { SOL_TLS_, 1 /* a record's type */ },
};

void net_message_endp(struct net_message *message)
{
	for (int i = 0; i < message->fd_count; i++)
		fd_closep(&message->fds[i]);
	message->fd_count = 0;
	freep(&message->parts);
	freep(&message->control);
}

static int parts_sum(struct net_message *message)
{
	message->size = 0;
	for (size_t i = 0; i < message->part_count; i++) {
		struct iovec *part = &message->parts[i];

		if (part->iov_len > SSIZE_MAX)
			return -EINVAL;
		/* As the kernel does, it takes what one call can. */
		if (part->iov_len > SIZE_MAX_RW - message->size)
			part->iov_len = SIZE_MAX_RW - message->size;
		message->size += part->iov_len;
	}
	return 0;
}

static int parts_read(struct work *work, const struct msghdr *head,
		      struct net_message *message)
{
	if (head->msg_iovlen > NET_MESSAGE_PARTS)
		return -EMSGSIZE;
	message->part_count = head->msg_iovlen;
	message->parts = calloc(message->part_count + 1, sizeof(struct iovec));
	if (!message->parts)
		return -ENOMEM;
	if (message->part_count &&
	    caller_read(&work->caller, (uintptr_t)head->msg_iov, message->parts,
			message->part_count * sizeof(struct iovec)) < 0)
		return -EFAULT;
	return parts_sum(message);
}

static int control_read(struct work *work, const struct msghdr *head,
			struct net_message *message)
{
	if (head->msg_controllen > CONTROL_MAX)
		return -ENOBUFS;
	message->control_size = head->msg_controllen;
	if (!message->control_size)
		return 0;
	message->control = malloc(message->control_size);
	if (!message->control)
		return -ENOMEM;
	return caller_read(&work->caller, (uintptr_t)head->msg_control,
			   message->control, message->control_size);
}

int net_message_read(struct work *work, uint64_t address,
		     struct net_message *out_message)
{
	struct msghdr head;
	int len;
	int r = caller_read(&work->caller, address, &head, sizeof(head));

	if (r < 0)
		return r;
	len = (int)head.msg_namelen;
	if (len < 0)
		return -EINVAL;
	if ((size_t)len > sizeof(out_message->to.storage))
		len = (int)sizeof(out_message->to.storage);
	if (head.msg_name && len)
		r = net_address_read(work, (uintptr_t)head.msg_name, len,
				     &out_message->to);
	if (r == 0)
		r = parts_read(work, &head, out_message);
	if (r == 0)
		r = control_read(work, &head, out_message);
	return r;
}

int net_message_make(uint64_t address, uint64_t size,
		     struct net_message *out_message)
{
	out_message->parts = calloc(1, sizeof(struct iovec));
	if (!out_message->parts)
		return -ENOMEM;
	out_message->part_count = 1;
	out_message->parts->iov_base = (void *)(uintptr_t)address;
	out_message->parts->iov_len = size > SIZE_MAX_RW ? SIZE_MAX_RW : size;
	return parts_sum(out_message);
}

static int adopt_fds(struct work *work, struct net_message *message,
		     struct cmsghdr *cmsg)
{
	const size_t count = (cmsg->cmsg_len - HEAD) / sizeof(int);
	CLEANUP(fd_closep) int table = -1;
	int *numbers = (int *)CMSG_DATA(cmsg);

	if (!count)
		return 0;
	if (count > (size_t)(NET_MESSAGE_FDS - message->fd_count))
		return -EINVAL;
	table = socket_table(work);
	if (table < 0)
		return table;
	for (size_t i = 0; i < count; i++) {
		int fd = numbers[i] < 0 ? -1
					: pidfd_getfd(table, numbers[i], 0);

		if (fd < 0)
			return numbers[i] < 0 ? -EBADF : -errno;
		message->fds[message->fd_count++] = fd;
		numbers[i] = fd;
	}
	return 0;
}

static int adopt_credentials(struct work *work, struct cmsghdr *cmsg)
{
	struct caller_status status;
	struct ucred ids;
	int r;

	if (cmsg->cmsg_len != CMSG_LEN(sizeof(ids)))
		return -EINVAL;
	memcpy(&ids, CMSG_DATA(cmsg), sizeof(ids));
	r = caller_status(&work->caller, &status);
	if (r < 0)
		return r;
	/* The broker has the agent's ids, and so has all in the jail. */
	if (ids.pid != status.inner_tgid || ids.uid != getuid() ||
	    ids.gid != getgid())
		return -EPERM;
	ids.pid = getpid();
	memcpy(CMSG_DATA(cmsg), &ids, sizeof(ids));
	return 0;
}

static bool is_harmless(const struct cmsghdr *cmsg)
{
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++)
		if (harmless[i].level == cmsg->cmsg_level &&
		    harmless[i].type == cmsg->cmsg_type)
			return true;
	return false;
}

static int adopt_one(struct work *work, const struct socket *socket,
		     struct net_message *message, struct cmsghdr *cmsg)
{
	char what[64];

	if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS)
		return adopt_fds(work, message, cmsg);
	if (cmsg->cmsg_level == SOL_SOCKET &&
	    cmsg->cmsg_type == SCM_CREDENTIALS)
		return adopt_credentials(work, cmsg);
	if (!socket_is_inet(socket) || is_harmless(cmsg))
		return 0;
	snprintf(what, sizeof(what), "control message %d:%d", cmsg->cmsg_level,
		 cmsg->cmsg_type);
	return judge_refuse_net(work, ABI_OP_SEND, what);
}

int net_message_adopt(struct work *work, const struct socket *socket,
		      struct net_message *message)
{
	size_t at = 0;

	while (message->control_size - at >= sizeof(struct cmsghdr)) {
		struct cmsghdr *cmsg = (void *)(message->control + at);
		const size_t left = message->control_size - at;
		int r;

		if (cmsg->cmsg_len < sizeof(*cmsg) || cmsg->cmsg_len > left)
			return -EINVAL;
		r = adopt_one(work, socket, message, cmsg);
		if (r < 0)
			return r;
		if (CMSG_ALIGN(cmsg->cmsg_len) > left)
			break;
		at += CMSG_ALIGN(cmsg->cmsg_len);
	}
	return 0;
}

ssize_t net_message_text(struct work *work, const struct net_message *message,
			 size_t offset, void *data, size_t size)
{
	struct iovec parts[IOV_MAX];
	const struct iovec local = { .iov_base = data, .iov_len = size };
	size_t count = 0;
	ssize_t n;

	if (!size)
		return 0;
	for (size_t i = 0; i < message->part_count; i++) {
		const struct iovec *part = &message->parts[i];

		if (offset >= part->iov_len) {
			offset -= part->iov_len;
			continue;
		}
		parts[count].iov_base = (char *)part->iov_base + offset;
		parts[count++].iov_len = part->iov_len - offset;
		offset = 0;
	}
	n = process_vm_readv(work->caller.tid, &local, 1, parts, count, 0);
	return n > 0 ? n : -EFAULT;
}
