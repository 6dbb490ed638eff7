/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image.h - what the kernel executes when it is told to execute a file.
 *
 * Knows the two formats: a script names its interpreter, an ELF program its
 * loader. Looks at the file alone; whether any of it may be executed is for
 * others to say. Sources: execve(2), elf(5).
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

enum image_kind {
	IMAGE_SCRIPT,  /* goes on with its interpreter */
	IMAGE_PROGRAM, /* is executed, by its loader if it names one */
};

struct image {
	enum image_kind kind;
	char next[PATH_MAX]; /* interpreter or loader; "": no loader */
};

/*
 * Reads what FD, a file open for reading, is.
 *
 *   -ENOEXEC   neither; also a program of another architecture
 *   -errno     of read(2)
 */
int image_read(int fd, struct image *out_image);
