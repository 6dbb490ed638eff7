/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/socket.h"

#include <fcntl.h>
#include <linux/kcmp.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/own.h"
#include "broker/work.h"

/* Linux 6.9; the headers of older systems lack it. */
#define PIDFD_OF_THREAD O_EXCL

int socket_table(struct work *work)
{
	const pid_t tid = work->caller.tid;
	struct caller_status status;
	int fd = pidfd_open(tid, PIDFD_OF_THREAD);
	int r;

	if (fd >= 0 || errno != EINVAL)
		return fd < 0 ? -errno : fd;
	/* Before that leaders alone have pidfds. */
	fd = pidfd_open(tid, 0);
	if (fd >= 0)
		return fd;
	r = caller_status(&work->caller, &status);
	if (r < 0)
		return r;
	if (syscall(SYS_kcmp, tid, status.tgid, KCMP_FILES, 0, 0) != 0)
		return -EPERM;
	fd = pidfd_open(status.tgid, 0);
	return fd < 0 ? -errno : fd;
}

static int option(int fd, int name, int *out_value)
{
	socklen_t len = sizeof(*out_value);

	return getsockopt(fd, SOL_SOCKET, name, out_value, &len) < 0 ? -errno
								     : 0;
}

int socket_take(struct work *work, int number, struct socket *out_socket)
{
	CLEANUP(socket_endp) struct socket socket = SOCKET_NONE;
	CLEANUP(fd_closep) int table = -1;
	int r;

	if (number < 0)
		return -EBADF;
	table = socket_table(work);
	if (table < 0)
		return table;
	socket.fd = pidfd_getfd(table, number, 0);
	if (socket.fd < 0)
		return -errno;
	r = option(socket.fd, SO_DOMAIN, &socket.domain);
	if (r == 0)
		r = option(socket.fd, SO_TYPE, &socket.type);
	if (r == 0)
		r = option(socket.fd, SO_PROTOCOL, &socket.protocol);
	if (r < 0)
		return r;
	*out_socket = socket;
	socket.fd = -1;
	return 0;
}

void socket_endp(struct socket *socket)
{
	fd_closep(&socket->fd);
}

bool socket_is_blocking(const struct socket *socket)
{
	return !(fcntl(socket->fd, F_GETFL) & O_NONBLOCK);
}

bool socket_is_inet(const struct socket *socket)
{
	return socket->domain == AF_INET || socket->domain == AF_INET6;
}

bool socket_is_datagram(const struct socket *socket)
{
	return socket->type == SOCK_DGRAM || socket->type == SOCK_RAW;
}

int socket_cookie(const struct socket *socket, unsigned long long *out_cookie)
{
	socklen_t len = sizeof(*out_cookie);

	return getsockopt(socket->fd, SOL_SOCKET, SO_COOKIE, out_cookie, &len) <
			       0
		       ? -errno
		       : 0;
}
