/* SPDX-License-Identifier: Apache-2.0 */
/* place.h - where in a profile something stands, and errors that say so. */
#pragma once

struct error;

struct place {
	const char *file; /* as it was opened, or "command line" */
	int line;	  /* from 1; 0: not from a file */
	int column;	  /* from 1, in characters */
};

/*
 * States "file:line:column: <what, and what was expected>" as -EINVAL. It may
 * quote the profile: like every error, it is escaped where it is printed.
 * Returns -EINVAL.
 */
int place_error(struct error *err, const struct place *at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* States that there is no memory. Returns -ENOMEM. */
int place_no_memory(struct error *err);
