/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/places.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/own.h"
#include "policy/policy.h"
#include "terms/op.h"
#include "terms/verdict.h"

/* These have mounts of their own, made another way. */
static const char *const apart[] = { "/proc", "/sys", "/dev" };

static bool is_below(const char *dir, const char *path)
{
	const size_t len = strlen(dir);

	if (len == 1)
		return path[1] != '\0';
	return strncmp(dir, path, len) == 0 && path[len] == '/';
}

static bool covers(const char *dir, const char *path)
{
	return strcmp(dir, path) == 0 || is_below(dir, path);
}

static bool is_apart(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(apart); i++)
		if (covers(apart[i], path))
			return true;
	return false;
}

/* The place at PATH, new where there is none yet; NULL: no memory. */
static struct place_mount *place_at(struct places *places, const char *path)
{
	struct place_mount *items;
	char *copy;

	for (size_t i = 0; i < places->count; i++)
		if (strcmp(places->items[i].path, path) == 0)
			return &places->items[i];
	items = reallocarray(places->items, places->count + 1, sizeof(*items));
	if (!items)
		return NULL;
	places->items = items;
	copy = strdup(path);
	if (!copy)
		return NULL;
	items[places->count] = (struct place_mount){ .path = copy };
	return &items[places->count++];
}

static bool in_scratch(const struct places_spec *spec, const char *path)
{
	for (const char *const *dir = spec->scratch; *dir; dir++)
		if (is_below(*dir, path))
			return true;
	return false;
}

static bool is_scratch(const struct places_spec *spec, const char *path)
{
	for (const char *const *dir = spec->scratch; *dir; dir++)
		if (strcmp(*dir, path) == 0)
			return true;
	return false;
}

/*
 * PATH, or what is nearest above it: where nothing is yet, it must be possible
 * to make it. A file that may change is also replaced by a rename, so it is
 * its directory that counts.
 */
static void nearest_directory(char path[PATH_MAX], bool changes)
{
	struct stat st;

	while (path[1]) {
		char *slash = strrchr(path, '/');

		if (stat(path, &st) == 0 && (S_ISDIR(st.st_mode) || !changes))
			return;
		slash[slash == path ? 1 : 0] = '\0';
	}
}

/*
 * What lies in scratch is bound; what is not there is not. A file is bound by
 * its directory, since no rename replaces a file that is a mount; but one that
 * lies in /tmp itself is bound alone.
 */
static int scratch_note(const struct places_spec *spec, struct places *places,
			char path[PATH_MAX], bool writable, bool executable)
{
	struct place_mount *place;
	char dir[PATH_MAX];
	struct stat st;

	if (stat(path, &st) < 0)
		return 0;
	strcpy(dir, path);
	*strrchr(dir, '/') = '\0';
	if (!S_ISDIR(st.st_mode) && !is_scratch(spec, dir))
		return scratch_note(spec, places, dir, writable, executable);
	place = place_at(places, path);
	if (!place)
		return -ENOMEM;
	place->is_scratch = true;
	place->is_directory = S_ISDIR(st.st_mode);
	place->writable |= writable;
	place->executable |= executable;
	return 0;
}

static int rule_note(const struct places_spec *spec, struct places *places,
		     const struct policy_rule *rule,
		     const struct policy_path *bound)
{
	const bool writable = rule->ops & OPS_MODIFY;
	const bool executable = rule->cls == PROFILE_EXEC;
	struct place_mount *place;
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s", bound->canonical);
	if (in_scratch(spec, path))
		return scratch_note(spec, places, path, writable, executable);
	if (is_scratch(spec, path)) {
		places->scratch_executable |= executable;
		return 0;
	}
	if (is_apart(path) || (executable && !bound->exists) ||
	    !(writable || executable))
		return 0;
	if (!bound->exists && bound->found)
		path[bound->found] = '\0'; /* what is above it is known */
	nearest_directory(path, writable);
	if (executable && !bound->is_directory)
		nearest_directory(path, true);
	if (is_apart(path) || is_scratch(spec, path))
		return 0;
	if (!path[1]) {
		places->root_writable |= writable;
		places->root_executable |= executable;
		return 0;
	}
	place = place_at(places, path);
	if (!place)
		return -ENOMEM;
	place->is_directory = true;
	place->writable |= writable;
	place->executable |= executable;
	return 0;
}

static int rules_note(const struct places_spec *spec, struct places *places)
{
	const struct policy *policy = spec->policy;
	int r = 0;

	for (size_t i = 0; i < policy_rule_count(policy) && r == 0; i++) {
		const struct policy_rule *rule = policy_rule(policy, (int)i);
		const struct policy_path *path =
			policy_rule_path(policy, (int)i);

		if (path && verdict_may_happen(rule->verdict) &&
		    (rule->cls == PROFILE_FILES || rule->cls == PROFILE_EXEC))
			r = rule_note(spec, places, rule, path);
	}
	for (const char *const *path = spec->extra; *path && r == 0; path++) {
		char copy[PATH_MAX];

		snprintf(copy, sizeof(copy), "%s", *path);
		if (in_scratch(spec, copy))
			r = scratch_note(spec, places, copy, false, false);
	}
	return r;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct place_mount *)a)->path,
		      ((const struct place_mount *)b)->path);
}

/* The nearest of the first COUNT places that covers PATH, or NULL. */
static const struct place_mount *above(const struct places *places,
				       size_t count, const char *path)
{
	while (count-- > 0)
		if (is_below(places->items[count].path, path))
			return &places->items[count];
	return NULL;
}

/*
 * What is let above is let below, as far as a mount can say: exceptions are
 * for others to enforce. A place that comes to the same as what is above it
 * is none.
 */
static void places_settle(struct places *places)
{
	size_t kept = 0;

	if (places->count)
		qsort(places->items, places->count, sizeof(*places->items),
		      by_path);
	for (size_t i = 0; i < places->count; i++) {
		struct place_mount place = places->items[i];
		const struct place_mount *upper =
			above(places, kept, place.path);
		const bool has_upper = upper || !place.is_scratch;
		const bool writable = upper ? upper->writable
					    : places->root_writable;
		const bool executable = upper ? upper->executable
					      : places->root_executable;

		if (has_upper) {
			place.writable |= writable;
			place.executable |= executable;
		} else {
			place.executable |= places->scratch_executable;
		}
		if (has_upper && place.writable == writable &&
		    place.executable == executable)
			free(place.path);
		else
			places->items[kept++] = place;
	}
	places->count = kept;
}

int places_make(const struct places_spec *spec, struct places *out_places,
		struct error *err)
{
	CLEANUP(places_endp)
	struct places places = {
		.root_writable = spec->is_open ||
				 verdict_may_happen(policy_otherwise(
					 spec->policy, PROFILE_FILES)),
		.root_executable = spec->is_open ||
				   verdict_may_happen(policy_otherwise(
					   spec->policy, PROFILE_EXEC)),
	};

	if (rules_note(spec, &places) < 0)
		return error_set(err, -ENOMEM, "mount tree");
	places.scratch_executable |= places.root_executable;
	places_settle(&places);
	*out_places = places;
	places = (struct places){ 0 };
	return 0;
}

void places_endp(struct places *places)
{
	for (size_t i = 0; i < places->count; i++)
		free(places->items[i].path);
	free(places->items);
}
