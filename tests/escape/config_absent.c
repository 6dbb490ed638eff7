/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config_absent.c - a protected name at which nothing is yet is filled by
 * detours: what the next command outside the jail would then execute.
 */
#include "escape_ways.h"

#include <linux/fs.h>
#include <sys/stat.h>

#define HOOKS ".claude/settings.json"

static int filled(void)
{
	return escape_file_has(HOOKS, "escaped") ? ESCAPED : PREVENTED;
}

/* Each begins where nothing is. */
static void clear(void)
{
	unlink(HOOKS);
	rmdir(".claude");
	unlink(".claude");
	unlink("x/settings.json");
	rmdir("x");
}

static int way_plain(void)
{
	clear();
	mkdir(".claude", 0755);
	escape_file_make(HOOKS, "escaped");
	return filled();
}

static int way_rename_file(void)
{
	clear();
	mkdir(".claude", 0755);
	escape_file_make("x", "escaped");
	rename("x", HOOKS);
	return filled();
}

static int way_link_file(void)
{
	clear();
	mkdir(".claude", 0755);
	escape_file_make("hard", "escaped");
	if (link("hard", HOOKS) < 0)
		return PREVENTED;
	return filled();
}

static int way_symlink_file(void)
{
	clear();
	mkdir(".claude", 0755);
	escape_file_make("soft", "escaped");
	if (symlink("../soft", HOOKS) < 0)
		return PREVENTED;
	return filled();
}

static int way_rename_dir(void)
{
	clear();
	mkdir("x", 0755);
	escape_file_make("x/settings.json", "escaped");
	rename("x", ".claude");
	return filled();
}

static int way_symlink_dir(void)
{
	clear();
	mkdir("x", 0755);
	escape_file_make("x/settings.json", "escaped");
	if (symlink("x", ".claude") < 0)
		return PREVENTED;
	return filled();
}

static int way_symlink_renamed(void)
{
	clear();
	mkdir("x", 0755);
	escape_file_make("x/settings.json", "escaped");
	unlink("to_x");
	if (symlink("x", "to_x") < 0 || rename("to_x", ".claude") < 0)
		return PREVENTED;
	return filled();
}

static int way_exchange(void)
{
	clear();
	mkdir(".claude", 0755);
	mkdir("x", 0755);
	escape_file_make("x/settings.json", "escaped");
	syscall(SYS_renameat2, AT_FDCWD, "x", AT_FDCWD, ".claude",
		RENAME_EXCHANGE);
	return filled();
}

static int way_tmpfile(void)
{
	char path[64];
	int fd;

	clear();
	mkdir(".claude", 0755);
	fd = open(".", O_TMPFILE | O_RDWR, 0644);
	if (fd < 0 || write(fd, "escaped", 7) != 7)
		return UNTRIED;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (linkat(AT_FDCWD, path, AT_FDCWD, HOOKS, AT_SYMLINK_FOLLOW) < 0)
		return PREVENTED;
	return filled();
}

static int way_by_descriptor(void)
{
	int dir, fd;

	clear();
	mkdir("x", 0755);
	dir = open("x", O_RDONLY | O_DIRECTORY);
	if (rename("x", ".claude") < 0)
		return PREVENTED;
	fd = openat(dir, "settings.json", O_WRONLY | O_CREAT, 0644);
	if (fd < 0 || write(fd, "escaped", 7) != 7)
		return PREVENTED;
	return filled();
}

static int way_deep(void)
{
	clear();
	mkdir("x", 0755);
	mkdir("x/.claude", 0755);
	escape_file_make("x/.claude/settings.json", "escaped");
	rename("x/.claude", ".claude");
	unlink("x/.claude/settings.json");
	rmdir("x/.claude");
	return filled();
}

static const struct escape_way ways[] = {
	{ "create", way_plain },
	{ "rename a file", way_rename_file },
	{ "link a file", way_link_file },
	{ "a link instead", way_symlink_file },
	{ "rename its directory", way_rename_dir },
	{ "a link for its directory", way_symlink_dir },
	{ "a link renamed", way_symlink_renamed },
	{ "exchange directories", way_exchange },
	{ "a file without a name", way_tmpfile },
	{ "a directory held open", way_by_descriptor },
	{ "from another place", way_deep },
};

static int attack(void)
{
	int result = escape_ways(ways, sizeof(ways) / sizeof(*ways));

	if (result == ESCAPED)
		way_plain(); /* for who looks afterwards */
	return result;
}

/* Here is where it was attacked. */
static int verify(void)
{
	return filled();
}

int main(int argc, char **argv)
{
	return escape_main(
		argc, argv,
		&(struct escape){ .attack = attack, .verify = verify });
}
