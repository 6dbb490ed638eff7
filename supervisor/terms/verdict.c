/* SPDX-License-Identifier: Apache-2.0 */
#include "terms/verdict.h"

#include <assert.h>
#include <string.h>

#include "base/own.h"

static const char *const names[] = {
	[ABI_ALLOW] = "allow", [ABI_AUDIT] = "audit", [ABI_ASK] = "ask",
	[ABI_PAUSE] = "pause", [ABI_DENY] = "deny",   [ABI_KILL] = "kill",
};

static_assert(ARRAY_SIZE(names) == ABI_VERDICTS, "a name for each verdict");

const char *verdict_name(enum abi_verdict verdict)
{
	return (unsigned)verdict < ABI_VERDICTS ? names[verdict] : "?";
}

bool verdict_parse(const char *name, enum abi_verdict *out_verdict)
{
	for (unsigned i = 0; i < ABI_VERDICTS; i++) {
		if (strcmp(name, names[i]) == 0) {
			*out_verdict = (enum abi_verdict)i;
			return true;
		}
	}
	return false;
}
