/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flags.h - the flags of `run` that change a scope, as the last profile of its
 * chain, "command line".
 */
#pragma once

#include "profile/profile.h"

/* Which flag; --net none is one of its own values. */
enum profile_flag {
	FLAG_READ,  /* -r PATH: allow read */
	FLAG_WRITE, /* -w PATH: allow read modify */
	FLAG_EXEC,  /* -x PATH: allow exec */
	FLAG_NET,   /* --net HOST:PORT: allow connect; "none": no address */
	FLAG_HIDE,  /* --hide PATH */
	FLAG_ENV,   /* -e NAME: keep; -e NAME=VALUE: set */
	FLAG_LIMIT, /* --limit KEY=VALUE */
	PROFILE_FLAGS
};

/* A "command line" that changes nothing yet, or NULL without memory. */
struct profile *profile_flags_new(void);

/*
 * Adds one flag. A relative path is taken from BASE, which is absolute; "."
 * and ".." at its beginning too.
 *
 *   -EINVAL   VALUE is none for this flag; *err begins "command line: -r"
 *   -ENOMEM
 */
int profile_flags_add(struct profile *flags, enum profile_flag flag,
		      const char *value, const char *base,
		      const struct variables *variables, struct error *err);
