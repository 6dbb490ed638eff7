/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h - the six verdicts by name. */
#pragma once

#include <stdbool.h>

#include "bpf/abi.h"

/* The word of VERDICT; "?" for a number that is none. */
const char *verdict_name(enum abi_verdict verdict);

/* Sets *out_verdict and returns true where NAME is a verdict. */
bool verdict_parse(const char *name, enum abi_verdict *out_verdict);

/* allow and audit: the operation happens without anybody being asked. */
static inline bool verdict_is_loose(enum abi_verdict verdict)
{
	return verdict <= ABI_AUDIT;
}

/* ask and pause: the operation waits for a person. */
static inline bool verdict_is_held(enum abi_verdict verdict)
{
	return verdict == ABI_ASK || verdict == ABI_PAUSE;
}

/* The operation happens, or a person can let it. */
static inline bool verdict_may_happen(enum abi_verdict verdict)
{
	return verdict_is_loose(verdict) || verdict_is_held(verdict);
}

static inline enum abi_verdict verdict_stricter(enum abi_verdict a,
						enum abi_verdict b)
{
	return a > b ? a : b;
}
