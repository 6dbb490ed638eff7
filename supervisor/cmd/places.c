/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/own.h"
#include "cmd/gitdir.h"
#include "profile/variables.h"

#define SHIPPED "/usr/share/agentjail/profiles"
#define SYSTEM "/etc/agentjail/profiles"

static void find_runtime(struct places *places)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");

	if (!places->invoker.is_other && runtime && runtime[0] == '/' &&
	    strlen(runtime) < PATH_MAX) {
		strcpy(places->runtime, runtime);
		return;
	}
	snprintf(places->runtime, PATH_MAX, "/run/user/%u",
		 (unsigned)places->invoker.identity.uid);
	if (access(places->runtime, F_OK) < 0)
		places->runtime[0] = '\0';
}

static int find_workdir(struct places *places, const char *dir,
			struct error *err)
{
	CLEANUP(freep) char *cwd = getcwd(NULL, 0);
	CLEANUP(freep) char *real = realpath(dir ? dir : ".", NULL);
	int len;

	if (real)
		len = snprintf(places->workdir, PATH_MAX, "%s", real);
	else if (dir && dir[0] == '/')
		len = snprintf(places->workdir, PATH_MAX, "%s", dir);
	else if (cwd && dir)
		len = snprintf(places->workdir, PATH_MAX, "%s/%s", cwd, dir);
	else
		return error_set(err, -errno, "the current directory");
	if (len >= PATH_MAX)
		return error_say(err, -EINVAL,
				 "the workdir's path is too long");
	return 0;
}

/*
 * Beside a program that was built and not installed, which lies in build/ or
 * build/san/ of its tree, that tree's profiles are the shipped ones.
 */
static void find_shipped(char *out_path, size_t size)
{
	static const char *const tails[] = { "/build/agentjail",
					     "/build/san/agentjail" };
	CLEANUP(freep) char *exe = realpath("/proc/self/exe", NULL);
	const size_t len = exe ? strlen(exe) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(tails); i++) {
		const size_t tail = strlen(tails[i]);

		if (len <= tail || strcmp(exe + len - tail, tails[i]) != 0)
			continue;
		snprintf(out_path, size, "%.*s/profiles", (int)(len - tail),
			 exe);
		if (access(out_path, F_OK) == 0)
			return;
	}
	snprintf(out_path, size, "%s", SHIPPED);
}

static void find_profiles(struct places *places)
{
	find_shipped(places->dirs[0], sizeof(places->dirs[0]));
	strcpy(places->dirs[1], SYSTEM);
	snprintf(places->dirs[2], sizeof(places->dirs[2]),
		 "%s/.config/agentjail/profiles", places->invoker.home);
	for (size_t i = 0; i < PLACES_DIRS; i++)
		places->dir_list[i] = places->dirs[i];
	places->search.count = PLACES_DIRS;
	places->search.dirs = places->dir_list;
}

int places_find(const char *user, const char *dir, struct places *out_places,
		struct error *err)
{
	memset(out_places, 0, sizeof(*out_places));
	if (invoker_find(user, &out_places->invoker, err) < 0 ||
	    find_workdir(out_places, dir, err) < 0)
		return err->code;
	find_runtime(out_places);
	find_profiles(out_places);
	gitdir_find(out_places->workdir, out_places->gitdir);
	return 0;
}

int places_variables(const struct places *places, const char *task,
		     struct variables *variables, struct error *err)
{
	char uid[16];
	const char *const values[][2] = {
		{ "workdir", places->workdir },
		{ "home", places->invoker.home },
		{ "user", places->invoker.name },
		{ "uid", uid },
		{ "tmp", "/tmp" },
		{ "tmp", "/var/tmp" },
		{ "tmp", "/dev/shm" },
		{ "runtime", places->runtime },
		{ "task", task ? task : "" },
		{ "gitdir", places->gitdir },
	};

	snprintf(uid, sizeof(uid), "%u",
		 (unsigned)places->invoker.identity.uid);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (variables_add(variables, values[i][0], values[i][1], err) <
		    0)
			return err->code;
	return 0;
}
