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

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/own.h"

#define DIFFERENCES_SHOWN 15

/* One line of the battery; what it says is compared. */
static inline void __attribute__((format(printf, 1, 2)))
say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* What a call returned, or its error's name; valid until the next but 7. */
static inline const char *outcome(long result)
{
	static char texts[8][24];
	static int next;
	char *text = texts[next++ % 8];
	const int code = errno;

	if (result >= 0)
		snprintf(text, 24, "%ld", result);
	else
		snprintf(text, 24, "%s", strerrorname_np(code));
	errno = code;
	return text;
}

/* The same for a call whose number is not to be compared. */
static inline const char *whether(long result)
{
	return outcome(result < 0 ? result : 0);
}

static inline void file_put(const char *path, const char *text, mode_t mode)
{
	CLEANUP(fd_closep) int fd = -1;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		say("cannot make %s: %s", path, outcome(-1));
}

/* As floors hold in every jail; an ordinary user has none to give up. */
static inline void privileges_forget(void)
{
	cap_t none = cap_init();

	if (geteuid() == 0) {
		for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
			prctl(PR_CAPBSET_DROP, cap);
		prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED);
		if (cap_set_proc(none) < 0)
			exit(3);
	}
	cap_free(none);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

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
