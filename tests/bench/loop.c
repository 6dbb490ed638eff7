/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop.c - what one operation costs, in nanoseconds, without what it costs to
 * start the program that does it.
 *
 *	loop open|stat|exec|pipe COUNT
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static void do_open(void)
{
	int fd = open("some/deep/directory/file", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || close(fd) < 0)
		exit(1);
}

static void do_stat(void)
{
	struct stat st;

	if (stat("some/deep/directory/file", &st) < 0)
		exit(1);
}

static void do_exec(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/true", "true", NULL);
		_exit(1);
	}
	if (waitpid(pid, NULL, 0) != pid)
		exit(1);
}

static int to_child[2], to_parent[2];

/* One byte there and back, with a process that waits for it. */
static void do_pipe(void)
{
	char byte = 0;

	if (write(to_child[1], &byte, 1) != 1 ||
	    read(to_parent[0], &byte, 1) != 1)
		exit(1);
}

static void echo_start(void)
{
	char byte;

	if (pipe(to_child) < 0 || pipe(to_parent) < 0)
		exit(1);
	if (fork() != 0)
		return;
	close(to_child[1]);
	while (read(to_child[0], &byte, 1) == 1)
		if (write(to_parent[1], &byte, 1) != 1)
			break;
	_exit(0);
}

static long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000 + t.tv_nsec;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*once)(void);
	} loops[] = {
		{ "open", do_open },
		{ "stat", do_stat },
		{ "exec", do_exec },
		{ "pipe", do_pipe },
	};
	long count = argc == 3 ? atol(argv[2]) : 0;

	for (size_t i = 0; count > 0 && i < sizeof(loops) / sizeof(*loops);
	     i++) {
		long began;

		if (strcmp(argv[1], loops[i].name) != 0)
			continue;
		if (loops[i].once == do_pipe)
			echo_start();
		loops[i].once();
		began = now_ns();
		for (long n = 0; n < count; n++)
			loops[i].once();
		printf("%ld\n", (now_ns() - began) / count);
		return 0;
	}
	fprintf(stderr, "usage: loop open|stat|exec|pipe COUNT\n");
	return 64;
}
