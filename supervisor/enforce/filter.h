/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter.h - the seccomp filter: which calls run, which are notified, which
 * do not exist.
 *
 * Knows system call numbers and libseccomp. Knows neither policies nor what
 * is done with a notification. Sources: seccomp(2), seccomp_unotify(2).
 */
#pragma once

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* What the filter does with a call; one without a row the kernel runs. */
enum filter_action {
	FILTER_NOTIFY,	/* it waits at the listener */
	FILTER_ABSENT,	/* ENOSYS, as on a kernel without it */
	FILTER_REFUSE,	/* EPERM */
	FILTER_PRETEND, /* 0, and nothing happened */
};

/* What is asked of an argument. All but MASKED look at its 64 bits. */
enum filter_test {
	FILTER_MASKED, /* (ARG & MASK) == VALUE */
	FILTER_NOT,    /* ARG != VALUE */
	FILTER_FROM,   /* ARG >= VALUE */
};

struct filter_condition {
	uint8_t arg;
	uint32_t mask; /* 0: there is no condition */
	uint32_t value;
	enum filter_test test;
};

/* One row: CALL does ACTION where the one or two conditions hold. */
struct filter_rule {
	int call;
	enum filter_action action;
	uint8_t arg;   /* the first one's, as above */
	uint32_t mask; /* 0: whatever the arguments are */
	uint32_t value;
	enum filter_test test;
	struct filter_condition also; /* of another argument */
};

/* Whether ROW is about the call of DATA, as the filter itself has it. */
struct seccomp_data;
bool filter_rule_matches(const struct filter_rule *row,
			 const struct seccomp_data *data);

struct filter;

/*
 * Compiles rows to a filter. A call of another ABI (i386, x32) does not exist,
 * and neither does one beyond CALLS_END (calls.h), which nobody looked at.
 * *out_filter is freed by filter_freep().
 */
int filter_build(const struct filter_rule *rows, size_t count,
		 struct filter **out_filter, struct error *err);
void filter_freep(struct filter **filter);

/*
 * Puts the calling thread behind the filter for ever and gives its listener
 * in *out_listener (close-on-exec). Needs no_new_privs. Allocates nothing.
 */
int filter_enter(const struct filter *filter, int *out_listener,
		 struct error *err);

/* Number of instructions, for those who look at it. */
size_t filter_length(const struct filter *filter);
