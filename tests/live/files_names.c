/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files_names.c - making, moving and removing names in the jail comes out as
 * outside it: for objects of every kind, and pairs of them.
 * timeout: 120
 * guest: no
 */
#include "as_bare.h"

#include <dirent.h>
#include <ftw.h>
#include <linux/fs.h>

static const char *const objects[] = {
	"file",	  "dir",     "full",	 "to_file", "to_dir", "dangling",
	"loop",	  "missing", "missing/", "dir/",    "file/",  "file/x",
	"none/x", "dir/in",  "full/x",	 ".",	    "..",     "",
	"full/.", "same",    "locked/x", "to_dir/", "fifo",
};

static char name255[NAME_MAX + 1], name256[NAME_MAX + 2];

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *at)
{
	(void)st;
	(void)type;
	return at->level ? remove(path) : 0;
}

/* Everything as it was at first. */
static void place_make(void)
{
	chmod("locked", 0700);
	nftw(".", remove_one, 16, FTW_DEPTH | FTW_PHYS);
	file_put("file", "content", 0644);
	mkdir("dir", 0755);
	mkdir("full", 0755);
	file_put("full/x", "x", 0644);
	mkdir("locked", 0755);
	file_put("locked/x", "x", 0644);
	chmod("locked", 0);
	if (symlink("file", "to_file") < 0 || symlink("dir", "to_dir") < 0 ||
	    symlink("nothing", "dangling") < 0 || symlink("loop", "loop") < 0 ||
	    link("file", "same") < 0 || mkfifo("fifo", 0600) < 0)
		say("the place: %s", outcome(-1));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What is there now, as one line: names, kinds and numbers of links. */
static void place_tell(const char *what)
{
	char names[64][NAME_MAX + 1], *sorted[64];
	DIR *dir = opendir(".");
	struct dirent *entry;
	struct stat st;
	int count = 0;

	while (dir && (entry = readdir(dir)) && count < 64)
		if (entry->d_name[0] != '.') {
			strcpy(names[count], entry->d_name);
			sorted[count] = names[count];
			count++;
		}
	if (dir)
		closedir(dir);
	qsort(sorted, (size_t)count, sizeof(*sorted), by_name);
	printf("%s:", what);
	for (int i = 0; i < count; i++)
		if (lstat(sorted[i], &st) == 0)
			printf(" %.20s/%o/%d", sorted[i], st.st_mode,
			       S_ISDIR(st.st_mode) ? 0 : (int)st.st_nlink);
	putchar('\n');
}

/* Says how it came out, and what is there where that has changed. */
static void tell(const char *what, long result)
{
	say("%s: %s", what, outcome(result));
	if (result < 0)
		return;
	place_tell(what);
	place_make();
}

static void one_path(const char *path)
{
	char what[64];

	snprintf(what, sizeof(what), "mkdir %s", path);
	tell(what, mkdir(path, 0751));
	snprintf(what, sizeof(what), "rmdir %s", path);
	tell(what, rmdir(path));
	snprintf(what, sizeof(what), "unlink %s", path);
	tell(what, unlink(path));
	snprintf(what, sizeof(what), "unlinkat 1 %s", path);
	tell(what, unlinkat(AT_FDCWD, path, 1));
	snprintf(what, sizeof(what), "mknod file %s", path);
	tell(what, mknod(path, S_IFREG | 0642, 0));
	snprintf(what, sizeof(what), "mknod 0 %s", path);
	tell(what, mknod(path, 0600, 0));
	snprintf(what, sizeof(what), "mknod fifo %s", path);
	tell(what, mknod(path, S_IFIFO | 0622, 0));
	snprintf(what, sizeof(what), "mknod socket %s", path);
	tell(what, mknod(path, S_IFSOCK | 0600, 0));
	snprintf(what, sizeof(what), "mknod dir %s", path);
	tell(what, mknod(path, S_IFDIR | 0600, 0));
	snprintf(what, sizeof(what), "mknod odd %s", path);
	tell(what, mknod(path, 0170000 | 0600, 0));
	snprintf(what, sizeof(what), "mknod device %s", path);
	tell(what, mknod(path, S_IFCHR | 0600, 0x103));
	snprintf(what, sizeof(what), "symlink %s", path);
	tell(what, symlink("any/text", path));
	snprintf(what, sizeof(what), "symlink to nothing %s", path);
	tell(what, symlink("", path));
}

static void two_paths(const char *from, const char *to)
{
	static const unsigned flags[] = { 0, RENAME_NOREPLACE, RENAME_EXCHANGE,
					  RENAME_NOREPLACE | RENAME_EXCHANGE,
					  1 << 9 };
	char what[128];

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		snprintf(what, sizeof(what), "renameat2 %x %s %s", flags[i],
			 from, to);
		tell(what, syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to,
				   flags[i]));
	}
	snprintf(what, sizeof(what), "rename %s %s", from, to);
	tell(what, rename(from, to));
	snprintf(what, sizeof(what), "link %s %s", from, to);
	tell(what, link(from, to));
	snprintf(what, sizeof(what), "linkat follow %s %s", from, to);
	tell(what, linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW));
}

/* Calls by a descriptor: of a directory, of a file, of none, of a gone one. */
static void descriptors(void)
{
	int dir = open("dir", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int path = open("full", O_PATH | O_CLOEXEC);
	int file = open("file", O_RDONLY | O_CLOEXEC);
	int gone, unnamed;

	tell("mkdirat", mkdirat(dir, "made", 0700));
	say("mkdirat of a file: %s", outcome(mkdirat(file, "made", 0700)));
	say("mkdirat of none: %s", outcome(mkdirat(777, "made", 0700)));
	say("mkdirat of -1: %s", outcome(mkdirat(-1, "made", 0700)));
	say("mkdirat of none, absolute: %s",
	    outcome(mkdirat(777, "/proc", 0700)));
	close(dir);
	close(path);
	dir = open("dir", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	path = open("full", O_PATH | O_CLOEXEC);
	say("unlinkat by O_PATH: %s", outcome(unlinkat(path, "x", 0)));
	say("renameat: %s", outcome(renameat(AT_FDCWD, "file", dir, "moved")));
	say("renameat back: %s",
	    outcome(renameat(dir, "moved", path, "../file")));
	say("linkat: %s", outcome(linkat(AT_FDCWD, "file", dir, "linked", 0)));
	say("symlinkat: %s", outcome(symlinkat("text", dir, "sym")));
	place_tell("then");
	gone = open("dir", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	unlinkat(gone, "linked", 0);
	unlinkat(gone, "sym", 0);
	say("rmdir of it: %s", outcome(rmdir("dir")));
	say("mkdirat in a removed one: %s",
	    outcome(mkdirat(gone, "made", 0700)));
	say("openat in a removed one: %s",
	    outcome(openat(gone, "made", O_CREAT | O_RDWR, 0600)));
	say("openat .. of a removed one: %s",
	    whether(openat(gone, "..", O_RDONLY | O_DIRECTORY)));
	unnamed = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0644);
	say("linkat by /proc: %s",
	    outcome(linkat(AT_FDCWD, "/proc/self/fd/0", AT_FDCWD, "y",
			   AT_SYMLINK_FOLLOW)));
	if (unnamed >= 0) {
		char link_path[64];

		snprintf(link_path, sizeof(link_path), "/proc/self/fd/%d",
			 unnamed);
		say("O_TMPFILE gets a name: %s",
		    outcome(linkat(AT_FDCWD, link_path, AT_FDCWD, "named",
				   AT_SYMLINK_FOLLOW)));
	}
	unnamed = open(".", O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0644);
	say("O_TMPFILE with O_EXCL gets none: %s",
	    outcome(linkat(unnamed, "", AT_FDCWD, "named2", AT_EMPTY_PATH)));
	place_tell("in the end");
	place_make();
}

static void lengths(void)
{
	char path[PATH_MAX + 16];

	memset(name255, 'a', NAME_MAX);
	memset(name256, 'b', NAME_MAX + 1);
	tell("mkdir 255", mkdir(name255, 0700));
	tell("mkdir 256", mkdir(name256, 0700));
	tell("rename to 255", rename("file", name255));
	tell("rename to 256", rename("file", name256));
	tell("symlink 256", symlink("x", name256));
	tell("unlink 256", unlink(name256));
	tell("link 255", link("file", name255));
	for (size_t n = PATH_MAX - 3; n < PATH_MAX + 3; n++) {
		memset(path, '/', n);
		path[0] = '.';
		memcpy(path + n - 3, "new", 4);
		tell("mkdir by a long path", mkdir(path, 0700));
		path[n - 3] = '\0';
		tell("symlink of a long text", symlink(path, "long"));
	}
	memset(path, 't', PATH_MAX);
	path[PATH_MAX - 1] = '\0';
	tell("symlink of 4095 bytes", symlink(path, "long"));
	path[PATH_MAX - 1] = 't';
	path[PATH_MAX] = '\0';
	tell("symlink of 4096 bytes", symlink(path, "long"));
	tell("mkdir newline", mkdir("a\nb", 0700));
	tell("mkdir escape", mkdir("\033]0;x\a", 0700));
	tell("mkdir bytes", mkdir("\xff\x80", 0700));
	tell("mkdir null", mkdir((const char *)1, 0700));
	tell("rename null", rename("file", (const char *)1));
	tell("symlink null", symlink((const char *)1, "x"));
}

static void act(void)
{
	place_make();
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		one_path(objects[i]);
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++)
		for (size_t j = 0; j < ARRAY_SIZE(objects); j++)
			two_paths(objects[i], objects[j]);
	descriptors();
	lengths();
	chmod("locked", 0700);
}

int main(int argc, char **argv)
{
	return as_bare_main(argc, argv, act);
}
