/* SPDX-License-Identifier: Apache-2.0 */
#include "run/channel.h"

#include <string.h>
#include <sys/socket.h>

#include "base/own.h"

int channel_open(int out_ends[2], struct error *err)
{
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, out_ends) < 0)
		return error_set(err, -errno, "socketpair");
	return 0;
}

int channel_send(int fd, enum channel_word word, int value,
		 const struct error *err_or_null)
{
	struct channel_message message = {
		.word = word,
		.value = value,
	};

	if (err_or_null)
		message.err = *err_or_null;
	if (send(fd, &message, sizeof(message), MSG_NOSIGNAL) < 0)
		return -errno;
	return 0;
}

union passage {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

int channel_pass(int fd, enum channel_word word, int value, int passed_fd)
{
	struct channel_message message = {
		.word = word,
		.value = value,
	};
	struct iovec part = { &message, sizeof(message) };
	union passage passage = {
		.head = { .cmsg_len = CMSG_LEN(sizeof(int)),
			  .cmsg_level = SOL_SOCKET,
			  .cmsg_type = SCM_RIGHTS },
	};
	const struct msghdr whole = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &passage,
		.msg_controllen = sizeof(passage),
	};

	memcpy(CMSG_DATA(&passage.head), &passed_fd, sizeof(passed_fd));
	return sendmsg(fd, &whole, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

static int passed(struct msghdr *whole)
{
	const struct cmsghdr *head = CMSG_FIRSTHDR(whole);
	int fd;

	if (!head || head->cmsg_level != SOL_SOCKET ||
	    head->cmsg_type != SCM_RIGHTS ||
	    head->cmsg_len != CMSG_LEN(sizeof(fd)))
		return -1;
	memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

int channel_receive_fd(int fd, struct channel_message *out_message,
		       int *out_passed_fd)
{
	struct iovec part = { out_message, sizeof(*out_message) };
	CLEANUP(fd_closep) int passed_fd = -1;
	union passage passage;
	struct msghdr whole = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		/* What nobody asked for, the kernel drops. */
		.msg_control = out_passed_fd ? &passage : NULL,
		.msg_controllen = out_passed_fd ? sizeof(passage) : 0,
	};
	ssize_t n;

	do
		n = recvmsg(fd, &whole, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	passed_fd = passed(&whole);
	if (n == 0)
		return -EPIPE;
	if ((size_t)n != sizeof(*out_message))
		return -EPROTO;
	out_message->err.text[sizeof(out_message->err.text) - 1] = '\0';
	if (out_passed_fd)
		*out_passed_fd = TAKE_FD(passed_fd);
	return 0;
}

int channel_receive(int fd, struct channel_message *out_message)
{
	return channel_receive_fd(fd, out_message, NULL);
}
