/* SPDX-License-Identifier: Apache-2.0 */
/*
 * powers.h - the calls behind the powers that no file or address names.
 *
 * A table: one row a call, with the arguments that make it the power and with
 * what a kernel answers that has it not.
 */
#pragma once

#include <stddef.h>

#include "bpf/abi.h"

struct filter_rule;

/* The rows of calls that no jail makes, whatever its powers are. */
const struct filter_rule *powers_rows(size_t *out_count);

/*
 * Calls FN for each row that is a power, until one is not 0, and returns that.
 */
int powers_each(int (*fn)(void *ctx, enum abi_op power,
			  const struct filter_rule *row),
		void *ctx);
