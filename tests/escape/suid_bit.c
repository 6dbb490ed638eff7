/* SPDX-License-Identifier: Apache-2.0 */
/*
 * suid_bit.c - a file of the agent's own becomes one that acts as its owner
 * for whoever executes it later.
 */
#include "escape_ways.h"

#include <sys/stat.h>

static int has_bit(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_mode & (S_ISUID | S_ISGID)
		       ? ESCAPED
		       : PREVENTED;
}

static int way_chmod(void)
{
	escape_file_make("a", "x");
	chmod("a", 04755);
	return has_bit("a");
}

static int way_fchmod(void)
{
	escape_file_make("b", "x");
	fchmod(open("b", O_RDONLY), 02755);
	return has_bit("b");
}

static int way_fchmodat(void)
{
	escape_file_make("c", "x");
	fchmodat(AT_FDCWD, "c", 06755, 0);
	return has_bit("c");
}

static int way_create(void)
{
	close(open("d", O_CREAT | O_WRONLY, 04755));
	return has_bit("d");
}

static int way_mknod(void)
{
	mknod("e", S_IFREG | 04755, 0);
	return has_bit("e");
}

static int way_writer(void)
{
	fchmod(open("f", O_CREAT | O_RDWR, 0600), 04700);
	return has_bit("f");
}

static const struct escape_way ways[] = {
	{ "chmod", way_chmod },	      { "fchmod", way_fchmod },
	{ "fchmodat", way_fchmodat }, { "open", way_create },
	{ "mknod", way_mknod },	      { "fchmod of a new file", way_writer },
};

static int attack(void)
{
	return escape_ways(ways, sizeof(ways) / sizeof(*ways));
}

static int verify(void)
{
	return has_bit("a") == ESCAPED || has_bit("d") == ESCAPED ? ESCAPED
								  : PREVENTED;
}

int main(int argc, char **argv)
{
	return escape_main(
		argc, argv,
		&(struct escape){ .attack = attack, .verify = verify });
}
