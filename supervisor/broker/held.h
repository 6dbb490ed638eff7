/* SPDX-License-Identifier: Apache-2.0 */
/* held.h - what a process may do by the descriptors that it holds. */
#pragma once

#include <sys/stat.h>

struct work;

/*
 * Where an open of the object ST with FLAGS is no wider than the caller's own
 * descriptor NUMBER, through which it was reached: a copy of that descriptor,
 * which the caller of this owns; else -1. O_PATH and access mode 3 count as
 * nothing held; to truncate, or not to append, is wider.
 */
int held_copy(struct work *work, int number, int flags, const struct stat *st);
