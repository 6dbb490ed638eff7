/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile_args.h - what `profile` and `why` have in common: the options that
 * say which profile is meant, and the policy that it comes to.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cmd/options.h"
#include "cmd/places.h"
#include "profile/flags.h"

struct json_object;
struct policy;

#define PROFILE_NAMES_MAX 16
#define PROFILE_DEFINES_MAX 64
#define PROFILE_CHANGES_MAX 256

/* A flag of `run` that changes the scope. */
struct profile_change {
	enum profile_flag flag;
	const char *value;
};

struct profile_args {
	size_t profile_count;			 /* 0: coder */
	const char *profiles[PROFILE_NAMES_MAX]; /* names or files */
	const char *dir;			 /* -C */
	const char *user;			 /* NULL: who calls */
	const char *task;
	const char *run; /* its id; NULL: there is no run */
	bool json;
	size_t define_count;
	const char *defines[PROFILE_DEFINES_MAX];
	size_t change_count;
	struct profile_change changes[PROFILE_CHANGES_MAX];

	struct places places;
	struct variables *variables;
	struct profile_set *set;
};

enum { ARG_PROFILE, ARG_DEFINE, ARG_DIR, ARG_TASK, ARG_JSON };

/* Takes one of the options above; for struct option_table. */
bool profile_args_take(void *ctx, int key, const char *value);

/* The same, for those who have options of their own beside these. */
bool profile_args_name(struct profile_args *args, const char *name);
bool profile_args_define(struct profile_args *args, const char *text);
bool profile_args_change(struct profile_args *args, enum profile_flag flag,
			 const char *value);

/* Finds the places and variables of ARGS. Returns 0 or -errno. */
int profile_args_place(struct profile_args *args, struct error *err);

/* That, and loads the profile. */
int profile_args_load(struct profile_args *args, struct error *err);

/*
 * That, and compiles it: with what its paths lead to on this machine, or, by
 * NAMES alone, the same on every machine. The caller frees *out_policy.
 */
int profile_args_compile(struct profile_args *args, bool names,
			 struct policy **out_policy, struct error *err);

/* Writes the options of `why` that mean the same scope, quoted for a shell. */
void profile_args_write(const struct profile_args *args, FILE *out);

/* For CLEANUP(). */
void profile_args_endp(struct profile_args *args);

/* Prints TEXT on stdout, escaped. */
void print_text(const char *text);

/* Prints TEXT on stdout in quotes, as JSON and YAML both read it. */
void print_quoted(const char *text);

/* TEXT as JSON, null where it is NULL; not UTF-8 comes out escaped. */
struct json_object *json_text(const char *text);

/* Adds TEXT to OBJECT, null where it is NULL; not UTF-8 comes out escaped. */
void json_add_text(struct json_object *object, const char *key,
		   const char *text);

/* Prints OBJECT as one line, and puts it. */
void json_print(struct json_object *object);
