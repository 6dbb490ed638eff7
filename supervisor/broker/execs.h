/* SPDX-License-Identifier: Apache-2.0 */
/*
 * execs.h - execs that were let go on, until it is seen what was executed.
 *
 * The kernel reads the path again after it was judged, and the agent may have
 * changed it. So no call is answered before every exec that came about since
 * was compared with what was judged for it.
 */
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

struct execs;

/* Returns NULL where there is no memory. Lives as long as its process. */
struct execs *execs_new(void);

/*
 * Task TID of process TGID is about to execute the file EXPECTED.
 *
 *   -EAGAIN   too many at once
 *   -errno    what it executes now cannot be read
 */
int execs_expect(struct execs *execs, int proc_fd, pid_t tid, pid_t tgid,
		 const struct stat *expected);

/*
 * Compares what can be compared by now; TID is who calls. Returns 0, or the
 * process (its TGID) that executes what nobody judged.
 */
pid_t execs_check(struct execs *execs, int proc_fd, pid_t tid);
