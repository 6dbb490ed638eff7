/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/filter.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/calls.h"
#include "base/error.h"
#include "base/io.h"
#include "base/own.h"

struct filter {
	struct sock_fprog program;
	struct sock_filter code[];
};

static void context_closep(scmp_filter_ctx *ctx)
{
	if (*ctx)
		seccomp_release(*ctx);
}

static uint32_t action_of(enum filter_action action)
{
	switch (action) {
	case FILTER_NOTIFY:
		return SCMP_ACT_NOTIFY;
	case FILTER_REFUSE:
		return SCMP_ACT_ERRNO(EPERM);
	case FILTER_PRETEND:
		return SCMP_ACT_ERRNO(0);
	case FILTER_ABSENT:
		break;
	}
	return SCMP_ACT_ERRNO(ENOSYS);
}

static struct scmp_arg_cmp compare(const struct filter_condition *condition)
{
	struct scmp_arg_cmp cmp = {
		.arg = condition->arg,
		.op = SCMP_CMP_MASKED_EQ,
		.datum_a = condition->mask,
		.datum_b = condition->value,
	};

	if (condition->test == FILTER_MASKED)
		return cmp;
	cmp.op = condition->test == FILTER_NOT ? SCMP_CMP_NE : SCMP_CMP_GE;
	cmp.datum_a = condition->value;
	return cmp;
}

static int row_add(scmp_filter_ctx ctx, const struct filter_rule *row,
		   struct error *err)
{
	const struct filter_condition first = {
		.arg = row->arg,
		.mask = row->mask,
		.value = row->value,
		.test = row->test,
	};
	const struct scmp_arg_cmp cmps[] = { compare(&first),
					     compare(&row->also) };
	const unsigned count = !row->mask ? 0 : row->also.mask ? 2 : 1;
	int r = seccomp_rule_add_array(ctx, action_of(row->action), row->call,
				       count, cmps);

	if (r < 0)
		return error_set(err, r, "seccomp rule for call %d", row->call);
	return 0;
}

static int rows_add(scmp_filter_ctx ctx, const struct filter_rule *rows,
		    size_t count, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < count && r == 0; i++)
		r = row_add(ctx, &rows[i], err);
	for (int call = CALLS_HOLE; call < CALLS_HOLE_END && r == 0; call++) {
		const struct filter_rule absent = {
			.call = call,
			.action = FILTER_ABSENT,
		};

		r = row_add(ctx, &absent, err);
	}
	return r;
}

/*
 * libseccomp has no rule for "all numbers from here on", which x32's are too:
 * so these stand before its program, whose jumps are relative.
 */
static const struct sock_filter unknown_calls[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, CALLS_END, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
};

/* libseccomp 2.5 writes its program out to a descriptor only. */
static int program_take(scmp_filter_ctx ctx, struct filter **out_filter,
			struct error *err)
{
	CLEANUP(fd_closep) int fd = memfd_create("filter", MFD_CLOEXEC);
	CLEANUP(freep) struct filter *filter = NULL;
	struct stat st;
	int r;

	if (fd < 0)
		return error_set(err, -errno, "seccomp filter");
	r = seccomp_export_bpf(ctx, fd);
	if (r < 0)
		return error_set(err, r, "seccomp filter");
	if (fstat(fd, &st) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return error_set(err, -errno, "seccomp filter");
	filter = malloc(sizeof(*filter) + sizeof(unknown_calls) +
			(size_t)st.st_size);
	if (!filter)
		return error_set(err, -ENOMEM, "seccomp filter");
	memcpy(filter->code, unknown_calls, sizeof(unknown_calls));
	if (io_read_all(fd, filter->code + ARRAY_SIZE(unknown_calls),
			(size_t)st.st_size) != st.st_size)
		return error_set(err, -EIO, "seccomp filter");
	filter->program.len =
		(unsigned short)(ARRAY_SIZE(unknown_calls) +
				 (size_t)st.st_size / sizeof(filter->code[0]));
	filter->program.filter = filter->code;
	*out_filter = TAKE_PTR(filter);
	return 0;
}

int filter_build(const struct filter_rule *rows, size_t count,
		 struct filter **out_filter, struct error *err)
{
	CLEANUP(context_closep)
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int r;

	if (!ctx)
		return error_set(err, -ENOMEM, "seccomp filter");
	r = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
			     SCMP_ACT_ERRNO(ENOSYS));
	if (r == 0)
		r = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (r < 0)
		return error_set(err, r, "seccomp filter");
	r = rows_add(ctx, rows, count, err);
	if (r < 0)
		return r;
	return program_take(ctx, out_filter, err);
}

static bool condition_holds(const struct filter_condition *condition,
			    const struct seccomp_data *data)
{
	const uint64_t arg = data->args[condition->arg];

	switch (condition->test) {
	case FILTER_MASKED:
		return (arg & condition->mask) == condition->value;
	case FILTER_NOT:
		return arg != condition->value;
	case FILTER_FROM:
		break;
	}
	return arg >= condition->value;
}

bool filter_rule_matches(const struct filter_rule *row,
			 const struct seccomp_data *data)
{
	const struct filter_condition first = {
		row->arg,
		row->mask,
		row->value,
		row->test,
	};

	return row->call == data->nr &&
	       (!first.mask || condition_holds(&first, data)) &&
	       (!row->also.mask || condition_holds(&row->also, data));
}

void filter_freep(struct filter **filter)
{
	free(*filter);
	*filter = NULL;
}

int filter_enter(const struct filter *filter, int *out_listener,
		 struct error *err)
{
	const unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER |
				    SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV;
	long fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags,
			  &filter->program);

	if (fd < 0)
		return error_set(err, -errno, "seccomp filter");
	*out_listener = (int)fd;
	return 0;
}

size_t filter_length(const struct filter *filter)
{
	return filter->program.len;
}
