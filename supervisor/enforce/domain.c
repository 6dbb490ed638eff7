/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/domain.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/own.h"
#include "enforce/landlock.h"
#include "policy/policy.h"
#include "terms/op.h"
#include "terms/verdict.h"

static const struct {
	uint32_t ops;
	unsigned right;
} rights_of[] = {
	{ OPS_READ, LANDLOCK_READ },
	{ OPS_WRITE, LANDLOCK_WRITE },
	{ OPS_CREATE, LANDLOCK_CREATE },
	{ OPS_DELETE, LANDLOCK_DELETE },
	/* The broker has to see what a program's format is. */
	{ OP_BIT(ABI_OP_EXEC), LANDLOCK_EXECUTE | LANDLOCK_READ },
};

static unsigned rights_for(uint32_t ops)
{
	unsigned rights = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rights_of); i++)
		if (ops & rights_of[i].ops)
			rights |= rights_of[i].right;
	/* What one makes may be used through the descriptor it came by. */
	if (rights & LANDLOCK_CREATE)
		rights |= LANDLOCK_WRITE | LANDLOCK_READ;
	return rights;
}

/* Opens PATH, or what is nearest above it; *out_above says which. */
static int nearest_open(const char *path, bool *out_above, struct error *err)
{
	char at[PATH_MAX];
	int fd;

	*out_above = false;
	snprintf(at, sizeof(at), "%s", path);
	for (;;) {
		char *slash = strrchr(at, '/');

		fd = open(at, O_PATH | O_CLOEXEC);
		if (fd >= 0 || !slash || (slash == at && !at[1]))
			break;
		*out_above = true;
		slash[slash == at ? 1 : 0] = '\0';
	}
	if (fd < 0)
		return error_set(err, -errno, "Landlock rule for %s", path);
	return fd;
}

static int allow_parent(int ruleset_fd, const char *path, unsigned rights,
			struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	char parent[PATH_MAX];
	bool above = false;
	char *slash;

	snprintf(parent, sizeof(parent), "%s", path);
	slash = strrchr(parent, '/');
	if (!slash || slash == parent)
		return 0;
	*slash = '\0';
	fd = nearest_open(parent, &above, err);
	if (fd < 0)
		return fd;
	return landlock_allow(ruleset_fd, fd, rights, err);
}

/* Nothing takes the name of a mount while it is one. */
static bool is_mount(int fd)
{
	struct statx stx;

	return statx(fd, "", AT_EMPTY_PATH, 0, &stx) == 0 &&
	       (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

/*
 * A rule binds whatever bears its name later, too: editors rename over files,
 * and builds make their directories anew. So it needs its rights in the
 * directory that has the name; but for execution, which stays with what is
 * there.
 */
static int allow_path(int ruleset_fd, const struct policy_path *path,
		      unsigned rights, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	bool above = false;
	int r = 0;

	/* Nothing may be executed by a rule on what is not there. */
	if (!path->exists)
		rights &= ~(unsigned)LANDLOCK_EXECUTE;
	if (!rights)
		return 0;
	fd = nearest_open(path->canonical, &above, err);
	if (fd < 0)
		return fd;
	r = landlock_allow(ruleset_fd, fd, rights, err);
	if (r == 0 && !above && !(rights & LANDLOCK_EXECUTE) && !is_mount(fd))
		r = allow_parent(ruleset_fd, path->canonical, rights, err);
	return r;
}

static int allow_otherwise(int ruleset_fd, const struct policy *policy,
			   bool is_open, struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	unsigned rights = 0;

	if (is_open ||
	    verdict_may_happen(policy_otherwise(policy, PROFILE_FILES)))
		rights |= LANDLOCK_ALL & ~(unsigned)LANDLOCK_EXECUTE;
	if (is_open ||
	    verdict_may_happen(policy_otherwise(policy, PROFILE_EXEC)))
		rights |= LANDLOCK_EXECUTE;
	if (!rights)
		return 0;
	fd = open("/", O_PATH | O_CLOEXEC);
	if (fd < 0)
		return error_set(err, -errno, "/");
	return landlock_allow(ruleset_fd, fd, rights, err);
}

static int allow_rules(int ruleset_fd, const struct policy *policy,
		       struct error *err)
{
	for (size_t i = 0; i < policy_rule_count(policy); i++) {
		const struct policy_rule *rule = policy_rule(policy, (int)i);
		const struct policy_path *path =
			policy_rule_path(policy, (int)i);
		int r;

		if (!path || !verdict_may_happen(rule->verdict) ||
		    (rule->cls != PROFILE_FILES && rule->cls != PROFILE_EXEC))
			continue;
		r = allow_path(ruleset_fd, path, rights_for(rule->ops), err);
		if (r < 0)
			return r;
	}
	return 0;
}

int domain_create(const struct policy *policy, bool is_open, int *out_fd,
		  struct error *err)
{
	CLEANUP(fd_closep) int ruleset_fd = -1;
	int r = landlock_create(&ruleset_fd, err);

	if (r == 0)
		r = allow_otherwise(ruleset_fd, policy, is_open, err);
	if (r == 0)
		r = allow_rules(ruleset_fd, policy, err);
	if (r < 0)
		return r;
	*out_fd = TAKE_FD(ruleset_fd);
	return 0;
}
