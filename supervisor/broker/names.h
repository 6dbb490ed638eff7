/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names.h - calls that make, remove and move names, on the agent's behalf.
 *
 * mkdir, mknod, symlink, link, unlink, rmdir, rename in all their forms.
 */
#pragma once

struct work;

int mkdir_answer(struct work *work);
int mkdirat_answer(struct work *work);
int mknod_answer(struct work *work);
int mknodat_answer(struct work *work);
int symlink_answer(struct work *work);
int symlinkat_answer(struct work *work);
int unlink_answer(struct work *work);
int rmdir_answer(struct work *work);
int unlinkat_answer(struct work *work);
