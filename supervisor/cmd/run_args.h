/* SPDX-License-Identifier: Apache-2.0 */
/* run_args.h - what the command line of `run` says. */
#pragma once

#include <stdbool.h>

#include "bpf/abi.h"
#include "cmd/options.h"
#include "cmd/profile_args.h"

struct run_args {
	struct profile_args scope;
	const char *owner;  /* NULL: the profile's */
	const char *events; /* a file, or "-"; NULL: none */
	bool quiet;
	bool verbose;
	bool observe;
	bool dry_run;
	bool strict;
	bool allow_degraded;
	int fail_on; /* enum abi_verdict; ABI_ALLOW: never */
	int ask;     /* enum run_ask */
	int engine;  /* enum run_engine */
	int trace;   /* enum run_trace */
};

/* What becomes of a question. */
enum run_ask { RUN_ASK_DENY };

enum run_engine { RUN_ENGINE_AUTO, RUN_ENGINE_NOTIFY };

/* What is recorded. */
enum run_trace { RUN_TRACE_ALL, RUN_TRACE_VIOLATIONS };

/*
 * Parses ARGV into ARGS (all zero). The command begins at *out_operand, if
 * there is one.
 */
enum options_outcome run_args_parse(struct run_args *args, int argc,
				    char **argv, int *out_operand);
