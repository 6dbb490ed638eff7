/* SPDX-License-Identifier: Apache-2.0 */
/* stdio.h - descriptors 0, 1 and 2. */
#pragma once

struct error;

/*
 * Points 0, 1 and 2 at NULL_FD (of /dev/null), so that the process keeps no
 * pipe or terminal open that the agent has.
 */
int stdio_silence(int null_fd, struct error *err);
