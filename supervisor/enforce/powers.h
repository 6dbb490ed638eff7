/* SPDX-License-Identifier: Apache-2.0 */
/*
 * powers.h - the calls behind the powers that no file or address names.
 *
 * A table: one row a call, with the arguments that make it the power.
 */
#pragma once

#include <stddef.h>

#include "enforce/filter.h"

/* The rows of calls that no jail makes. */
const struct filter_rule *powers_rows(size_t *out_count);
