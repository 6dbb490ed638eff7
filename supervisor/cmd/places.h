/* SPDX-License-Identifier: Apache-2.0 */
/*
 * places.h - where things lie for the user who asked: the workdir, its git
 * directory, and the directories of profiles.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

#include "profile/load.h"
#include "run/invoker.h"

struct error;
struct variables;

#define PLACES_DIRS 3

struct places {
	struct invoker invoker;
	char workdir[PATH_MAX];
	char runtime[PATH_MAX]; /* empty: there is none */
	char gitdir[PATH_MAX];	/* empty: no worktree that points back */
	char dirs[PLACES_DIRS][PATH_MAX + 32];
	const char *dir_list[PLACES_DIRS];
	struct profile_search search; /* over dir_list: do not move it */
};

/*
 * Fills OUT_PLACES in for USER (NULL: who called), with DIR as the workdir
 * (NULL: the current directory). DIR need not exist: a scope may be asked
 * about before there is anything.
 *
 *   -EINVAL   the workdir's path is too long
 *   -errno    of finding the user or the current directory
 */
int places_find(const char *user, const char *dir, struct places *out_places,
		struct error *err);

/* Adds all of PLACES to VARIABLES, and TASK where it is not NULL. */
int places_variables(const struct places *places, const char *task,
		     struct variables *variables, struct error *err);
