/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec_ways.c - a program that may be read and not executed is executed by
 * detours: by descriptors, links, procfs, the loader, an executable mapping,
 * as a script's interpreter.
 */
#include "escape_ways.h"

#include <sys/mman.h>
#include <sys/stat.h>

#define RAN 42 /* what the program exits with */

#define program() escape_outside_path("program")

static int setup(void)
{
	if (chdir(escape_outside()) < 0)
		return 1;
	return system("cp /bin/sh program && chmod 755 program && "
		      "printf '#!/bin/sh\nexit 42\n' >script && "
		      "chmod 755 script") != 0;
}

/* The same program, asked by whoever is a child by now. */
static char *const args[] = { "sh", "-c", "exit 42", NULL };
static char *const no_environment[] = { NULL };

/* Runs FN, which executes, in a child: did it? */
static int ran(void (*fn)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		fn();
		_exit(errno == ENOSYS ? 43 : 1);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == RAN ? ESCAPED
							       : PREVENTED;
}

static void by_name(void)
{
	execve(program(), args, no_environment);
}

static void by_vfork(void)
{
	pid_t pid = vfork();
	int status = 0;

	if (pid == 0) {
		execve(program(), args, no_environment);
		_exit(1);
	}
	waitpid(pid, &status, 0);
	_exit(WEXITSTATUS(status));
}

static void by_execveat(void)
{
	int fd = open(escape_outside(), O_PATH);

	syscall(SYS_execveat, fd, "program", args, no_environment, 0);
}

static void by_descriptor(void)
{
	int fd = open(program(), O_RDONLY | O_CLOEXEC);

	syscall(SYS_execveat, fd, "", args, no_environment, AT_EMPTY_PATH);
}

static void by_path_descriptor(void)
{
	int fd = open(program(), O_PATH | O_CLOEXEC);

	syscall(SYS_execveat, fd, "", args, no_environment, AT_EMPTY_PATH);
}

static void by_proc_fd(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d",
		 open(program(), O_PATH));
	execve(path, args, no_environment);
}

static void by_proc_root(void)
{
	char path[8192];

	snprintf(path, sizeof(path), "/proc/self/root%s", program());
	execve(path, args, no_environment);
}

static void by_link(void)
{
	if (symlink(program(), "link") == 0 || errno == EEXIST)
		execve("./link", args, no_environment);
}

static void by_hard_link(void)
{
	if (link(program(), "hard") == 0)
		execve("./hard", args, no_environment);
}

static void by_chdir(void)
{
	if (chdir(escape_outside()) == 0)
		execve("./program", args, no_environment);
}

static void by_loader(void)
{
	char *const words[] = { "ld.so", (char *)program(), "-c", "exit 42",
				NULL };

	execve("/lib64/ld-linux-x86-64.so.2", words, no_environment);
}

static void by_interpreter(void)
{
	char text[8192];

	snprintf(text, sizeof(text), "#!%s\nexit 42\n", program());
	if (escape_file_make("mine", text) == 0 && chmod("mine", 0755) == 0)
		execve("./mine", args, no_environment);
}

static void as_script(void)
{
	char *const words[] = { "script", NULL };

	execve(escape_outside_path("script"), words, no_environment);
}

/* Its code is mapped, which is what a loader does. */
static void by_mapping(void)
{
	int fd = open(program(), O_RDONLY);
	void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

	_exit(at == MAP_FAILED ? 1 : RAN);
}

#define WAY(fn)                                                                \
	static int way_##fn(void)                                              \
	{                                                                      \
		return ran(fn);                                                \
	}
WAY(by_name)
WAY(by_vfork)
WAY(by_execveat)
WAY(by_descriptor)
WAY(by_path_descriptor)
WAY(by_proc_fd)
WAY(by_proc_root)
WAY(by_link)
WAY(by_hard_link)
WAY(by_chdir)
WAY(by_loader)
WAY(by_interpreter)
WAY(as_script)
WAY(by_mapping)

static const struct escape_way ways[] = {
	{ "execve", way_by_name },
	{ "after vfork", way_by_vfork },
	{ "execveat", way_by_execveat },
	{ "execveat of a descriptor", way_by_descriptor },
	{ "execveat of O_PATH", way_by_path_descriptor },
	{ "/proc/self/fd", way_by_proc_fd },
	{ "/proc/self/root", way_by_proc_root },
	{ "a link", way_by_link },
	{ "a hard link", way_by_hard_link },
	{ "chdir", way_by_chdir },
	{ "the loader", way_by_loader },
	{ "as an interpreter", way_by_interpreter },
	{ "as a script", way_as_script },
	{ "an executable mapping", way_by_mapping },
};

static int attack(void)
{
	return escape_ways(ways, sizeof(ways) / sizeof(*ways));
}

int main(int argc, char **argv)
{
	return escape_main(
		argc, argv,
		&(struct escape){ .setup = setup, .attack = attack });
}
