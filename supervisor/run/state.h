/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h - where runs are kept.
 *
 *	root	/var/lib/agentjail	/run/agentjail
 *	others	$XDG_STATE_HOME/agentjail (~/.local/state/agentjail)
 *		$XDG_RUNTIME_DIR/agentjail (/tmp/agentjail-UID)
 *
 * None of it can be reached from inside a jail.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>

struct error;

#define RUN_ID_SIZE 32

struct state {
	char kept[PATH_MAX];	/* the state directory; runs/ID below it */
	char runtime[PATH_MAX]; /* for sockets; gone with the machine */
};

/* Where the state of the calling user is, by the environment. Makes nothing. */
int state_find(struct state *out_state, struct error *err);

/* Makes the directories of the state, for their owner alone. */
int state_make(const struct state *state, struct error *err);

/*
 * Makes a new run: its id, which sorts by time and is unique, and its
 * directory, whose path goes to OUT_DIR.
 */
int state_new_run(const struct state *state, char out_id[RUN_ID_SIZE],
		  char out_dir[PATH_MAX], struct error *err);

/* Removes what a run left that never came to be. */
void state_drop_run(const char *dir);

/*
 * The trace of the run NAME: an id, a task's name (its latest run), "latest",
 * or what is enough of an id: how it begins, or what stands behind its last
 * dash.
 *
 *   -ENOENT   there is no such run
 *   -EINVAL   several ids begin so
 */
int state_find_trace(const struct state *state, const char *name,
		     char out_path[PATH_MAX], struct error *err);
