/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/cgroup.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"
#include "enforce/controller.h"
#include "enforce/group.h"
#include "enforce/hierarchy.h"
#include "enforce/limits.h"
#include "enforce/scope.h"

#define EMPTY_MS 5000 /* what was killed is gone sooner than that */

struct cgroup {
	struct group unified;
	struct group old[CONTROLLERS]; /* of version 1, where needed */
};

static unsigned controllers_needed(const struct limits *limits)
{
	unsigned mask = 0;

	for (unsigned i = 0; i < CONTROLLERS; i++)
		if (controller_limit(limits, i))
			mask |= 1u << i;
	return mask;
}

/*
 * The nearest group, from our own upwards, below which all controllers of
 * NEEDED are to be had: a group with processes in it, as ours, gives none.
 * Where there is none, our own.
 */
static void parent_choose(const struct hierarchy *unified, unsigned needed,
			  char parent[PATH_MAX])
{
	const size_t root_len = strlen(unified->root);

	strcpy(parent, unified->own);
	while (needed && controllers_enable(parent, needed) != needed) {
		char *slash = strrchr(parent, '/');

		if (strlen(parent) <= root_len || !slash) {
			strcpy(parent, unified->own);
			return;
		}
		*slash = '\0';
	}
}

/* The group of version 2, with PID in it. Its parent's path is in PARENT. */
static int unified_make(struct cgroup *cgroup, const char *run_id,
			unsigned needed, pid_t pid, char parent[PATH_MAX],
			struct error *err)
{
	struct hierarchy unified;
	struct error no_scope = { 0 };
	int r = hierarchy_find(NULL, 0, &unified, err);

	if (r < 0)
		return r;
	r = scope_start(run_id, pid, &no_scope);
	if (r == 0)
		r = hierarchy_find(NULL, pid, &unified, err);
	else if (r != -ENOENT) /* where systemd runs, the tree is its own */
		*err = no_scope;
	else
		r = 1;
	if (r < 0)
		return r;
	if (r == 0)
		strcpy(parent, unified.own);
	else
		parent_choose(&unified, needed, parent);
	group_prune(parent);
	r = group_make(parent, run_id, &cgroup->unified, err);
	return r < 0 ? r : group_enter(&cgroup->unified, pid, err);
}

static int old_make(struct cgroup *cgroup, enum controller controller,
		    const char *run_id, pid_t pid, struct error *err)
{
	struct hierarchy old;
	int r = hierarchy_find(controller_name(controller), 0, &old, err);

	if (r < 0)
		return error_say(err, -EOPNOTSUPP,
				 "no cgroup limits %s here: the controller is "
				 "not to be had",
				 controller_name(controller));
	group_prune(old.own);
	r = group_make(old.own, run_id, &cgroup->old[controller], err);
	return r < 0 ? r : group_enter(&cgroup->old[controller], pid, err);
}

static int limits_set(struct cgroup *cgroup, const struct limits *limits,
		      unsigned unified, const char *run_id, pid_t pid,
		      struct error *err)
{
	int r = 0;

	for (unsigned i = 0; i < CONTROLLERS && r == 0; i++) {
		const uint64_t value = controller_limit(limits, i);
		const bool is_unified = unified & 1u << i;

		if (!value)
			continue;
		if (!is_unified)
			r = old_make(cgroup, i, run_id, pid, err);
		if (r == 0)
			r = controller_set(i,
					   is_unified ? cgroup->unified.fd
						      : cgroup->old[i].fd,
					   is_unified, value, err);
		if (r < 0)
			return error_wrap(err, "limit of %s",
					  controller_name(i));
	}
	return r;
}

int cgroup_make(const char *run_id, const struct limits *limits, pid_t pid,
		struct cgroup **out_cgroup, struct error *err)
{
	CLEANUP(cgroup_freep) struct cgroup *cgroup = NULL;
	const unsigned needed = controllers_needed(limits);
	char parent[PATH_MAX];
	int r;

	cgroup = calloc(1, sizeof(*cgroup));
	if (!cgroup)
		return error_set(err, -ENOMEM, "cgroup");
	cgroup->unified.fd = -1;
	for (unsigned i = 0; i < CONTROLLERS; i++)
		cgroup->old[i].fd = -1;
	r = unified_make(cgroup, run_id, needed, pid, parent, err);
	/* Now that PID is out of a scope, it may give controllers. */
	if (r == 0)
		r = limits_set(cgroup, limits,
			       needed ? controllers_enable(parent, needed) : 0,
			       run_id, pid, err);
	if (r < 0)
		return r;
	*out_cgroup = TAKE_PTR(cgroup);
	return 0;
}

int cgroup_kill(const struct cgroup *cgroup, struct error *err)
{
	return io_write_file(cgroup->unified.fd, "cgroup.kill", "1", err);
}

int cgroup_freeze(const struct cgroup *cgroup, bool freeze, struct error *err)
{
	return io_write_file(cgroup->unified.fd, "cgroup.freeze",
			     freeze ? "1" : "0", err);
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int cgroup_wait_empty(const struct cgroup *cgroup, int timeout_ms,
		      struct error *err)
{
	CLEANUP(fd_closep)
	int fd = openat(cgroup->unified.fd, "cgroup.events",
			O_RDONLY | O_CLOEXEC);
	const int64_t end = now_ms() + timeout_ms;
	char text[256];

	if (fd < 0)
		return error_set(err, -errno, "cgroup.events");
	for (;;) {
		struct pollfd changed = { .fd = fd, .events = POLLPRI };
		ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
		const int64_t left = end - now_ms();

		if (n < 0)
			return error_set(err, -errno, "cgroup.events");
		text[n] = '\0';
		if (strstr(text, "populated 0"))
			return 0;
		if (left <= 0)
			return error_set(err, -ETIMEDOUT, "%s",
					 cgroup->unified.path);
		if (poll(&changed, 1, (int)left) < 0 && errno != EINTR)
			return error_set(err, -errno, "poll");
	}
}

void cgroup_freep(struct cgroup **cgroup)
{
	struct cgroup *c = *cgroup;
	struct error none = { 0 };

	if (!c)
		return;
	if (c->unified.fd >= 0 && cgroup_kill(c, &none) == 0)
		cgroup_wait_empty(c, EMPTY_MS, &none);
	for (unsigned i = 0; i < CONTROLLERS; i++)
		group_endp(&c->old[i]);
	group_endp(&c->unified);
	free(c);
	*cgroup = NULL;
}

/* A controller that version 2 does not have here, on its own hierarchy. */
static int old_probe(enum controller controller, const char *name,
		     struct error *err)
{
	CLEANUP(group_endp) struct group group = { .fd = -1 };
	struct hierarchy old;
	int r = hierarchy_find(controller_name(controller), 0, &old, err);

	return r < 0 ? r : group_make(old.own, name, &group, err);
}

int cgroup_probe(bool with_limits, struct error *err)
{
	CLEANUP(group_endp) struct group group = { .fd = -1 };
	const unsigned needed = with_limits ? (1u << CONTROLLERS) - 1 : 0;
	char parent[PATH_MAX], name[32];
	struct hierarchy unified;
	struct error no_scope = { 0 };
	unsigned have;
	int r = hierarchy_find(NULL, 0, &unified, err);

	if (r < 0)
		return r;
	r = scope_probe(&no_scope);
	if (r != -ENOENT) { /* where systemd runs, the rest is its own */
		*err = no_scope;
		return r;
	}
	snprintf(name, sizeof(name), "probe-%d", getpid());
	parent_choose(&unified, needed, parent);
	r = group_make(parent, name, &group, err);
	have = needed ? controllers_enable(parent, needed) : 0;
	for (unsigned i = 0; i < CONTROLLERS && r == 0; i++)
		if (needed & ~have & 1u << i)
			r = old_probe(i, name, err);
	return r;
}
