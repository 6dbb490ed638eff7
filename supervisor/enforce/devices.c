/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/devices.h"

#include <argz.h>
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "policy/policy.h"
#include "terms/op.h"
#include "terms/verdict.h"

/* What every jail has by itself. */
static const char *const basic[] = {
	"/dev/null",	"/dev/zero", "/dev/full",  "/dev/random",
	"/dev/urandom", "/dev/tty",  "/dev/pts",   "/dev/ptmx",
	"/dev/shm",	"/dev/fd",   "/dev/stdin", "/dev/stdout",
	"/dev/stderr",
};

/* As argz_add(3) keeps it: one text after the other. */
struct list {
	char *texts;
	size_t len;
};

static void list_endp(struct list *list)
{
	free(list->texts);
}

static void dir_closep(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static bool is_basic(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(basic); i++) {
		const size_t len = strlen(basic[i]);

		if (strncmp(path, basic[i], len) == 0 &&
		    (!path[len] || path[len] == '/'))
			return true;
	}
	return false;
}

static int device_add(struct list *list, const char *path)
{
	const char *entry = NULL;

	if (is_basic(path))
		return 0;
	while ((entry = argz_next(list->texts, list->len, entry)))
		if (strcmp(entry, path) == 0)
			return 0;
	return -argz_add(&list->texts, &list->len, path);
}

/* The devices in DIR whose names match. */
static int devices_match(struct list *list, const char *dir, const char *tail)
{
	CLEANUP(dir_closep) DIR *open_dir = opendir(dir);
	const struct dirent *entry;
	char path[PATH_MAX];
	int r = 0;

	while (r == 0 && open_dir && (entry = readdir(open_dir))) {
		if (!path_component_matches(tail, strlen(tail), entry->d_name,
					    strlen(entry->d_name), false))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		r = device_add(list, path);
	}
	return r;
}

static int rule_take(struct list *list, const struct policy_path *path)
{
	const bool is_dev = strcmp(path->anchor, "/dev") == 0;

	if (!is_dev && strncmp(path->anchor, "/dev/", 5) != 0)
		return 0;
	if (path->kind == PATH_GLOB)
		return devices_match(list, path->anchor, path->tail);
	/* The whole of /dev is no device; what it holds has to be named. */
	if (is_dev || path->kind != PATH_TREE)
		return 0;
	return device_add(list, path->anchor);
}

char **devices_of(const struct policy *policy)
{
	CLEANUP(list_endp) struct list list = { 0 };
	char **devices;

	for (size_t i = 0; i < policy_rule_count(policy); i++) {
		const struct policy_rule *rule = policy_rule(policy, (int)i);
		const struct policy_path *path =
			policy_rule_path(policy, (int)i);

		if (path && rule->cls == PROFILE_FILES &&
		    verdict_may_happen(rule->verdict) &&
		    rule_take(&list, path) < 0)
			return NULL;
	}
	devices =
		calloc(argz_count(list.texts, list.len) + 1, sizeof(*devices));
	if (!devices)
		return NULL;
	argz_extract(list.texts, list.len, devices);
	if (devices[0])
		list.texts = NULL; /* the list's first text owns them all */
	return devices;
}

void devices_freep(char ***devices)
{
	if (*devices)
		free((*devices)[0]);
	free(*devices);
	*devices = NULL;
}
