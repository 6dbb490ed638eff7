/* SPDX-License-Identifier: Apache-2.0 */
/* gitdir.h - the real git directory of a worktree. */
#pragma once

#include <limits.h>

/*
 * Writes the git directory that WORKDIR's own ".git" file leads to, the one
 * that its repository shares, into OUT_PATH; "" where WORKDIR is no worktree,
 * or where that directory does not point back to it: a file of the checkout
 * alone must not open a directory elsewhere.
 */
void gitdir_find(const char *workdir, char out_path[PATH_MAX]);
