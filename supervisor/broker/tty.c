/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/tty.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/io.h"
#include "base/own.h"
#include "broker/listener.h"
#include "broker/work.h"

#define OWN_MAJOR 5 /* of /dev/tty itself */
#define PTS_MAJOR 136

bool tty_is(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(OWN_MAJOR, 0);
}

/* The number of the caller's terminal: the fifth after its name in "stat". */
static int number_of(const struct caller *caller, dev_t *out_number)
{
	CLEANUP(fd_closep) int fd = -1;
	char path[32], text[1024];
	const char *at;
	unsigned number;
	ssize_t n;

	snprintf(path, sizeof(path), "%d/stat", caller->tid);
	fd = openat(caller->proc_fd, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	n = io_read_all(fd, text, sizeof(text) - 1);
	if (n < 0)
		return (int)n;
	text[n] = '\0';
	at = strrchr(text, ')'); /* a name may have any of them inside */
	if (!at || sscanf(at, ") %*c %*d %*d %*d %u", &number) != 1)
		return -ESRCH;
	/* As the kernel writes a device in one number. */
	*out_number = makedev(number >> 8 & 0xfff,
			      (number & 0xff) | (number >> 12 & 0xfff00));
	return 0;
}

int tty_open(struct work *work, int flags)
{
	CLEANUP(fd_closep) int fd = -1;
	dev_t number = 0;
	char path[32];
	struct stat st;
	int r = number_of(&work->caller, &number);

	if (r < 0)
		return r;
	/* No other kind of terminal can be had in a jail. */
	if (major(number) != PTS_MAJOR)
		return -ENXIO;
	if (!listener_is_waiting(work->office->listener, work->notice.id))
		return -EINTR;
	snprintf(path, sizeof(path), "/dev/pts/%u", minor(number));
	fd = open(path, flags | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || st.st_rdev != number)
		return -ENXIO;
	return TAKE_FD(fd);
}
