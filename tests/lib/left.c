/* SPDX-License-Identifier: Apache-2.0 */
/*
 * left.c - what a test has left behind: processes, mounts, cgroups, pins.
 *
 * Knows how each kind is found and removed. Does not know when to look.
 */
#include "left.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* One look; nftw() hands nothing on, so it is kept here. */
static struct {
	const struct left_of *of; /* NULL: everybody's */
	FILE *out;
	bool remove;
	int count;
} look;

char *left_slurp(const char *path, size_t *out_len)
{
	size_t size = 1 << 14, len = 0;
	char *data = malloc(size + 1);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = 0;

	while (data && fd >= 0 && (n = read(fd, data + len, size - len)) > 0) {
		len += (size_t)n;
		if (len == size)
			data = realloc(data, (size *= 2) + 1);
	}
	if (!data)
		exit(2);
	if (fd >= 0)
		close(fd);
	data[len] = '\0';
	*out_len = len;
	return data;
}

/* The parent of PID, and in *out_state its state; 0 where it is gone. */
static pid_t parent_of(pid_t pid, char *out_state)
{
	char path[64];
	size_t len;
	int parent = 0;
	char *stat, *rest;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	stat = left_slurp(path, &len);
	rest = strrchr(stat, ')'); /* a name may hold anything else */
	if (!rest || sscanf(rest, ") %c %d", out_state, &parent) != 2)
		parent = 0;
	free(stat);
	return parent;
}

static bool is_below(pid_t pid, pid_t ancestor)
{
	char state;

	for (int depth = 0; pid > 1 && depth < 1000; depth++) {
		pid = parent_of(pid, &state);
		if (pid == ancestor)
			return true;
	}
	return false;
}

static bool runs(pid_t pid, const char *program)
{
	struct stat exe, file;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	return stat(program, &file) == 0 && stat(path, &exe) == 0 &&
	       exe.st_dev == file.st_dev && exe.st_ino == file.st_ino;
}

static void found_process(pid_t pid)
{
	char path[64];
	size_t len;
	char *cmdline;

	look.count++;
	if (!look.remove)
		return;
	snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
	cmdline = left_slurp(path, &len);
	for (size_t i = 0; i < len; i++)
		if (!isprint((unsigned char)cmdline[i]))
			cmdline[i] = ' ';
	fprintf(look.out, "left over: process %d: %s\n", pid, cmdline);
	free(cmdline);
	kill(pid, SIGKILL);
}

static void look_at_processes(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc)) != NULL) {
		pid_t pid = atoi(entry->d_name);
		char state = 'Z';

		if (pid <= 1 || parent_of(pid, &state) == 0 || state == 'Z')
			continue;
		if (is_below(pid, look.of->ancestor) ||
		    runs(pid, look.of->program))
			found_process(pid);
	}
	if (proc)
		closedir(proc);
}

static bool was_there(const char *line)
{
	const size_t len = strlen(line);
	const char *at = look.of->before;

	for (; (at = strstr(at, line)) != NULL; at += len)
		if ((at == look.of->before || at[-1] == '\n') &&
		    at[len] == '\n')
			return true;
	return false;
}

/* Whether PATH is the test's and to be removed. */
static bool found_path(const char *what, const char *path)
{
	char line[4200];

	snprintf(line, sizeof(line), "%s %s", what, path);
	if (look.of && was_there(line))
		return false;
	look.count++;
	if (!look.of)
		fprintf(look.out, "%s\n", line);
	if (look.remove)
		fprintf(look.out, "left over: %s\n", line);
	return look.remove;
}

static int remove_cgroup(const char *path, const struct stat *st, int type,
			 struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_DP)
		rmdir(path);
	return 0;
}

/* Whether it or one below has processes; or where it is gone. */
static bool is_in_use(const char *path)
{
	char events_path[4200];
	char *events;
	size_t len;
	bool in_use;

	snprintf(events_path, sizeof(events_path), "%s/cgroup.events", path);
	events = left_slurp(events_path, &len);
	in_use = !len || strstr(events, "populated 1") != NULL;
	free(events);
	return in_use;
}

/*
 * Top down, so that the outermost is named; a cgroup is its owner's. Whoever
 * has processes in one uses it, and is not of the test, whose processes are
 * gone by now; nor is one that is just being filled.
 */
static int see_cgroup(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	if (type != FTW_D || strncmp(path + at->base, "agentjail", 9) != 0 ||
	    (look.of && st->st_uid != look.of->owner))
		return 0;
	for (int i = 0; look.of && i < 3; i++) {
		if (is_in_use(path))
			return 0;
		usleep(100000);
	}
	if (!found_path("cgroup", path))
		return 0;
	nftw(path, remove_cgroup, 16, FTW_PHYS | FTW_MOUNT | FTW_DEPTH);
	return 0;
}

static int see_pin(const char *path, const struct stat *st, int type,
		   struct FTW *at)
{
	(void)st;
	(void)at;
	if (type == FTW_F && found_path("pin", path))
		unlink(path);
	return 0;
}

static void found_mount(const char *place)
{
	look.count++;
	if (!look.remove)
		return;
	fprintf(look.out, "left over: mount %s\n", place);
	umount2(place, MNT_DETACH);
}

/* One line of mountinfo: the fifth field is the place, the type is after -. */
static void look_at_mount(char *line)
{
	char *type = strstr(line, " - "), *place = line;

	for (int i = 0; i < 4 && place; i++)
		place = strchr(place + 1, ' ');
	if (!type || !place)
		return;
	place++;
	place[strcspn(place, " ")] = '\0';
	type += 3;
	type[strcspn(type, " ")] = '\0';
	if (strcmp(type, "cgroup2") == 0)
		nftw(place, see_cgroup, 16, FTW_PHYS | FTW_MOUNT);
	/* Only root can pin, and an ordinary user's tests run beside root's. */
	if (strcmp(type, "bpf") == 0 && (!look.of || look.of->owner == 0))
		nftw(place, see_pin, 16, FTW_PHYS | FTW_MOUNT);
	if (look.of) {
		const size_t len = strlen(look.of->dir);

		if (strncmp(place, look.of->dir, len) == 0 &&
		    (place[len] == '/' || place[len] == '\0'))
			found_mount(place);
	}
}

static void look_at_all(void)
{
	size_t len;
	char *mounts = left_slurp("/proc/self/mountinfo", &len);
	char *rest = mounts;

	if (look.of)
		look_at_processes();
	for (char *line; (line = strsep(&rest, "\n")) != NULL;)
		look_at_mount(line);
	free(mounts);
}

void left_list(FILE *out)
{
	look.of = NULL;
	look.out = out;
	look.remove = false;
	look_at_all();
}

int left_count(const struct left_of *of)
{
	look.of = of;
	look.out = NULL;
	look.remove = false;
	look.count = 0;
	look_at_all();
	return look.count;
}

void left_remove(const struct left_of *of, FILE *out)
{
	look.of = of;
	look.out = out;
	look.remove = true;
	look_at_all();
}
