/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/calls.h"

#include <assert.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include "base/own.h"
#include "broker/broker.h"
#include "broker/open.h"

/*
 * An open with O_PATH gives nothing but a place to stand: what is done with it
 * later is judged then.
 */
static const struct broker_call calls[] = {
	{ SYS_open, 1, O_PATH, 0 },
	{ SYS_openat, 2, O_PATH, 0 },
	{ .number = SYS_openat2 },
	{ .number = SYS_creat },
};

static work_handler *const handlers[] = {
	open_answer,
	openat_answer,
	openat2_answer,
	creat_answer,
};

static_assert(ARRAY_SIZE(calls) == ARRAY_SIZE(handlers), "one for each");

const struct broker_call *broker_calls(size_t *out_count)
{
	*out_count = ARRAY_SIZE(calls);
	return calls;
}

work_handler *call_handler(int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].number == number)
			return handlers[i];
	return NULL;
}
