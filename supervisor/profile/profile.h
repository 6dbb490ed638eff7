/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile.h - one profile's text as data: what a task may do, unjudged.
 *
 * Constant once it is parsed. Knows what stands in one file. Knows nothing of
 * the profiles that it extends, of which rule wins, or of the machine.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/abi.h"
#include "profile/network.h"
#include "profile/path.h"
#include "profile/place.h"
#include "profile/units.h"

struct arena;
struct error;
struct variables;

enum profile_class {
	PROFILE_FILES,
	PROFILE_EXEC,
	PROFILE_NETWORK,
	PROFILE_POWERS,
	PROFILE_CLASSES
};

/* "files", "exec", "network", "powers". */
const char *profile_class_name(enum profile_class cls);

/* One item of a rule's list, and what it stands for: mostly one, or none. */
struct profile_object {
	struct place at;
	const char *text;
	struct path_objects paths;	 /* of files and exec */
	struct network_objects networks; /* of network */
	enum abi_op power;		 /* of powers */
};

struct profile_rule {
	enum profile_class cls;
	struct place at;
	enum abi_verdict verdict;
	uint32_t ops;	   /* OP_BIT()s; 0 of powers */
	bool names_append; /* by its own word, not through write or modify */
	bool lock;
	const char *reason; /* NULL: none given */
	size_t object_count;
	const struct profile_object *objects;
};

/* A text with its place, such as an item of `extends`. */
struct profile_text {
	struct place at;
	const char *text;
};

struct profile_pair {
	struct place at;
	const char *name;
	const char *value;
};

enum profile_maturity {
	MATURITY_UNSTATED,
	MATURITY_DRAFT,
	MATURITY_LEARNED,
	MATURITY_REVIEWED,
	MATURITIES
};

enum profile_limit {
	LIMIT_MEMORY,	    /* bytes */
	LIMIT_PIDS,	    /* tasks */
	LIMIT_CPU,	    /* percent of one processor */
	LIMIT_TIME,	    /* milliseconds */
	LIMIT_TIME_VERDICT, /* enum abi_verdict: pause or kill */
	PROFILE_LIMITS
};

/* "memory"; and of a value "4G", as people write it, into BUF. Returns BUF. */
const char *profile_limit_name(enum profile_limit limit);
const char *profile_limit_text(enum profile_limit limit, uint64_t value,
			       char buf[UNITS_TEXT_MAX]);

enum profile_tmp { TMP_UNSTATED, TMP_HOST, TMP_PRIVATE };
enum profile_death { DEATH_UNSTATED, DEATH_FREEZE, DEATH_KILL };

/* The parts that are no rules; what is not stated is 0, NULL or empty. */
struct profile_settings {
	size_t keep_count;
	const struct profile_text *keep;
	bool has_only;
	size_t only_count;
	const struct profile_text *only;
	size_t set_count;
	const struct profile_pair *set;
	bool has_limit[PROFILE_LIMITS];
	uint64_t limits[PROFILE_LIMITS];
	enum profile_tmp tmp;
	size_t hide_count;
	const struct path_object *hide; /* PATH_TREE each */
	uint64_t trace_size;		/* bytes */
	enum profile_death on_supervisor_death;
};

/* One of the profile's own tests: what QUESTION must come to. */
struct profile_test {
	struct place at;
	enum abi_verdict verdict;
	const char *question; /* as question.h takes it */
};

struct profile {
	struct arena *arena; /* owns all that follows, and this */
	const char *name;
	const char *file; /* as it was opened; places point to it */
	const char *base; /* its last component, as events show it */
	const char *description;
	const char *owner;
	enum profile_maturity maturity;
	size_t extends_count;
	const struct profile_text *extends;
	size_t rule_count;
	const struct profile_rule *rules;
	bool has_otherwise[PROFILE_CLASSES];
	enum abi_verdict otherwise[PROFILE_CLASSES];
	struct profile_settings settings;
	bool is_flags;	 /* the command line, see flags.h */
	bool no_network; /* of flags alone: no address is connected to */
	size_t test_count;
	const struct profile_test *tests;
};

/* Frees PROFILE with all its texts; it may be NULL. */
void profile_free(struct profile *profile);

/* For CLEANUP(profile_freep). */
static inline void profile_freep(struct profile **profile)
{
	profile_free(*profile);
	*profile = NULL;
}
