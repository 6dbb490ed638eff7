/* SPDX-License-Identifier: Apache-2.0 */
/*
 * as_bare.h - a program that acts as bare: what a battery of calls prints is
 * the same in the jail as outside it, line by line.
 *
 * A test defines what it does as act(), which prints by say(), and ends in
 *
 *	int main(int argc, char **argv)
 *	{
 *		return as_bare_main(argc, argv, act);
 *	}
 *
 * act() begins in an empty directory in the jail's workdir, and runs in two
 * processes: one bare, but without the privileges that no jail has, one in
 * a jail under the default profile. A line must not tell what differs from run
 * to run (times, pids, inode numbers).
 */
#pragma once

#include "as_bare_say.h"

#define DIFFERENCES_SHOWN 15

/* Runs ARGV in DIR with its output in PATH. Returns its exit status. */
static inline int as_bare_run(const char *dir, const char *path,
			      char *const argv[], bool bare)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		int null = open("/dev/null", O_RDONLY);

		if (fd < 0 || null < 0 || chdir(dir) < 0)
			exit(3);
		dup2(null, 0);
		dup2(fd, 1);
		close(fd);
		close(null);
		if (bare)
			privileges_forget();
		execv(argv[0], argv);
		exit(4);
	}
	waitpid(pid, &status, 0);
	return status;
}

static inline void line_cut(char *line)
{
	line[strcspn(line, "\n")] = '\0';
}

/* Returns how many lines differ, or -1 where there is nothing to compare. */
static inline int as_bare_compare(const char *bare, const char *jail)
{
	CLEANUP(freep) char *want = NULL;
	CLEANUP(freep) char *got = NULL;
	size_t want_size = 0, got_size = 0;
	FILE *a = fopen(bare, "r");
	FILE *b = fopen(jail, "r");
	int differ = 0, lines = 0;

	if (!a || !b)
		return -1;
	for (;; lines++) {
		ssize_t n = getline(&want, &want_size, a);
		ssize_t m = getline(&got, &got_size, b);

		if (n < 0 && m < 0)
			break;
		if (n == m && strcmp(want, got) == 0)
			continue;
		if (n >= 0)
			line_cut(want);
		if (m >= 0)
			line_cut(got);
		if (differ++ < DIFFERENCES_SHOWN)
			printf("bare: %s\njail: %s\n", n < 0 ? "(end)" : want,
			       m < 0 ? "(end)" : got);
	}
	fclose(a);
	fclose(b);
	printf("%d lines, %d differ\n", lines, differ);
	return lines ? differ : -1;
}

/* The jail's workdir, with this program in it: a jail executes no other. */
static inline int as_bare_place(const char *dir)
{
	CLEANUP(fd_closep) int from = open("/proc/self/exe", O_RDONLY);
	CLEANUP(fd_closep) int to = -1;
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s/in", dir);
	if (mkdir(dir, 0755) < 0 || mkdir(path, 0755) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/program", dir);
	to = open(path, O_WRONLY | O_CREAT | O_EXCL, 0755);
	if (from < 0 || to < 0 || fstat(from, &st) < 0 ||
	    sendfile(to, from, NULL, (size_t)st.st_size) != st.st_size)
		return -1;
	return 0;
}

static inline int as_bare_main(int argc, char **argv, void (*act)(void))
{
	const char *agentjail = getenv("AGENTJAIL");
	char cwd[PATH_MAX - 16], bare[PATH_MAX], jail[PATH_MAX];
	char *const alone[] = { "./program", "act", NULL };
	char *const jailed[] = { (char *)agentjail, "run", "--",
				 "./program",	    "act", NULL };
	int status[2];

	if (argc == 2 && strcmp(argv[1], "act") == 0) {
		setvbuf(stdout, NULL, _IOLBF, 0);
		umask(022);
		if (chdir("in") < 0)
			return 1;
		act();
		return 0;
	}
	if (!agentjail || !getcwd(cwd, sizeof(cwd)))
		return 1;
	snprintf(bare, sizeof(bare), "%s/bare", cwd);
	snprintf(jail, sizeof(jail), "%s/jail", cwd);
	if (as_bare_place(bare) < 0 || as_bare_place(jail) < 0)
		return 1;
	status[0] = as_bare_run(bare, "out.bare", alone, true);
	status[1] = as_bare_run(jail, "out.jail", jailed, false);
	if (status[0] != status[1] || status[0] != 0) {
		printf("ended with %#x bare and %#x in the jail\n", status[0],
		       status[1]);
		as_bare_compare("out.bare", "out.jail");
		return 1;
	}
	return as_bare_compare("out.bare", "out.jail") != 0;
}
