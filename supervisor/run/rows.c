/* SPDX-License-Identifier: Apache-2.0 */
#include "run/rows.h"

#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "broker/broker.h"
#include "enforce/filter.h"
#include "enforce/powers.h"

#define ROWS_MAX 512

struct rows {
	size_t count;
	struct filter_rule rows[ROWS_MAX];
};

static int row_put(struct rows *rows, const struct filter_rule *row,
		   struct error *err)
{
	if (rows->count == ROWS_MAX)
		return error_set(err, -E2BIG, "seccomp filter");
	rows->rows[rows->count++] = *row;
	return 0;
}

static int call_put(struct rows *rows, const struct broker_call *call,
		    struct error *err)
{
	const struct filter_rule notified = {
		.call = call->number,
		.action = FILTER_NOTIFY,
		.arg = call->arg,
		.mask = call->mask,
		.value = call->value,
	};

	return row_put(rows, &notified, err);
}

int rows_filter(struct filter **out_filter, struct error *err)
{
	CLEANUP(freep) struct rows *rows = calloc(1, sizeof(*rows));
	const struct filter_rule *powers;
	struct broker_call call = { .number = -1 };
	size_t count = 0;
	int r = 0;

	if (!rows)
		return error_set(err, -ENOMEM, "seccomp filter");
	while (r == 0 && broker_call_next(&call))
		r = call_put(rows, &call, err);
	powers = powers_rows(&count);
	for (size_t i = 0; i < count && r == 0; i++)
		r = row_put(rows, &powers[i], err);
	if (r < 0)
		return r;
	return filter_build(rows->rows, rows->count, out_filter, err);
}
