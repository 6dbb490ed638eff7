/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/load.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"
#include "profile/arena.h"
#include "profile/parse.h"
#include "profile/variables.h"

/* What is being loaded, and what waits for it: each extends the next. */
struct loader {
	struct profile_set *set;
	const struct profile_search *dirs;
	const struct variables *variables;
	const char *open[PROFILE_CHAIN_MAX]; /* real paths */
	size_t depth;
};

/* Where a profile was found. */
struct found {
	char path[PATH_MAX];
	size_t dir;	/* its index in the search; for a path, their number */
	bool is_hiding; /* an earlier directory has the name too */
};

static int load_file(struct loader *loader, const struct found *found,
		     const char *name, int *out_index, struct error *err);

void profile_set_free(struct profile_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->count; i++) {
		profile_free(set->profiles[i]);
		free(set->paths[i]);
		free(set->names[i]);
	}
	free(set->home);
	free(set);
}

/* An error of a whole file, or of the command line. */
#define file_error(err, path, ...)                                             \
	place_error((err), &(const struct place){ .file = (path) }, __VA_ARGS__)

static int chain_error(struct error *err, const char *path)
{
	return file_error(err, path,
			  "too many profiles in a chain, expected at most %d",
			  PROFILE_CHAIN_MAX);
}

/* Takes PROFILE into the set. Its index in *out_index. */
static int set_add(struct profile_set *set, struct profile *profile,
		   uint64_t inherits, int *out_index, struct error *err)
{
	if (set->count == PROFILE_CHAIN_MAX)
		return chain_error(err, profile->file);
	set->profiles[set->count] = profile;
	set->inherits[set->count] = inherits;
	*out_index = (int)set->count++;
	return 0;
}

int profile_set_append(struct profile_set *set, struct profile *child,
		       struct error *err)
{
	const uint64_t all = set->count == 64 ? UINT64_MAX
					      : (1ull << set->count) - 1;
	int index = -1;

	return set_add(set, child, all, &index, err);
}

/* The last directory before LIMIT that has NAME. False where none has. */
static bool find_name(const struct profile_search *dirs, size_t limit,
		      const char *name, struct found *out_found)
{
	struct found found = { 0 };
	bool is_found = false;

	for (size_t i = limit; i-- > 0;) {
		char path[PATH_MAX];
		const int len = snprintf(path, sizeof(path), "%s/%s.yaml",
					 dirs->dirs[i], name);

		if (len >= (int)sizeof(path) || access(path, F_OK) < 0)
			continue;
		if (is_found) {
			found.is_hiding = true;
			break;
		}
		is_found = true;
		found.dir = i;
		strcpy(found.path, path);
	}
	if (is_found)
		*out_found = found;
	return is_found;
}

static int loaded_index(const struct profile_set *set, const char *path)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->paths[i] && strcmp(set->paths[i], path) == 0)
			return (int)i;
	return -1;
}

/* The file that TEXT of `extends` in PROFILE leads to. */
static int find_parent(const struct loader *loader,
		       const struct profile *profile, const struct found *from,
		       const struct profile_text *text, struct found *out_found,
		       struct error *err)
{
	const char *slash = strrchr(profile->file, '/');
	const int dir = slash ? (int)(slash - profile->file) + 1 : 0;
	/* A file that extends its own name means the one that it hides. */
	const bool own = from->dir < loader->dirs->count &&
			 strcmp(text->text, profile->name) == 0;
	struct found found = { .dir = loader->dirs->count };
	const char *path = text->text;
	int len;

	if (!strchr(text->text, '/')) {
		if (find_name(loader->dirs,
			      own ? from->dir : loader->dirs->count, text->text,
			      out_found))
			return 0;
		if (own)
			return place_error(err, &text->at,
					   "\"%s\" extends itself, expected "
					   "another profile",
					   text->text);
		return place_error(err, &text->at,
				   "unknown profile \"%s\", expected a name "
				   "that `agentjail profile list` shows, or a "
				   "path with a /",
				   text->text);
	}
	while (strncmp(path, "./", 2) == 0)
		path += 2;
	len = snprintf(found.path, sizeof(found.path), "%.*s%s",
		       path[0] == '/' ? 0 : dir, profile->file, path);
	if (len >= (int)sizeof(found.path))
		return place_error(err, &text->at,
				   "a path that is too long, expected at most "
				   "%d bytes",
				   PATH_MAX - 1);
	if (access(found.path, F_OK) < 0)
		return place_error(err, &text->at,
				   "no profile at %s, expected a path relative "
				   "to this file",
				   found.path);
	*out_found = found;
	return 0;
}

static const char *name_of(const char *path, char *buf, size_t size)
{
	const char *slash = strrchr(path, '/');
	char *end;

	snprintf(buf, size, "%s", slash ? slash + 1 : path);
	end = strstr(buf, ".yaml");
	if (end && !end[strlen(".yaml")])
		*end = '\0';
	return buf;
}

/* Whether the file at PATH is one of those that wait for their parents. */
static bool is_open(const struct loader *loader, const char *path)
{
	CLEANUP(freep) char *real = realpath(path, NULL);

	for (size_t i = 0; real && i < loader->depth; i++)
		if (strcmp(loader->open[i], real) == 0)
			return true;
	return false;
}

static int load_parents(struct loader *loader, const struct profile *profile,
			const struct found *from, uint64_t *out_inherits,
			struct error *err)
{
	uint64_t inherits = 0;
	bool has_own = false;

	for (size_t i = 0; i < profile->extends_count; i++) {
		const struct profile_text *text = &profile->extends[i];
		struct found found = { 0 };
		char name[NAME_MAX + 1];
		int index = -1;

		if (find_parent(loader, profile, from, text, &found, err) < 0)
			return err->code;
		if (is_open(loader, found.path))
			return place_error(err, &text->at,
					   "\"%s\" extends this profile in "
					   "turn, expected no circle",
					   text->text);
		has_own = has_own || strcmp(text->text, profile->name) == 0;
		if (load_file(loader, &found,
			      name_of(found.path, name, sizeof(name)), &index,
			      err) < 0)
			return err->code;
		inherits |= loader->set->inherits[index] | 1ull << index;
	}
	if (from->is_hiding && !has_own)
		return file_error(err, profile->file,
				  "hides the shipped profile \"%s\", expected "
				  "\"extends: %s\" in it, or another name",
				  profile->name, profile->name);
	*out_inherits = inherits;
	return 0;
}

static int read_profile(const struct loader *loader, const char *path,
			const char *name, struct profile **out_profile,
			struct error *err)
{
	CLEANUP(profile_freep) struct profile *profile = NULL;
	CLEANUP(freep) char *text = NULL;
	size_t len = 0;
	int r = io_read_file(AT_FDCWD, path, PROFILE_FILE_MAX, &text, &len,
			     err);

	if (r == -EFBIG)
		return file_error(err, path,
				  "too large, expected at most %d bytes",
				  PROFILE_FILE_MAX);
	if (r < 0)
		return r;
	r = profile_parse(path, text, len, loader->variables, &profile, err);
	if (r < 0)
		return r;
	/* Names are looked up by file: another one inside would mislead. */
	if (!profile->name || strcmp(profile->name, name) != 0)
		profile->name = arena_copy(profile->arena, name, strlen(name));
	if (!profile->name)
		return place_no_memory(err);
	*out_profile = TAKE_PTR(profile);
	return 0;
}

/* NAME in DIR, to be freed; NULL: no memory. */
static char *joined(const char *dir, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s", dir[1] ? dir : "", name) < 0 ? NULL
								     : path;
}

/*
 * Where PATH itself lies, its last link not followed, for whoever replaces it
 * would replace the profile. In *out_name, untouched where that is REAL.
 */
static int link_name(const char *path, const char *real, char **out_name,
		     struct error *err)
{
	const char *slash = strrchr(path, '/');
	CLEANUP(freep)
	char *dir = slash ? strndup(path, (size_t)(slash - path) + 1)
			  : strdup(".");
	CLEANUP(freep) char *real_dir = dir ? realpath(dir, NULL) : NULL;
	CLEANUP(freep)
	char *name = real_dir ? joined(real_dir, slash ? slash + 1 : path)
			      : NULL;

	if (!real_dir)
		return error_set(err, dir ? -errno : -ENOMEM, "%s", path);
	if (!name)
		return place_no_memory(err);
	if (strcmp(name, real) != 0)
		*out_name = TAKE_PTR(name);
	return 0;
}

static int load_file(struct loader *loader, const struct found *found,
		     const char *name, int *out_index, struct error *err)
{
	CLEANUP(profile_freep) struct profile *profile = NULL;
	CLEANUP(freep) char *real = realpath(found->path, NULL);
	uint64_t inherits = 0;
	int index;

	if (!real)
		return error_set(err, -errno, "%s", found->path);
	index = loaded_index(loader->set, real);
	if (index >= 0) {
		*out_index = index;
		return 0;
	}
	if (loader->depth == PROFILE_CHAIN_MAX)
		return chain_error(err, found->path);
	if (read_profile(loader, found->path, name, &profile, err) < 0)
		return err->code;
	loader->open[loader->depth++] = real;
	if (load_parents(loader, profile, found, &inherits, err) < 0)
		return err->code;
	loader->depth--;
	if (set_add(loader->set, profile, inherits, &index, err) < 0)
		return err->code;
	profile = NULL; /* the set's */
	loader->set->paths[index] = TAKE_PTR(real);
	*out_index = index;
	return link_name(found->path, loader->set->paths[index],
			 &loader->set->names[index], err);
}

/* Loads what the user named, with all that it extends. */
static int load_named(struct loader *loader, const char *name,
		      struct error *err)
{
	const struct profile_search *dirs = loader->dirs;
	struct found found = { .dir = dirs->count };
	char buf[NAME_MAX + 1];
	int index = -1;

	if (strchr(name, '/'))
		snprintf(found.path, sizeof(found.path), "%s", name);
	else if (!find_name(dirs, dirs->count, name, &found))
		return file_error(err, name,
				  "no profile of that name, expected one that "
				  "`agentjail profile list` shows, or a path "
				  "with a /");
	return load_file(loader, &found, name_of(found.path, buf, sizeof(buf)),
			 &index, err);
}

int profile_load_all(const char *const *names, size_t count,
		     const struct profile_search *dirs,
		     const struct variables *variables,
		     struct profile_set **out_set, struct error *err)
{
	CLEANUP(profile_set_freep)
	struct profile_set *set = calloc(1, sizeof(*set));
	struct loader loader = { set, dirs, variables, { NULL }, 0 };
	const char *home = variables_value(variables, "home");

	if (!set)
		return place_no_memory(err);
	if (home && !(set->home = strdup(home)))
		return place_no_memory(err);
	for (size_t i = 0; i < count; i++)
		if (load_named(&loader, names[i], err) < 0)
			return err->code;
	*out_set = TAKE_PTR(set);
	return 0;
}

int profile_load(const char *name, const struct profile_search *dirs,
		 const struct variables *variables,
		 struct profile_set **out_set, struct error *err)
{
	return profile_load_all(&name, 1, dirs, variables, out_set, err);
}
