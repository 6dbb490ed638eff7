/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fileflags.h - requests of ioctl(2) that change a file as meta does, and the
 * ones of btrfs, which has calls for names and whole trees among them.
 */
#pragma once

#define IOCTL_TYPE_MASK 0xff00u
#define IOCTL_TYPE_BTRFS 0x9400u /* FICLONE and its like have this one too */

struct work;

int ioctl_answer(struct work *work);
