/* SPDX-License-Identifier: Apache-2.0 */
/* own.h - who frees what, said where the variable is declared. */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Runs fn(&variable) when the variable leaves scope. Always initialise it. */
#define CLEANUP(fn) __attribute__((cleanup(fn)))

/* Gives the descriptor away: evaluates to fd and leaves -1 behind. */
#define TAKE_FD(fd)                                                            \
	({                                                                     \
		int taken_ = (fd);                                             \
		(fd) = -1;                                                     \
		taken_;                                                        \
	})

/* Gives the object away: evaluates to ptr and leaves NULL behind. */
#define TAKE_PTR(ptr)                                                          \
	({                                                                     \
		__typeof__(ptr) taken_ = (ptr);                                \
		(ptr) = NULL;                                                  \
		taken_;                                                        \
	})

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Keeps errno, so that an error path may still read it. */
static inline void fd_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

static inline void file_closep(FILE **file)
{
	int saved = errno;

	if (*file)
		fclose(*file);
	*file = NULL;
	errno = saved;
}

/* For CLEANUP(freep) on any pointer that malloc() gave. */
static inline void freep(void *ptr)
{
	void **owned = ptr;

	free(*owned);
	*owned = NULL;
}
