/* SPDX-License-Identifier: Apache-2.0 */
#include "run/rows.h"

#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "broker/broker.h"
#include "enforce/families.h"
#include "enforce/filter.h"
#include "enforce/powers.h"
#include "policy/decide.h"
#include "terms/verdict.h"

#define ROWS_MAX 512

struct rows {
	const struct policy *policy;
	size_t count;
	struct filter_rule rows[ROWS_MAX];
};

static int row_put(struct rows *rows, const struct filter_rule *row)
{
	if (rows->count == ROWS_MAX)
		return -E2BIG;
	rows->rows[rows->count++] = *row;
	return 0;
}

static int call_put(void *ctx, const struct broker_call *call)
{
	const struct filter_rule notified = {
		.call = call->number,
		.action = FILTER_NOTIFY,
		.arg = call->arg,
		.mask = call->mask,
		.value = call->value,
	};
	const struct filter_rule set = {
		.call = call->number,
		.action = FILTER_NOTIFY,
		.arg = call->arg,
		.mask = ~0u,
		.test = FILTER_NOT,
	};

	return row_put(ctx, call->is_set ? &set : &notified);
}

/* A power that the policy gives is free. */
static int family_put(void *ctx, enum abi_op power,
		      const struct filter_rule *row)
{
	struct rows *rows = ctx;
	struct decision decision;

	decide_power(rows->policy, power, &decision);
	return verdict_is_loose(decision.verdict) ? 0 : row_put(rows, row);
}

int rows_filter(const struct policy *policy, struct filter **out_filter,
		struct error *err)
{
	CLEANUP(freep) struct rows *rows = calloc(1, sizeof(*rows));
	const struct filter_rule *powers;
	size_t count = 0;
	int r;

	if (!rows)
		return error_set(err, -ENOMEM, "seccomp filter");
	rows->policy = policy;
	r = broker_calls_each(policy, call_put, rows);
	if (r == 0)
		r = families_each(family_put, rows);
	powers = powers_rows(&count);
	for (size_t i = 0; i < count && r == 0; i++)
		r = row_put(rows, &powers[i]);
	if (r < 0)
		return error_set(err, r, "seccomp filter");
	return filter_build(rows->rows, rows->count, out_filter, err);
}
