/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge.h - asks the policy about an object that the broker holds.
 *
 * Knows which path an object has and which objects have none. Writes what was
 * decided into the work, whence it goes on record before the answer.
 */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "bpf/abi.h"

struct work;

/*
 * Judges OPS (a mask of OP_BIT()) on the object FD. Returns 0 where they may
 * happen; -EACCES where not; -ENAMETOOLONG where its path cannot be told.
 */
int judge_object(struct work *work, uint32_t ops, int fd,
		 const struct stat *st);

/* Judges the execution of the object FD, which may be a memfd. */
int judge_exec(struct work *work, int fd, const struct stat *st);

/* Puts on record that the caller executes what nobody judged: it is killed. */
void judge_foreign(struct work *work);

/* Judges OPS on NAME in the directory DIR_FD, whether it exists or not. */
int judge_name(struct work *work, uint32_t ops, int dir_fd, const char *name,
	       const struct stat *st_or_null);

/*
 * Refuses OP on the object FD, whatever the policy says: -EPERM. On record as
 * a denial by no rule, or of a power by what the policy says of that.
 */
int judge_refuse(struct work *work, enum abi_op op, int fd,
		 const struct stat *st);
int judge_refuse_name(struct work *work, enum abi_op op, int dir_fd,
		      const char *name);

/* Where the object FD lies: its path into PATH. Returns 0 or -errno. */
int judge_path(struct work *work, int fd, const struct stat *st,
	       char path[PATH_MAX]);

/*
 * What becomes of DECISION: 0 or -EACCES. Where the run is only observed, what
 * no lock denies may happen, and *out_is_observed says so.
 */
struct decision;
int judge_settle(const struct work *work, struct decision *decision,
		 bool *out_is_observed);

/*
 * Judges POWER, which the call NAME is or would be used for. Returns 0, or
 * -EPERM; a power is a floor, so it holds where rules are only observed, too.
 */
int judge_power(struct work *work, enum abi_op power, const char *name);

/* Judges the making of a symbolic link NAME in the directory DIR_FD. */
int judge_symlink(struct work *work, int dir_fd, const char *name);

/*
 * Whether the object of identity ST, which lies at the path that JUDGEMENT
 * judged, would be freer at the path that OTHER judged; a directory, whether
 * anything below it would be judged otherwise. Returns 0 or -EXDEV.
 */
struct judgement;
int judge_move(struct work *work, const struct judgement *judgement,
	       const struct judgement *other, const struct stat *st);

/*
 * Puts all judgements on record, with the outcome (0 or a negative errno) of
 * the call; a judgement of kill ends the jail here and now.
 */
void judge_record(struct work *work, int outcome);
