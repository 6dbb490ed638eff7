/* SPDX-License-Identifier: Apache-2.0 */
/* left.h - what a test has left behind. */
#pragma once

#include <stdio.h>
#include <sys/types.h>

/* Whose things are meant. */
struct left_of {
	pid_t ancestor;	     /* processes below this one, */
	const char *program; /* and those that run this file */
	const char *dir;     /* mounts below this directory */
	uid_t owner;	     /* cgroups of this user; pins where it is root */
	char *before;	     /* what left_list() wrote before the test */
};

/* Writes to OUT the cgroups and pins that are there, whoever's they are. */
void left_list(FILE *out);

/* How many things are left, without touching any. */
int left_count(const struct left_of *of);

/* Writes a line to OUT for each thing that is left, and removes it. */
void left_remove(const struct left_of *of, FILE *out);

/* The whole file PATH with a NUL behind it (empty where it cannot be read). */
char *left_slurp(const char *path, size_t *out_len);
