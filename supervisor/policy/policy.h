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

struct policy;

/* The rule INDEX as a person knows it; strings live as long as the policy. */
struct policy_rule {
	const char *profile; /* file name, or "command line" */
	int line;	     /* 0: not from a file */
	const char *object;  /* as it binds: variables expanded */
	const char *reason;  /* NULL: none given */
	enum abi_verdict verdict;
	uint32_t ops; /* OP_BIT() of file operations, of exec, connect, ... */
	bool lock;
};

size_t policy_rule_count(const struct policy *policy);
const struct policy_rule *policy_rule(const struct policy *policy, int index);

void policy_free(struct policy *policy);
