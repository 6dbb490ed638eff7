/* SPDX-License-Identifier: Apache-2.0 */
/*
 * families.h - which sockets there are: unix and internet ones are free, and
 * so is asking for routes and interfaces; the others are powers.
 *
 * A table: families, types and protocols, and options of sockets that lead
 * packets elsewhere than to the address that was judged.
 */
#pragma once

#include "bpf/abi.h"

struct filter_rule;

/*
 * Calls FN for each row, with the power that it is of, until one is not 0,
 * and returns that.
 */
int families_each(int (*fn)(void *ctx, enum abi_op power,
			    const struct filter_rule *row),
		  void *ctx);
