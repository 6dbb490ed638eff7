/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/xattr.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/limits.h>
#include <sys/xattr.h>

#include "base/own.h"
#include "broker/target.h"
#include "broker/work.h"
#include "terms/op.h"

/* An attribute as a call gives it. */
struct attribute {
	char name[PATH_MAX];
	void *value; /* owned */
	size_t size;
	int flags;
};

static void attribute_endp(struct attribute *attribute)
{
	free(attribute->value);
}

static int result(int r)
{
	return r < 0 ? -errno : 0;
}

static int name_read(struct work *work, uint64_t address,
		     struct attribute *attribute)
{
	ssize_t n = caller_read_string(&work->caller, address, attribute->name);

	if (n == -ENAMETOOLONG || n == 0 || n > XATTR_NAME_MAX)
		return -ERANGE;
	return n < 0 ? (int)n : 0;
}

/* Name, value, size, flags: the last four arguments of all that set one. */
static int attribute_read(struct work *work, struct attribute *attribute)
{
	const __u64 *args = work->notice.data.args;
	int r;

	attribute->flags = (int)args[4];
	if (attribute->flags & ~(XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	r = name_read(work, args[1], attribute);
	if (r < 0)
		return r;
	if (args[3] > XATTR_SIZE_MAX)
		return -E2BIG;
	attribute->size = args[3];
	if (!attribute->size)
		return 0;
	attribute->value = malloc(attribute->size);
	if (!attribute->value)
		return -ENOMEM;
	return caller_read(&work->caller, args[2], attribute->value,
			   attribute->size);
}

static int attribute_set(struct work *work, const struct target *target)
{
	CLEANUP(attribute_endp) struct attribute attribute = { .size = 0 };
	int r = attribute_read(work, &attribute);

	if (r == 0)
		r = target_may(work, OP_BIT(ABI_OP_META), target);
	if (r < 0)
		return r;
	return result(setxattr(target->name, attribute.name, attribute.value,
			       attribute.size, attribute.flags));
}

static int attribute_remove(struct work *work, const struct target *target)
{
	struct attribute attribute;
	int r = name_read(work, work->notice.data.args[1], &attribute);

	if (r == 0)
		r = target_may(work, OP_BIT(ABI_OP_META), target);
	if (r < 0)
		return r;
	return result(removexattr(target->name, attribute.name));
}

typedef int attribute_act(struct work *work, const struct target *target);

static int act_at(struct work *work, unsigned flags, attribute_act *act)
{
	CLEANUP(target_endp) struct target target = TARGET_NONE;
	int r = target_at(work, AT_FDCWD, work->notice.data.args[0], flags,
			  &target);

	return r < 0 ? r : act(work, &target);
}

static int act_open(struct work *work, attribute_act *act)
{
	CLEANUP(target_endp) struct target target = TARGET_NONE;
	int r = target_open(work, (int)work->notice.data.args[0], &target);

	return r < 0 ? r : act(work, &target);
}

int setxattr_answer(struct work *work)
{
	return act_at(work, 0, attribute_set);
}

int lsetxattr_answer(struct work *work)
{
	return act_at(work, AT_SYMLINK_NOFOLLOW, attribute_set);
}

int fsetxattr_answer(struct work *work)
{
	return act_open(work, attribute_set);
}

int removexattr_answer(struct work *work)
{
	return act_at(work, 0, attribute_remove);
}

int lremovexattr_answer(struct work *work)
{
	return act_at(work, AT_SYMLINK_NOFOLLOW, attribute_remove);
}

int fremovexattr_answer(struct work *work)
{
	return act_open(work, attribute_remove);
}
