/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scratch.h - what stands behind a jail's private /tmp and /var/tmp: on disk,
 * so that much of it is no memory, and gone with the run.
 */
#pragma once

#include <limits.h>

struct error;

struct scratch {
	char dir[PATH_MAX]; /* "": there is none */
	char tmp[PATH_MAX];
	char var_tmp[PATH_MAX];
};

/* Makes it in the run's own directory RUN_DIR. */
int scratch_make(const char *run_dir, struct scratch *out_scratch,
		 struct error *err);

/*
 * Removes it with all that the jail left in it; nothing of the jail may live.
 * It follows no link. What cannot be removed stays, and is said in *err.
 */
int scratch_remove(const struct scratch *scratch, struct error *err);
