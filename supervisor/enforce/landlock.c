/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/landlock.h"

#include <linux/landlock.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "base/error.h"
#include "base/own.h"

/* Of later kernels than the headers' own; the values are the kernel's ABI. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

#define VERSION_REFER 2
#define VERSION_TRUNCATE 3

#define MAKE_ANY                                                               \
	(LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |          \
	 LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |          \
	 LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |        \
	 LANDLOCK_ACCESS_FS_MAKE_SYM)

/*
 * Ioctls on devices stay out: the right (version 5) cannot tell a terminal's
 * own from others', and raw mode would be lost.
 */
static const uint64_t rights_of[] = {
	LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
	LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE,
	MAKE_ANY | LANDLOCK_ACCESS_FS_REFER,
	LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
		LANDLOCK_ACCESS_FS_REFER,
	LANDLOCK_ACCESS_FS_EXECUTE,
};

/* What may be said of an object that is no directory. */
#define FILE_RIGHTS                                                            \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |        \
	 LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_TRUNCATE)

int landlock_version(void)
{
	static atomic_int known = -1; /* it does not change under us */
	long version = known;

	if (version < 0) {
		version = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0,
				  LANDLOCK_CREATE_RULESET_VERSION);
		known = version > 0 ? (int)version : 0;
	}
	return known;
}

static uint64_t translate(unsigned rights)
{
	const int version = landlock_version();
	uint64_t access = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rights_of); i++)
		if (rights & 1u << i)
			access |= rights_of[i];
	if (version < VERSION_TRUNCATE)
		access &= ~LANDLOCK_ACCESS_FS_TRUNCATE;
	if (version < VERSION_REFER)
		access &= ~(uint64_t)LANDLOCK_ACCESS_FS_REFER;
	return access;
}

int landlock_create(int *out_fd, struct error *err)
{
	const struct landlock_ruleset_attr attr = {
		.handled_access_fs = translate(LANDLOCK_ALL),
	};
	long fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (fd < 0)
		return error_set(err, -errno, "Landlock ruleset");
	*out_fd = (int)fd;
	return 0;
}

int landlock_allow(int ruleset_fd, int path_fd, unsigned rights,
		   struct error *err)
{
	struct landlock_path_beneath_attr beneath = {
		.allowed_access = translate(rights),
		.parent_fd = path_fd,
	};
	struct stat st;

	if (fstat(path_fd, &st) < 0)
		return error_set(err, -errno, "Landlock rule");
	if (!S_ISDIR(st.st_mode))
		beneath.allowed_access &= FILE_RIGHTS;
	if (!beneath.allowed_access)
		return 0;
	if (syscall(SYS_landlock_add_rule, ruleset_fd,
		    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) < 0)
		return error_set(err, -errno, "Landlock rule");
	return 0;
}

int landlock_enter(int ruleset_fd, struct error *err)
{
	if (syscall(SYS_landlock_restrict_self, ruleset_fd, 0) < 0)
		return error_set(err, -errno, "entering the Landlock domain");
	return 0;
}
