/* SPDX-License-Identifier: Apache-2.0 */
/*
 * leader.h - the session leader above the agent, where a run has a terminal.
 *
 * It stands where a user's shell would stand: the kernel stops a job only
 * where somebody of its session could continue it. It is a process of the
 * jail that holds its terminal and one end of a channel. Nobody can read it,
 * and whoever ends it ends the jail.
 */
#pragma once

struct birth;
struct launch_pipes;

/*
 * Makes the slave TTY_FD the controlling terminal of a new session, starts the
 * launcher in it, gives up the privileges, and tells CHANNEL_FD: CHANNEL_READY
 * with the launcher's pidfd, or CHANNEL_FAILED. From then on it does what
 * CHANNEL_SIGNAL, CHANNEL_FOREGROUND and CHANNEL_BACKGROUND ask, and tells
 * CHANNEL_STOPPED and, once, CHANNEL_ENDED.
 */
_Noreturn void leader_main(const struct birth *birth,
			   const struct launch_pipes *pipes, int channel_fd,
			   int tty_fd, int null_fd);
