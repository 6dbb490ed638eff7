/* SPDX-License-Identifier: Apache-2.0 */
/* init.h - pid 1 of a jail. */
#pragma once

struct birth;

/*
 * The init's life: waits for a byte on LIFELINE_FD, mounts /proc, gives up its
 * privileges, writes a struct error (code 0: all is well) to REPORT_FD, and
 * reaps until LIFELINE_FD closes, which is when the broker ends. Its end is
 * the end of all in the jail.
 * NULL_FD, of /dev/null, becomes its 0, 1 and 2.
 */
_Noreturn void init_main(const struct birth *birth, int null_fd, int report_fd,
			 int lifeline_fd);
