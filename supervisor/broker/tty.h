/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tty.h - /dev/tty, which is another terminal for each who opens it.
 *
 * The broker has no terminal of its own, so it opens the caller's.
 */
#pragma once

#include <stdbool.h>
#include <sys/stat.h>

struct work;

/* Whether an object is /dev/tty, wherever it lies. */
bool tty_is(const struct stat *st);

/*
 * Opens the caller's controlling terminal with FLAGS of open(2). Returns the
 * descriptor, -ENXIO where it has none, or -errno.
 */
int tty_open(struct work *work, int flags);
