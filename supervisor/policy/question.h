/* SPDX-License-Identifier: Apache-2.0 */
/*
 * question.h - "OP OBJECT" as a person asks it, in `why` and in the tests of
 * a profile: read PATH, exec PATH, connect HOST:PORT, listen PORT, POWER.
 */
#pragma once

#include <stddef.h>

#include "policy/decide.h"
#include "profile/place.h"

struct arena;
struct error;
struct variables;

enum question_kind {
	QUESTION_FILE,
	QUESTION_EXEC,
	QUESTION_CONNECT,
	QUESTION_LISTEN,
	QUESTION_POWER,
};

struct question {
	enum question_kind kind;
	uint32_t ops;	   /* of FILE */
	enum abi_op power; /* of POWER */
	/* As many objects as the variables in it have values; 1 of POWER. */
	size_t count;
	struct file_object *files; /* of FILE and EXEC */
	struct net_object *nets;   /* of CONNECT and LISTEN */
};

/*
 * Takes TEXT apart, in ARENA. A class of addresses stands for one of them, and
 * a bare port to listen at for every address of the host.
 *
 *   -EINVAL   it is no such question; *err says where and what was expected
 *   -ENOMEM
 */
int question_parse(struct arena *arena, const struct variables *variables,
		   const struct place *at, const char *text,
		   struct question *out_question, struct error *err);

/* What POLICY says of object INDEX of the question. */
void question_decide(const struct policy *policy,
		     const struct question *question, size_t index,
		     struct decision *out_decision);
