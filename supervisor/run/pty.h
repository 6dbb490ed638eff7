/* SPDX-License-Identifier: Apache-2.0 */
/* pty.h - the jail's own pseudoterminal, in the jail's own devpts. */
#pragma once

#include <sys/types.h>

struct error;

/*
 * Makes a pseudoterminal in the devpts at /dev/pts whose slave belongs to
 * OWNER. Both descriptors are the caller's, and close-on-exec; the master
 * never blocks.
 */
int pty_make(uid_t owner, int *out_master, int *out_slave, struct error *err);
