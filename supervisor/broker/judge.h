/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.h - asks the policy about an object that the broker holds.
 *
 * Knows which path an object has and which objects have none. Writes what was
 * decided into the work, whence it goes on record before the answer.
 */
#pragma once

#include <stdint.h>
#include <sys/stat.h>

struct work;

/*
 * Judges OPS (a mask of OP_BIT()) on the object FD. Returns 0 where they may
 * happen; -EACCES where not; -ENAMETOOLONG where its path cannot be told.
 */
int judge_object(struct work *work, uint32_t ops, int fd,
		 const struct stat *st);

/* Judges OPS on NAME in the directory DIR_FD, whether it exists or not. */
int judge_name(struct work *work, uint32_t ops, int dir_fd, const char *name,
	       const struct stat *st_or_null);

/*
 * Puts all judgements on record, with the outcome (0 or a negative errno) of
 * the call; a judgement of kill ends the jail here and now.
 */
void judge_record(struct work *work, int outcome);
