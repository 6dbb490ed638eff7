/* SPDX-License-Identifier: Apache-2.0 */
#include "run/host.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/own.h"

/* A directory by its name, and what that led to. */
struct place {
	struct place *next;
	char *name;
	int code; /* a negative errno: it cannot be looked at */
	struct policy_binding binding;
};

struct host_memory {
	struct place *first; /* all of them, owned */
	void *places;	     /* tree of them, by name */
};

static int by_name(const void *a, const void *b)
{
	const struct place *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static void place_keep(void *place)
{
	(void)place; /* it is the list's */
}

struct host_memory *host_memory_new(void)
{
	return calloc(1, sizeof(struct host_memory));
}

void host_memory_free(struct host_memory *memory)
{
	if (!memory)
		return;
	tdestroy(memory->places, place_keep);
	for (struct place *place = memory->first, *next; place; place = next) {
		next = place->next;
		free(place->name);
		free(place);
	}
	free(memory);
}

static void binding_take(struct policy_binding *binding, const struct stat *st)
{
	binding->exists = true;
	binding->found = strlen(binding->path);
	binding->is_directory = S_ISDIR(st->st_mode);
	binding->dev = st->st_dev;
	binding->ino = st->st_ino;
}

/* Puts NAME below the directory that BINDING is. */
static int name_add(struct policy_binding *binding, const char *name)
{
	const size_t len = strlen(binding->path);
	const size_t at = len == 1 ? 0 : len; /* the root's own slash */

	if (at + 1 + strlen(name) >= PATH_MAX)
		return -ENAMETOOLONG;
	binding->path[at] = '/';
	strcpy(binding->path + at + 1, name);
	return 0;
}

/* A link that leads nowhere counts as not there. */
static int link_follow(struct policy_binding *binding)
{
	char real[PATH_MAX];
	struct stat st;

	if (!realpath(binding->path, real))
		return errno == ENOENT ? 0 : -errno;
	if (stat(real, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	strcpy(binding->path, real);
	binding_take(binding, &st);
	return 0;
}

/* What NAME is in the directory that *BINDING says, which becomes that. */
static int name_resolve(struct policy_binding *binding, const char *name)
{
	const bool has_parent = binding->exists;
	struct stat st;
	int r = name_add(binding, name);

	if (r < 0 || !has_parent)
		return r;
	binding->exists = false;
	binding->is_directory = false;
	if (lstat(binding->path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (S_ISLNK(st.st_mode))
		return link_follow(binding);
	binding_take(binding, &st);
	return 0;
}

static int path_resolve(struct host_memory *memory, const char *path,
			struct policy_binding *binding);

/* A directory that cannot be remembered is resolved again. */
static void place_remember(struct host_memory *memory, const char *name,
			   const struct policy_binding *binding, int code)
{
	struct place *place = calloc(1, sizeof(*place));

	if (!place)
		return;
	place->name = strdup(name);
	place->binding = *binding;
	place->code = code;
	place->next = memory->first;
	memory->first = place;
	if (place->name)
		tsearch(place, &memory->places, by_name);
}

/* The directory NAME, from memory where it is there. */
static int place_resolve(struct host_memory *memory, const char *name,
			 struct policy_binding *binding)
{
	const struct place key = { .name = (char *)name };
	struct place *const *known;
	int r;

	known = memory ? tfind(&key, &memory->places, by_name) : NULL;
	if (known) {
		*binding = (*known)->binding;
		return (*known)->code;
	}
	r = path_resolve(memory, name, binding);
	if (memory)
		place_remember(memory, name, binding, r);
	return r;
}

static int path_resolve(struct host_memory *memory, const char *path,
			struct policy_binding *binding)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX];
	struct stat st;
	int r;

	if (!path[1]) {
		strcpy(binding->path, "/");
		if (stat("/", &st) < 0)
			return -errno;
		binding_take(binding, &st);
		return 0;
	}
	memcpy(dir, path, (size_t)(slash - path));
	dir[slash - path] = '\0';
	r = place_resolve(memory, dir[0] ? dir : "/", binding);
	return r < 0 ? r : name_resolve(binding, slash + 1);
}

static int resolve(void *context, const char *path,
		   struct policy_binding *out_binding)
{
	*out_binding = (struct policy_binding){ .exists = false };
	if (path[0] != '/')
		return -EINVAL;
	if (strlen(path) >= PATH_MAX)
		return -ENAMETOOLONG;
	return path_resolve(context, path, out_binding);
}

const struct policy_host host_here = { .resolve = resolve };
