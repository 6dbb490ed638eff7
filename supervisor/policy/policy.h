/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.h - a run's scope, compiled: numeric, constant, deny by default.
 *
 * Knows the rules and how they are ordered. Knows nothing of processes, of
 * syscalls or of what enforces a rule.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/abi.h"
#include "profile/network.h"
#include "profile/path.h"
#include "profile/profile.h"

struct policy;

/* The rule INDEX as a person knows it; strings live as long as the policy. */
struct policy_rule {
	const char *profile; /* file name, or "command line" */
	int line;	     /* 0: not from a file */
	const char *object;  /* as it binds: variables expanded */
	const char *reason;  /* NULL: none given */
	enum abi_verdict verdict;
	/* OP_BIT() of file operations, exec, connect, listen; 0 of a power. */
	uint32_t ops;
	bool lock;
	enum profile_class cls;
	enum abi_op power;  /* of the powers */
	bool names_append;  /* by its own word */
	bool binds_nothing; /* a variable of it is empty */
	const char *owner;  /* of the profile; NULL: none given */
};

size_t policy_rule_count(const struct policy *policy);
const struct policy_rule *policy_rule(const struct policy *policy, int index);

/*
 * Where a rule on files, on exec or on a unix socket's path binds. The object
 * that was there at the start stays bound by its identity, whatever its name.
 */
struct policy_path {
	enum path_kind kind;
	const char *anchor; /* the name, links in it unresolved */
	const char *tail;   /* of the patterns, see path.h */
	/* Where the anchor led at the start; equals anchor without links. */
	const char *canonical;
	/*
	 * How much of canonical was there at the start; 0 where that could not
	 * be looked at, or nobody looked.
	 */
	size_t found;
	bool exists; /* the anchor did, and was (dev, ino) */
	bool is_directory;
	uint64_t dev, ino;
};

/* The path of rule INDEX, or NULL where its object is none. */
const struct policy_path *policy_rule_path(const struct policy *policy,
					   int index);

/* The object of rule INDEX on the network, or NULL where it has none. */
const struct network_object *policy_rule_network(const struct policy *policy,
						 int index);

/* What is decided where no rule of a class covers the object. */
enum abi_verdict policy_otherwise(const struct policy *policy,
				  enum profile_class cls);

#define POLICY_TRACE_SIZE (2ull << 30) /* bytes; where nothing is stated */

/* The settings of the whole chain, with the defaults filled in. */
const struct profile_settings *policy_settings(const struct policy *policy);

/* The run's own profile's name, and who answers for it (NULL: nobody said). */
const char *policy_name(const struct policy *policy);
const char *policy_owner(const struct policy *policy);

void policy_free(struct policy *policy);

/* For CLEANUP(policy_freep). */
static inline void policy_freep(struct policy **policy)
{
	policy_free(*policy);
	*policy = NULL;
}
