/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/domain.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
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

/* A place in the tree, and what is to be allowed there. */
struct spot {
	char *path; /* owned */
	unsigned rights;
	unsigned parent_rights; /* for whatever takes its name */
};

/* Many rules on what is not there come to the same directory above. */
struct spots {
	size_t count;
	struct spot *items;
};

static void spots_endp(struct spots *spots)
{
	for (size_t i = 0; i < spots->count; i++)
		free(spots->items[i].path);
	free(spots->items);
}

/* The spot at the first LEN bytes of PATH; NULL: no memory. */
static struct spot *spot_at(struct spots *spots, const char *path, size_t len)
{
	struct spot *items;
	char *copy;

	for (size_t i = 0; i < spots->count; i++)
		if (strncmp(spots->items[i].path, path, len) == 0 &&
		    !spots->items[i].path[len])
			return &spots->items[i];
	items = reallocarray(spots->items, spots->count + 1, sizeof(*items));
	if (!items)
		return NULL;
	spots->items = items;
	copy = strndup(path, len);
	if (!copy)
		return NULL;
	items[spots->count] = (struct spot){ .path = copy };
	return &items[spots->count++];
}

/*
 * A rule binds whatever bears its name later, too: editors rename over files,
 * and builds make their directories anew. So it needs its rights in the
 * directory that has the name; but for execution, which stays with what is
 * there.
 */
static int path_note(struct spots *spots, const struct policy_path *path,
		     unsigned rights)
{
	const size_t len = strlen(path->canonical);
	const bool is_there = path->exists || !path->found;
	struct spot *spot;

	/* Nothing may be executed by a rule on what is not there. */
	if (!path->exists)
		rights &= ~(unsigned)LANDLOCK_EXECUTE;
	if (!rights)
		return 0;
	spot = spot_at(spots, path->canonical, is_there ? len : path->found);
	if (!spot)
		return -ENOMEM;
	spot->rights |= rights;
	if (is_there && !(rights & LANDLOCK_EXECUTE))
		spot->parent_rights |= rights;
	return 0;
}

static int rules_note(struct spots *spots, const struct policy *policy)
{
	int r = 0;

	for (size_t i = 0; i < policy_rule_count(policy) && r == 0; i++) {
		const struct policy_rule *rule = policy_rule(policy, (int)i);
		const struct policy_path *path =
			policy_rule_path(policy, (int)i);

		if (path && verdict_may_happen(rule->verdict) &&
		    (rule->cls == PROFILE_FILES || rule->cls == PROFILE_EXEC))
			r = path_note(spots, path, rights_for(rule->ops));
	}
	return r;
}

/* Cuts the last name off; false: there is nothing above. */
static bool parent_of(char path[PATH_MAX])
{
	char *slash = strrchr(path, '/');

	if (!path[1])
		return false;
	slash[slash == path ? 1 : 0] = '\0';
	return true;
}

/*
 * Opens PATH, or what is nearest above it in the jail's own tree; then
 * *out_above is set.
 */
static int nearest_open(const char *path, bool *out_above, struct error *err)
{
	char at[PATH_MAX];
	int fd;

	*out_above = false;
	snprintf(at, sizeof(at), "%s", path);
	while ((fd = open(at, O_PATH | O_CLOEXEC)) < 0 && parent_of(at))
		*out_above = true;
	if (fd < 0)
		return error_set(err, -errno, "Landlock rule for %s", path);
	return fd;
}

/* Nothing takes the name of a mount while it is one. */
static bool is_mount(int fd)
{
	struct statx stx;

	return statx(fd, "", AT_EMPTY_PATH, 0, &stx) == 0 &&
	       (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

static int allow_parent(int ruleset_fd, const struct spot *spot,
			struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	char parent[PATH_MAX];
	bool above = false;

	snprintf(parent, sizeof(parent), "%s", spot->path);
	if (!parent_of(parent))
		return 0;
	fd = nearest_open(parent, &above, err);
	if (fd < 0)
		return fd;
	return landlock_allow(ruleset_fd, fd, spot->parent_rights, err);
}

static int allow_spot(int ruleset_fd, const struct spot *spot,
		      struct error *err)
{
	CLEANUP(fd_closep) int fd = -1;
	bool above = false;
	int r;

	fd = nearest_open(spot->path, &above, err);
	if (fd < 0)
		return fd;
	/* It went since: what execution was bound to is not there. */
	r = landlock_allow(ruleset_fd, fd,
			   above ? spot->rights & ~(unsigned)LANDLOCK_EXECUTE
				 : spot->rights,
			   err);
	if (r == 0 && spot->parent_rights && !above && !is_mount(fd))
		r = allow_parent(ruleset_fd, spot, err);
	return r;
}

static int allow_rules(int ruleset_fd, const struct policy *policy,
		       struct error *err)
{
	CLEANUP(spots_endp) struct spots spots = { 0 };
	int r = rules_note(&spots, policy);

	if (r < 0)
		return error_set(err, r, "Landlock rules");
	for (size_t i = 0; i < spots.count && r == 0; i++)
		r = allow_spot(ruleset_fd, &spots.items[i], err);
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
