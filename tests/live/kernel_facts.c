/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel_facts.c - the requirements: what agentjail takes for granted of a
 * kernel, asked of the one that runs.
 *
 * Each fact is asked by using it. Says all that are missing, not only the
 * first.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CGROUP2_MAGIC 0x63677270

static int has_landlock(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);

	if (abi > 0)
		printf("Landlock ABI %ld\n", abi);
	return abi > 0;
}

static int has_notification(void)
{
	unsigned action = SECCOMP_RET_USER_NOTIF;
	struct seccomp_notif_sizes sizes = { 0 };

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) ==
		       0 &&
	       syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0 &&
	       sizes.seccomp_notif >= sizeof(struct seccomp_notif);
}

/* The unified hierarchy, alone or beside the first version's. */
static int has_cgroup2(void)
{
	static const char *const places[] = { "/sys/fs/cgroup",
					      "/sys/fs/cgroup/unified" };

	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct statfs fs;

		if (statfs(places[i], &fs) == 0 && fs.f_type == CGROUP2_MAGIC)
			return 1;
	}
	return 0;
}

static int has_pidfd(void)
{
	int fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int has_openat2(void)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS | RESOLVE_IN_ROOT,
	};
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof(how));

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static const struct {
	const char *name;
	int (*holds)(void);
} facts[] = {
	{ "Landlock", has_landlock },
	{ "seccomp user notification", has_notification },
	{ "cgroup v2", has_cgroup2 },
	{ "pidfd_open", has_pidfd },
	{ "openat2", has_openat2 },
};

int main(void)
{
	int missing = 0;

	for (unsigned i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		if (facts[i].holds())
			continue;
		printf("missing: %s: %s\n", facts[i].name, strerror(errno));
		missing++;
	}
	return missing ? 1 : 0;
}
