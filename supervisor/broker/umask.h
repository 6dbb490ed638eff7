/* SPDX-License-Identifier: Apache-2.0 */
/* umask.h - the caller's umask, for what is made on its behalf. */
#pragma once

struct work;

/*
 * Gives this worker the caller's umask, which the kernel then applies where
 * the directory has no default ACL. Returns 0 or -errno: nothing is to be
 * made with a mask that is not known.
 */
int umask_take(struct work *work);
