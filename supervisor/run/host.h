/* SPDX-License-Identifier: Apache-2.0 */
/* host.h - the machine as a policy's compiler may look at it. */
#pragma once

#include "policy/compile.h"

/* Resolves paths in the caller's own view of the machine. */
extern const struct policy_host host_here;
