/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rows.h - the filter's rows: what the broker answers, which calls are powers,
 * what does not exist.
 */
#pragma once

#include "bpf/abi.h"

struct error;
struct filter;
struct policy;
struct rows;
struct seccomp_data;

/* The rows of a jail under POLICY. *out_rows is freed by rows_freep(). */
int rows_make(const struct policy *policy, struct rows **out_rows,
	      struct error *err);
void rows_freep(struct rows **rows);

/* Builds the filter of them. *out_filter is freed by filter_freep(). */
int rows_filter(const struct rows *rows, struct filter **out_filter,
		struct error *err);

/*
 * Which power the call DATA is, that the filter of ROWS (a struct rows) had
 * notified. Returns the negative errno of its denial, or 0 where it is none.
 */
int rows_power(const void *rows, const struct seccomp_data *data,
	       enum abi_op *out_power);
