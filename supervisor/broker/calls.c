/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/calls.h"

#include <fcntl.h>
#include <sys/syscall.h>

#include "base/own.h"
#include "broker/broker.h"
#include "broker/names.h"
#include "broker/open.h"
#include "broker/rename.h"

struct call {
	work_handler *handler;
	uint8_t arg;
	uint32_t mask;
	uint32_t value;
};

/*
 * By number. An open with O_PATH gives nothing but a place to stand: what is
 * done with it later is judged then.
 */
static const struct call calls[] = {
	[SYS_open] = { open_answer, 1, O_PATH, 0 },
	[SYS_openat] = { openat_answer, 2, O_PATH, 0 },
	[SYS_openat2] = { .handler = openat2_answer },
	[SYS_creat] = { .handler = creat_answer },
	[SYS_mkdir] = { .handler = mkdir_answer },
	[SYS_mkdirat] = { .handler = mkdirat_answer },
	[SYS_mknod] = { .handler = mknod_answer },
	[SYS_mknodat] = { .handler = mknodat_answer },
	[SYS_symlink] = { .handler = symlink_answer },
	[SYS_symlinkat] = { .handler = symlinkat_answer },
	[SYS_unlink] = { .handler = unlink_answer },
	[SYS_rmdir] = { .handler = rmdir_answer },
	[SYS_unlinkat] = { .handler = unlinkat_answer },
	[SYS_rename] = { .handler = rename_answer },
	[SYS_renameat] = { .handler = renameat_answer },
	[SYS_renameat2] = { .handler = renameat2_answer },
	[SYS_link] = { .handler = link_answer },
	[SYS_linkat] = { .handler = linkat_answer },
};

bool broker_call_next(struct broker_call *call)
{
	for (size_t i = (size_t)(call->number + 1); i < ARRAY_SIZE(calls); i++)
		if (calls[i].handler) {
			*call = (struct broker_call){
				.number = (int)i,
				.arg = calls[i].arg,
				.mask = calls[i].mask,
				.value = calls[i].value,
			};
			return true;
		}
	return false;
}

work_handler *call_handler(int number)
{
	if (number < 0 || (size_t)number >= ARRAY_SIZE(calls))
		return NULL;
	return calls[number].handler;
}
