/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/tree.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/own.h"
#include "enforce/devices.h"
#include "enforce/mounts.h"
#include "enforce/places.h"
#include "policy/policy.h"

/* Copies of places, made before the tree that they come from is limited. */
struct copies {
	int dev_fd;
	int tmp_fd;
	int var_tmp_fd;
	struct places places;
	int *fds; /* one for each place */
};

static void copies_endp(struct copies *copies)
{
	fd_closep(&copies->dev_fd);
	fd_closep(&copies->tmp_fd);
	fd_closep(&copies->var_tmp_fd);
	for (size_t i = 0; copies->fds && i < copies->places.count; i++)
		fd_closep(&copies->fds[i]);
	free(copies->fds);
	places_endp(&copies->places);
}

static int dev_copy(const struct tree_spec *spec, struct copies *copies,
		    struct error *err)
{
	CLEANUP(devices_freep)
	char **devices = devices_of(spec->policy);

	if (!devices)
		return error_set(err, -ENOMEM, "devices");
	copies->dev_fd = mounts_dev((const char *const *)devices, spec->denials,
				    TREE_DENIALS, err);
	return copies->dev_fd < 0 ? copies->dev_fd : 0;
}

static int scratch_copy(const struct tree_spec *spec, struct copies *copies,
			struct error *err)
{
	const struct mount_limits limits = {
		.no_exec = !copies->places.scratch_executable,
	};

	if (!spec->tmp)
		return 0;
	copies->tmp_fd = mounts_copy(spec->tmp, &limits, err);
	if (copies->tmp_fd < 0)
		return copies->tmp_fd;
	copies->var_tmp_fd = mounts_copy(spec->var_tmp, &limits, err);
	return copies->var_tmp_fd < 0 ? copies->var_tmp_fd : 0;
}

static int places_copy(struct copies *copies, struct error *err)
{
	const struct places *places = &copies->places;

	copies->fds = calloc(places->count + 1, sizeof(*copies->fds));
	if (!copies->fds)
		return error_set(err, -ENOMEM, "mount tree");
	for (size_t i = 0; i < places->count; i++)
		copies->fds[i] = -1;
	for (size_t i = 0; i < places->count; i++) {
		const struct place_mount *place = &places->items[i];
		const struct mount_limits limits = {
			.read_only = !place->writable,
			.no_exec = !place->executable,
		};

		copies->fds[i] = mounts_copy(place->path, &limits, err);
		if (copies->fds[i] < 0)
			return copies->fds[i];
	}
	return 0;
}

/* Makes something at PATH that can be mounted upon, and what is above it. */
static int mountpoint_make(const char *path, bool is_directory,
			   struct error *err)
{
	char at[PATH_MAX];
	int fd;

	if (access(path, F_OK) == 0)
		return 0; /* in a place that is bound already */
	snprintf(at, sizeof(at), "%s", path);
	for (char *slash = at + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(at, 0755) < 0 && errno != EEXIST)
			return error_set(err, -errno, "%s", at);
		*slash = '/';
	}
	if (is_directory) {
		if (mkdir(at, 0755) < 0 && errno != EEXIST)
			return error_set(err, -errno, "%s", at);
		return 0;
	}
	fd = open(at, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return error_set(err, -errno, "%s", at);
	close(fd);
	return 0;
}

static int places_attach(const struct tree_spec *spec,
			 const struct copies *copies, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < copies->places.count && r == 0; i++) {
		const struct place_mount *place = &copies->places.items[i];

		if (place->is_scratch && spec->tmp)
			r = mountpoint_make(place->path, place->is_directory,
					    err);
		if (r == 0)
			r = mounts_attach(copies->fds[i], place->path, err);
	}
	return r;
}

static int hidden_make(const struct tree_spec *spec, struct error *err)
{
	const struct profile_settings *settings = policy_settings(spec->policy);
	int r = 0;

	for (const char *const *dir = spec->hide; *dir && r == 0; dir++)
		r = mounts_hide(*dir, err);
	for (size_t i = 0; i < settings->hide_count && r == 0; i++)
		r = mounts_hide(settings->hide[i].anchor, err);
	return r;
}

static int tree_limit(const struct copies *copies, struct error *err)
{
	const struct mount_limits limits = {
		.read_only = !copies->places.root_writable,
		.no_exec = !copies->places.root_executable,
	};
	const struct mount_limits frozen = { .read_only = true };
	int r = mounts_limit("/", &limits, err);

	/* Also where rules let everything change: this is the machine. */
	return r < 0 ? r : mounts_limit("/sys", &frozen, err);
}

static int tree_attach(const struct tree_spec *spec,
		       const struct copies *copies, struct error *err)
{
	int r = mounts_attach(copies->dev_fd, "/dev", err);

	if (r == 0 && spec->tmp)
		r = mounts_attach(copies->tmp_fd, "/tmp", err);
	if (r == 0 && spec->tmp)
		r = mounts_attach(copies->var_tmp_fd, "/var/tmp", err);
	if (r == 0)
		r = places_attach(spec, copies, err);
	return r < 0 ? r : hidden_make(spec, err);
}

int tree_make(const struct tree_spec *spec, struct error *err)
{
	static const char *const private[] = { "/tmp", "/var/tmp", NULL };
	static const char *const none[] = { NULL };
	CLEANUP(copies_endp)
	struct copies copies = {
		.dev_fd = -1,
		.tmp_fd = -1,
		.var_tmp_fd = -1,
	};
	const struct places_spec which = {
		.policy = spec->policy,
		.scratch = spec->tmp ? private : none,
		.extra = spec->extra,
		.is_open = spec->is_open,
	};
	int r = mounts_isolate(err);

	if (r == 0)
		r = places_make(&which, &copies.places, err);
	if (r == 0)
		r = dev_copy(spec, &copies, err);
	if (r == 0)
		r = scratch_copy(spec, &copies, err);
	if (r == 0)
		r = places_copy(&copies, err);
	if (r == 0)
		r = tree_limit(&copies, err);
	return r < 0 ? r : tree_attach(spec, &copies, err);
}
