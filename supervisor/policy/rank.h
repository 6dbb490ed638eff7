/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rank.h - which of the rules that cover an object decides.
 *
 * Rules on one object compete first: a profile's own beats an inherited one,
 * then the stricter. What is left of each object competes by rank, and within
 * a rank the stricter wins. Locked rules are judged again at the end.
 */
#pragma once

#include "bpf/abi.h"
#include "policy/body.h"
#include "policy/decide.h"

/* How near a rule's object is; a larger rank wins. */
struct rank {
	int cls;
	uint32_t depth; /* within a class */
};

/* One search over the rules that cover OP on one object. */
struct search {
	const struct policy *policy;
	enum abi_op op;
	uint64_t who; /* profiles whose rules count, bit I: profile I */
	struct decision best;
	struct rank rank;
	uint64_t locked; /* profiles with a locked rule that covers it */
	int synthetic;	 /* the rule of agentjail's own that does, or -1 */
};

/* A search that has found nothing yet. */
void search_init(struct search *search, const struct policy *policy,
		 enum abi_op op, uint64_t who);

/*
 * The rules on one object, offered one by one. Begin, count each, offer each,
 * in the same order; then take. The winner's rank may depend on its verdict.
 */
struct contest {
	bool has_append;  /* a rule that names append is among them */
	uint64_t shadows; /* profiles that another one here inherits */
	int winner;	  /* -1: none covers the operation */
};

void contest_count(struct search *search, struct contest *contest, int rule);
void contest_offer(struct search *search, struct contest *contest, int rule);

/* Lets the contest's winner compete at RANK; without a winner nothing. */
void search_take(struct search *search, const struct contest *contest,
		 struct rank rank);

/* Notes that the group's rules were seen, for the record of losers. */
void decision_note(struct decision *decision, int rule);

/* Takes the rule that won from among the losers: it may bind two objects. */
void decision_finish(struct decision *decision);

/* A stricter verdict of RULE takes the decision over. */
void decision_tighten(struct decision *decision, enum abi_verdict verdict,
		      int rule);

/* A lock's verdict by RULE: it also counts where locks alone do. */
void decision_lock(struct decision *decision, enum abi_verdict verdict,
		   int rule);

/* Lets all rules that cover OBJECT, of the kind it knows, compete. */
typedef void search_fn(struct search *search, const void *object);

void search_file(struct search *search, const void *object); /* file_object */
void search_network(struct search *search, const void *object); /* net_object */

/* What is open to no rule but one that gives the very address. */
bool network_is_out_of_scope(const struct net_object *object);

/* The whole decision: the search, `otherwise`, and what is locked. */
void search_decide(const struct policy *policy, enum profile_class cls,
		   enum abi_op op, search_fn *fn, const void *object,
		   struct decision *out_decision);
