/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/hierarchy.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"

/* Whether WORD is one of those that commas part in LIST. */
static bool list_has(const char *list, const char *word)
{
	const size_t len = strlen(word);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, word, len) == 0 &&
		    (!at[len] || at[len] == ',' || at[len] == '\n'))
			return true;
	}
	return false;
}

/* One line of mountinfo, as far as it is of use here. */
struct mount {
	char inside
		[PATH_MAX]; /* the directory of the hierarchy that it shows */
	char at[PATH_MAX];
	char type[32];
	char options[PATH_MAX];
};

/* "36 35 0:28 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw" */
static bool mount_parse(const char *line, struct mount *mount)
{
	const char *rest = strstr(line, " - ");

	return rest &&
	       sscanf(line, "%*d %*d %*s %4095s %4095s", mount->inside,
		      mount->at) == 2 &&
	       sscanf(rest, " - %31s %*s %4095s", mount->type,
		      mount->options) == 2;
}

static bool mount_is(const struct mount *mount, const char *controller)
{
	if (!controller)
		return strcmp(mount->type, "cgroup2") == 0;
	return strcmp(mount->type, "cgroup") == 0 &&
	       list_has(mount->options, controller);
}

static int mount_find(const char *controller, struct mount *mount,
		      struct error *err)
{
	CLEANUP(freep) char *line = NULL;
	CLEANUP(file_closep) FILE *file = NULL;
	size_t size = 0;

	file = fopen("/proc/self/mountinfo", "re");
	if (!file)
		return error_set(err, -errno, "/proc/self/mountinfo");
	while (getline(&line, &size, file) > 0)
		if (mount_parse(line, mount) && mount_is(mount, controller))
			return 0;
	return error_say(err, -ENOENT, "no cgroup hierarchy %s%s is mounted",
			 controller ? "with " : "of version 2",
			 controller ? controller : "");
}

/* "4:memory:/path", and "0::/path" for version 2. Returns the path. */
static const char *group_parse(char *line, const char *controller)
{
	char *list = strchr(line, ':');
	char *path = list ? strchr(list + 1, ':') : NULL;

	if (!path)
		return NULL;
	*path = '\0';
	path[1 + strcspn(path + 1, "\n")] = '\0';
	if (controller ? !list_has(list + 1, controller)
		       : strcmp(line, "0:") != 0)
		return NULL;
	return path + 1;
}

static int group_find(const char *controller, pid_t pid, char path[PATH_MAX],
		      struct error *err)
{
	CLEANUP(freep) char *line = NULL;
	CLEANUP(file_closep) FILE *file = NULL;
	char name[48] = "/proc/self/cgroup";
	size_t size = 0;

	if (pid)
		snprintf(name, sizeof(name), "/proc/%d/cgroup", pid);
	file = fopen(name, "re");
	if (!file)
		return error_set(err, -errno, "%s", name);
	while (getline(&line, &size, file) > 0) {
		const char *found = group_parse(line, controller);

		if (!found)
			continue;
		if (strlen(found) >= PATH_MAX)
			return error_set(err, -ENAMETOOLONG, "%s", name);
		strcpy(path, found);
		return 0;
	}
	return error_say(err, -ENOENT, "%s names no such hierarchy", name);
}

/* PATH as it lies below what the mount shows; "" where it does not. */
static const char *below(const char *path, const char *inside)
{
	const size_t len = strcmp(inside, "/") == 0 ? 0 : strlen(inside);

	if (strncmp(path, inside, len) != 0 ||
	    (path[len] != '/' && path[len] != '\0') || strstr(path, "/.."))
		return "";
	return strcmp(path + len, "/") == 0 ? "" : path + len;
}

int hierarchy_find(const char *controller, pid_t pid,
		   struct hierarchy *out_hierarchy, struct error *err)
{
	char path[PATH_MAX];
	struct mount mount;
	struct hierarchy found;
	int r = mount_find(controller, &mount, err);

	if (r == 0)
		r = group_find(controller, pid, path, err);
	if (r < 0)
		return r;
	snprintf(found.root, sizeof(found.root), "%s", mount.at);
	if (snprintf(found.own, sizeof(found.own), "%s%s", mount.at,
		     below(path, mount.inside)) >= (int)sizeof(found.own))
		return error_set(err, -ENAMETOOLONG, "%s", path);
	*out_hierarchy = found;
	return 0;
}
