/* SPDX-License-Identifier: Apache-2.0 */
/*
 * escape.h - what attacks share: an escape test is one attack on the jail,
 * written as somebody inside would write it.
 *
 * tests/escape/NAME.c defines the modes that it needs and ends in
 *
 *	int main(int argc, char **argv)
 *	{
 *		return escape_main(argc, argv, &(struct escape){
 *			.attack = attack, .verify = verify });
 *	}
 *
 * It starts in the jail's workdir; escape_outside() is a directory that no
 * profile lets it change. tests/lib/escape runs it bare, where the attack has
 * to succeed, and then in the jail, where it must not. The first 10 lines of
 * its source may say how, a comment each: "profile: NAME-OR-PATH" (without it
 * tests/escape/NAME.yaml, or the default profile), "as: root" or "as: user",
 * "timeout: SECONDS". A profile finds the directory as $outside.
 *
 * Knows nothing of agentjail: an attack must not depend on what it attacks.
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a mode returns; for verify, whether the escape is seen outside. */
enum escape_result {
	ESCAPED = 0,
	PREVENTED = 1,
	UNTRIED = 2, /* this host lacks what the attack needs */
};

/*
 * setup and verify run outside the jail, before and after; NULL where there is
 * nothing to do. setup returns 0 when all is in place.
 */
struct escape {
	int (*setup)(void);
	int (*attack)(void);
	int (*verify)(void);
};

static const char *escape_outside_dir;

/* A directory outside the scope, absolute. */
static inline const char *escape_outside(void)
{
	return escape_outside_dir;
}

/* PATH below escape_outside(), in a buffer that the next call overwrites. */
static inline const char *escape_outside_path(const char *path)
{
	static char buf[4096];

	snprintf(buf, sizeof(buf), "%s/%s", escape_outside_dir, path);
	return buf;
}

/* Says what happened, with errno's words, and returns RESULT. */
static inline int __attribute__((format(printf, 2, 3)))
escape_say(enum escape_result result, const char *fmt, ...)
{
	static const char *const words[] = { "escaped", "prevented",
					     "untried" };
	int code = errno;
	va_list ap;

	printf("%s: ", words[result]);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf(": %s\n", strerror(code));
	fflush(stdout);
	return result;
}

/* ESCAPED where a call returned OK, else PREVENTED, with WHAT was tried. */
static inline int escape_judge(long result, const char *what)
{
	if (result >= 0)
		errno = 0;
	return escape_say(result >= 0 ? ESCAPED : PREVENTED, "%s", what);
}

/* Makes PATH with TEXT in it. Returns 0 or -1 with errno. */
static inline int escape_file_make(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ssize_t n;

	if (fd < 0)
		return -1;
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text) ? 0 : -1;
}

/* Whether PATH begins with TEXT. */
static inline int escape_file_has(const char *path, const char *text)
{
	char buf[256] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return 0;
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	return n >= 0 && strncmp(buf, text, strlen(text)) == 0;
}

/* Called as NAME setup|attack|verify OUTSIDE. */
static inline int escape_main(int argc, char **argv, const struct escape *test)
{
	const char *mode = argc == 3 ? argv[1] : "";

	escape_outside_dir = argv[argc - 1];
	if (strcmp(mode, "setup") == 0)
		return test->setup ? test->setup() : 0;
	if (strcmp(mode, "attack") == 0)
		return test->attack();
	if (strcmp(mode, "verify") == 0)
		return test->verify ? test->verify() : UNTRIED;
	fprintf(stderr, "usage: %s setup|attack|verify OUTSIDE\n", argv[0]);
	return 64;
}
