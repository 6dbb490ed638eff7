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

/* A call that is a power, and what it is answered. */
struct power_row {
	enum abi_op power;
	struct filter_rule row;
};

struct rows {
	const struct policy *policy;
	size_t count;
	struct filter_rule rows[ROWS_MAX];
	size_t power_count;
	struct power_row powers[ROWS_MAX];
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

/*
 * What these do goes round every rule: no verdict opens them. They end at the
 * filter, unless they are to be on record as denied.
 */
static bool is_wide(enum abi_op power)
{
	return power == ABI_OP_IO_URING || power == ABI_OP_NAMESPACE;
}

/*
 * A power that the policy gives is free. Any other is notified, so that it is
 * on record, and kills where that is its verdict.
 */
static int power_put(void *ctx, enum abi_op power,
		     const struct filter_rule *row)
{
	struct rows *rows = ctx;
	struct filter_rule notified = *row;
	struct decision decision;

	decide_power(rows->policy, power, &decision);
	if (verdict_is_loose(decision.verdict))
		return is_wide(power) ? row_put(rows, row) : 0;
	if (rows->power_count == ROWS_MAX)
		return -E2BIG;
	rows->powers[rows->power_count++] = (struct power_row){ power, *row };
	notified.action = FILTER_NOTIFY;
	return row_put(rows, &notified);
}

int rows_make(const struct policy *policy, struct rows **out_rows,
	      struct error *err)
{
	CLEANUP(rows_freep) struct rows *rows = calloc(1, sizeof(*rows));
	const struct filter_rule *always;
	size_t count = 0;
	int r;

	if (!rows)
		return error_set(err, -ENOMEM, "seccomp filter");
	rows->policy = policy;
	r = broker_calls_each(policy, call_put, rows);
	if (r == 0)
		r = families_each(power_put, rows);
	if (r == 0)
		r = powers_each(power_put, rows);
	always = powers_rows(&count);
	for (size_t i = 0; i < count && r == 0; i++)
		r = row_put(rows, &always[i]);
	if (r < 0)
		return error_set(err, r, "seccomp filter");
	*out_rows = TAKE_PTR(rows);
	return 0;
}

void rows_freep(struct rows **rows)
{
	free(*rows);
	*rows = NULL;
}

int rows_filter(const struct rows *rows, struct filter **out_filter,
		struct error *err)
{
	return filter_build(rows->rows, rows->count, out_filter, err);
}

int rows_power(const void *rows, const struct seccomp_data *data,
	       enum abi_op *out_power)
{
	const struct rows *all = rows;

	for (size_t i = 0; i < all->power_count; i++) {
		const struct power_row *power = &all->powers[i];

		if (!filter_rule_matches(&power->row, data))
			continue;
		*out_power = power->power;
		return power->row.action == FILTER_ABSENT ? -ENOSYS : -EPERM;
	}
	return 0;
}
