/* SPDX-License-Identifier: Apache-2.0 */
/* body.h - what a policy is made of, for the files of this folder alone. */
#pragma once

#include "policy/paths.h"
#include "policy/policy.h"
#include "profile/limits.h"

#define POLICY_SYNTHETIC (-1) /* a rule of agentjail's own, in no profile */

/* What of a rule concerns deciding alone. */
struct policy_body {
	int profile; /* index in the chain, or POLICY_SYNTHETIC */
	struct policy_path path;
	bool has_path;
	struct network_object network;
	bool has_network;
	int next; /* the next rule on the same object of network, or -1 */
};

struct policy {
	struct arena *arena; /* owns all that follows, and this */
	size_t rule_count;
	struct policy_rule *rules;
	struct policy_body *bodies; /* as many */
	size_t profile_count;
	uint64_t inherits[PROFILE_CHAIN_MAX];
	struct paths *paths;
	size_t network_count; /* different objects on the network, no paths */
	int *networks;	      /* the first rule of each; see next */
	int own_sockets;      /* the rule that a jail may reach itself */
	int no_network;	      /* the rule of `--net none`, or -1 */
	enum abi_verdict otherwise[PROFILE_CLASSES];
	struct profile_settings settings;
	const char *name;
	const char *owner;
};

/* Fills in POLICY's settings and `otherwise` from the chain. */
struct profile_set;
int policy_merge(struct policy *policy, const struct profile_set *set,
		 struct error *err);
