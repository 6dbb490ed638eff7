/* SPDX-License-Identifier: Apache-2.0 */
#include "run/channel.h"

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

int channel_receive(int fd, struct channel_message *out_message)
{
	ssize_t n;

	do
		n = recv(fd, out_message, sizeof(*out_message), 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ECONNRESET ? -EPIPE : -errno;
	if (n == 0)
		return -EPIPE;
	if ((size_t)n != sizeof(*out_message))
		return -EPROTO;
	out_message->err.text[sizeof(out_message->err.text) - 1] = '\0';
	return 0;
}
