/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/profile_list.h"

#include <dirent.h>
#include <json-c/json.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "cmd/profile_args.h"

typedef char name_text[NAME_MAX + 1];

/* The names found so far, each once. */
struct names {
	size_t count;
	name_text *items;
};

static void names_endp(struct names *names)
{
	free(names->items);
}

static void dir_closep(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static int names_add(struct names *names, const char *name)
{
	name_text *items;

	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return 0;
	items = reallocarray(names->items, names->count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	names->items = items;
	snprintf(items[names->count++], sizeof(*items), "%s", name);
	return 0;
}

/* Adds what DIR has; one that is not there has nothing. */
static int names_scan(struct names *names, const char *path)
{
	CLEANUP(dir_closep) DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char *end = strstr(entry->d_name, ".yaml");

		if (!end || end[strlen(".yaml")] || end == entry->d_name ||
		    entry->d_name[0] == '.')
			continue;
		*end = '\0';
		if (names_add(names, entry->d_name) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static const char *maturity_name(enum profile_maturity maturity)
{
	static const char *const names[] = {
		[MATURITY_UNSTATED] = "-",
		[MATURITY_DRAFT] = "draft",
		[MATURITY_LEARNED] = "learned",
		[MATURITY_REVIEWED] = "reviewed",
	};

	return names[maturity];
}

static void profile_print(const struct profile_args *args, const char *name,
			  const struct profile *profile,
			  const struct error *err)
{
	const char *maturity = profile ? maturity_name(profile->maturity)
				       : "invalid";
	const char *what = profile ? profile->description : err->text;
	struct json_object *json;

	if (!args->json) {
		print_text(name);
		printf("%*s%-9s",
		       strlen(name) < 15 ? 16 - (int)strlen(name) : 1, "",
		       maturity);
		print_text(what ? what : "");
		putchar('\n');
		return;
	}
	json = json_object_new_object();
	json_object_object_add(json, "v", json_object_new_int(1));
	json_add_text(json, "name", name);
	json_add_text(json, "file", profile ? profile->file : NULL);
	json_add_text(json, "maturity",
		      profile && profile->maturity ? maturity : NULL);
	json_add_text(json, "owner", profile ? profile->owner : NULL);
	json_add_text(json, "description",
		      profile ? profile->description : NULL);
	json_add_text(json, "error", profile ? NULL : err->text);
	json_print(json);
}

int profile_list(struct profile_args *args, struct error *err)
{
	CLEANUP(names_endp) struct names names = { 0 };

	if (profile_args_place(args, err) < 0)
		return err->code;
	for (size_t i = 0; i < args->places.search.count; i++)
		if (names_scan(&names, args->places.search.dirs[i]) < 0)
			return error_set(err, -ENOMEM, "profiles");
	if (names.count)
		qsort(names.items, names.count, sizeof(*names.items), by_name);
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP(profile_set_freep) struct profile_set *set = NULL;
		struct error wrong = { 0 };
		int r = profile_load(names.items[i], &args->places.search,
				     args->variables, &set, &wrong);

		profile_print(args, names.items[i],
			      r < 0 ? NULL : set->profiles[set->count - 1],
			      &wrong);
	}
	return 0;
}
