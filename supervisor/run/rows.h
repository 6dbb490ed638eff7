/* SPDX-License-Identifier: Apache-2.0 */
/* rows.h - the filter's rows: what the broker answers, what does not exist. */
#pragma once

struct error;
struct filter;
struct policy;

/* Builds the filter of a jail. *out_filter is freed by filter_freep(). */
int rows_filter(const struct policy *policy, struct filter **out_filter,
		struct error *err);
