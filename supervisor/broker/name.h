/* SPDX-License-Identifier: Apache-2.0 */
/* name.h - one name in its directory, as a call has it. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct work;

struct name {
	int dir_fd;  /* O_PATH; owned */
	bool is_odd; /* "", "." or "..": the kernel refuses it by itself */
	bool exists;
	int fd; /* O_PATH of the object itself, a link too, or -1; owned */
	struct stat st;
	char text[NAME_MAX + 1];
	char act[NAME_MAX + 2]; /* with the slash that it came with */
};

#define NAME_NONE                                                              \
	{                                                                      \
		.dir_fd = -1, .fd = -1                                         \
	}

/*
 * Finds the last name of the path at ADDRESS in the agent's memory, relative
 * to its DIR_FD, and what is there. Returns 0, or the -errno that the kernel
 * would give; that nothing has the name is no failure.
 */
int name_find(struct work *work, int dir_fd, uint64_t address,
	      struct name *out_name);

/* Looks again at what has the name. */
int name_look(struct name *name);

/* Whether it came with a slash, as only a directory's may. */
bool name_is_of_directory(const struct name *name);

void name_endp(struct name *name);
