/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/listener.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/own.h"

/* Linux 6.6; the headers of older systems lack them. */
#define NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#define NOTIF_IOCTL_SET_FLAGS SECCOMP_IOW(4, __u64)

void listener_tune(int listener)
{
	ioctl(listener, NOTIF_IOCTL_SET_FLAGS, NOTIF_FD_SYNC_WAKE_UP);
}

int listener_receive(int listener, struct seccomp_notif *out_notice)
{
	memset(out_notice, 0, sizeof(*out_notice));
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, out_notice) < 0)
		return -errno;
	return 0;
}

bool listener_has_callers(int listener)
{
	struct pollfd poll_fd = { .fd = listener, .events = POLLIN };

	return poll(&poll_fd, 1, 0) <= 0 || !(poll_fd.revents & POLLHUP);
}

bool listener_is_waiting(int listener, uint64_t id)
{
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

static int respond(int listener, const struct seccomp_notif_resp *response)
{
	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, response) < 0)
		return -errno;
	return 0;
}

int listener_answer(int listener, uint64_t id, int error, int64_t value)
{
	const struct seccomp_notif_resp response = {
		.id = id,
		.error = error,
		.val = error ? 0 : value,
	};

	return respond(listener, &response);
}

int listener_continue(int listener, uint64_t id)
{
	const struct seccomp_notif_resp response = {
		.id = id,
		.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE,
	};

	return respond(listener, &response);
}

int listener_inject(int listener, uint64_t id, int fd, bool close_on_exec)
{
	const struct seccomp_notif_addfd add = {
		.id = id,
		.srcfd = (uint32_t)fd,
		.newfd_flags = close_on_exec ? O_CLOEXEC : 0,
	};
	int number = ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);

	return number < 0 ? -errno : number;
}
