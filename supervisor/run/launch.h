/* SPDX-License-Identifier: Apache-2.0 */
/* launch.h - the agent's first task, up to its first instruction. */
#pragma once

struct birth;

/* The launcher's ends of its pipes with the broker. */
struct launch_pipes {
	int report_fd; /* out: struct launch_report; on failure, an error */
	int go_fd;     /* in: one byte lets it go on */
};

/* What the launcher says once it stands behind the filter. */
struct launch_report {
	int listener; /* the listener's number in the launcher's table */
};

/*
 * Gives up the privileges, enters the filter, reports, waits for the go and
 * executes the command. Where that fails, a struct error goes to report_fd.
 */
_Noreturn void launch_main(const struct birth *birth,
			   const struct launch_pipes *pipes);
