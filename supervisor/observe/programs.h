/* SPDX-License-Identifier: Apache-2.0 */
/*
 * programs.h - which program each process of a jail runs, learned from events.
 *
 * The kernel can no longer say what ran before an exec, or (before 6.16) in a
 * process that ends. Knows pids and names. Looks nowhere itself.
 */
#pragma once

#include <stdint.h>

#include "event/event.h"

struct programs;

/* An empty table, the caller's; NULL where memory is short. */
struct programs *programs_create(void);
void programs_free(struct programs *programs);

/* The program of PID until the next change; empty where it is not known. */
struct event_text programs_get(const struct programs *programs, uint32_t pid);

/*
 * PID runs PROGRAM, whose text is copied. Where memory is short, or the table
 * has grown beyond what a machine runs, PID's program is not known.
 */
void programs_set(struct programs *programs, uint32_t pid,
		  struct event_text program);

/* PID was forked off FROM and runs the same. */
void programs_inherit(struct programs *programs, uint32_t pid, uint32_t from);

void programs_forget(struct programs *programs, uint32_t pid);
