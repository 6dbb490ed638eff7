/* SPDX-License-Identifier: Apache-2.0 */
#include "run/pty.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/own.h"

int pty_make(uid_t owner, int *out_master, int *out_slave, struct error *err)
{
	CLEANUP(fd_closep)
	int master = open("/dev/pts/ptmx",
			  O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	CLEANUP(fd_closep) int slave = -1;
	struct stat st;

	if (master < 0 || unlockpt(master) < 0)
		return error_set(err, -errno, "/dev/pts/ptmx");
	/* By the master, and so the very slave, whatever its name is. */
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0 || fstat(slave, &st) < 0)
		return error_set(err, -errno, "a pseudoterminal");
	if (st.st_uid != owner && fchown(slave, owner, (gid_t)-1) < 0)
		return error_set(err, -errno, "a pseudoterminal's owner");
	*out_master = TAKE_FD(master);
	*out_slave = TAKE_FD(slave);
	return 0;
}
