/* SPDX-License-Identifier: Apache-2.0 */
/*
 * observe.c - what a jail's processes execute is seen, by the file that the
 * kernel took.
 * as: root
 * timeout: 120
 */
#include "observe_expect.h"

#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define NAMES_MAX 64

static char self[PATH_MAX];  /* this program */
static char shell[PATH_MAX]; /* what /bin/sh really is */
static char place[PATH_MAX]; /* a directory of this test */
static int self_fd = -1;

static void spawn_wait(void (*act)(void))
{
	pid_t pid = fork();

	if (pid == 0) {
		act();
		_exit(98);
	}
	waitpid(pid, NULL, 0);
}

static void copy_self(int out)
{
	char buf[65536];
	ssize_t n;

	lseek(self_fd, 0, SEEK_SET);
	while ((n = read(self_fd, buf, sizeof(buf))) > 0)
		CHECK(write(out, buf, (size_t)n) == n);
}

static void copy_make(void)
{
	int fd = open("copy", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	copy_self(fd);
	close(fd);
}

/* --- a binary, a script, a signal ---------------------------------------- */

static void exec_self(void)
{
	execl(self, self, "exit", "3", NULL);
}

static void exec_script(void)
{
	execl("./script", "./script", NULL);
}

static void die(void)
{
	kill(getpid(), SIGKILL);
}

static int act_programs(void)
{
	spawn_wait(exec_self);
	spawn_wait(exec_script);
	spawn_wait(die);
	return 5;
}

static void script_make(void)
{
	CLEANUP(file_closep) FILE *file = fopen("script", "we");

	fputs("#!/bin/sh\nexit 4\n", file);
	fchmod(fileno(file), 0755);
}

/* A fork by the first process, whose pid the following events must bear. */
static uint32_t check_fork(struct jail *jail, int *at)
{
	const struct seen *seen = jail_next(jail, at, ABI_OP_FORK);

	CHECK(seen->event.ppid == (uint32_t)jail->pid);
	CHECK(seen->event.pid != (uint32_t)jail->pid);
	CHECK(strcmp(seen->exe, self) == 0);
	return seen->event.pid;
}

static void check_exec(struct jail *jail, int *at, uint32_t pid,
		       const char *object, const char *object2)
{
	const struct seen *seen = jail_next(jail, at, ABI_OP_EXECUTED);

	CHECK(seen->event.pid == pid);
	CHECK(seen->event.ppid == (uint32_t)jail->pid);
	CHECK(seen->event.flags == 0);
	CHECK(strcmp(seen->exe, self) == 0);
	CHECK(strcmp(seen->object, object) == 0);
	CHECK(strcmp(seen->object2, object2) == 0);
}

static void check_exit(struct jail *jail, int *at, uint32_t pid,
		       const char *exe, int status)
{
	const struct seen *seen = jail_next(jail, at, ABI_OP_EXIT);

	CHECK(seen->event.pid == pid);
	CHECK(strcmp(seen->exe, exe) == 0);
	CHECK(seen->event.error == status);
}

static void programs_are_seen_from_fork_to_exit(void)
{
	struct jail jail;
	uint32_t pid;
	int at = 0;

	script_make();
	jail_run(&jail, act_programs);
	pid = check_fork(&jail, &at);
	check_exec(&jail, &at, pid, self, "");
	check_exit(&jail, &at, pid, self, 3 << 8);
	pid = check_fork(&jail, &at);
	check_exec(&jail, &at, pid, shell, "./script");
	check_exit(&jail, &at, pid, shell, 4 << 8);
	pid = check_fork(&jail, &at);
	check_exit(&jail, &at, pid, self, SIGKILL);
	check_exit(&jail, &at, (uint32_t)jail.pid, self, 5 << 8);
	CHECK(at == jail.count);
	CHECK(WEXITSTATUS(jail.status) == 5);
	for (int i = 0; i < jail.count; i++) {
		const struct event *event = &jail.seen[i].event;

		CHECK(event->seq == (uint64_t)i + 1);
		CHECK(event->source == ABI_SOURCE_KERNEL);
		CHECK(event->by == ABI_BY_TRACEPOINT);
		CHECK(event->verdict == ABI_ALLOW && event->rule == -1);
		CHECK(i == 0 ||
		      event->time_ns >= jail.seen[i - 1].event.time_ns);
	}
	jail_free(&jail);
	unlink("script");
}

/* --- where a file lies --------------------------------------------------- */

static void exec_copy(void)
{
	execl("./copy", "copy", "exit", "0", NULL);
}

static int act_copy(void)
{
	spawn_wait(exec_copy);
	return 0;
}

/* Goes LEVELS directories down, each of a name of LEN bytes. */
static void deep_enter(int levels, int len)
{
	for (int i = 0; i < levels; i++) {
		char name[NAME_MAX + 1] = "";

		memset(name, 'd', (size_t)len);
		CHECK(mkdir(name, 0755) == 0 && chdir(name) == 0);
	}
}

static void deep_leave(int levels, int len)
{
	for (int i = 0; i < levels; i++) {
		char name[NAME_MAX + 1] = "";

		memset(name, 'd', (size_t)len);
		CHECK(chdir("..") == 0 && rmdir(name) == 0);
	}
}

/* The object of PATH: without its first names where it has too many. */
static const char *expected_object(const char *path)
{
	const char *end = path + strlen(path);
	const char *at = end;

	for (int names = 0; at > path; names++) {
		const char *slash = at - 1;

		while (*slash != '/')
			slash--;
		if (names == NAMES_MAX || end - slash > ABI_EVENT_STRING_MAX)
			return at + 1;
		at = slash;
	}
	return path;
}

static void a_path_is_whole_or_marked(int levels, int len)
{
	CLEANUP(freep) char *path = malloc(1 << 20);
	const struct seen *seen;
	const char *expected;
	struct jail jail;
	int at = 1;
	char *to = path + sprintf(path, "%s", place);

	for (int i = 0; i < levels; i++) {
		*to++ = '/';
		memset(to, 'd', (size_t)len);
		to += len;
	}
	strcpy(to, "/copy");
	expected = expected_object(path);
	deep_enter(levels, len);
	copy_make();
	jail_run(&jail, act_copy);
	seen = jail_next(&jail, &at, ABI_OP_EXECUTED);
	CHECK(strcmp(seen->object, expected) == 0);
	CHECK(strcmp(seen->object2, "./copy") == 0);
	CHECK(seen->event.flags ==
	      (expected == path ? 0 : ABI_EVENT_TRUNCATED));
	jail_free(&jail);
	unlink("copy");
	deep_leave(levels, len);
}

static void paths_are_whole_or_marked(void)
{
	int names = 0;

	for (const char *at = place; *at; at++)
		names += *at == '/';
	a_path_is_whole_or_marked(NAMES_MAX - names - 1, 1);
	a_path_is_whole_or_marked(NAMES_MAX - names, 1);
	a_path_is_whole_or_marked(300, 5);
	a_path_is_whole_or_marked(10, NAME_MAX);
	a_path_is_whole_or_marked(20, NAME_MAX);
}

/* --- files without a place, and places that are not the host's ----------- */

static void exec_memfd(void)
{
	static char *const argv[] = { "memfd", "exit", "0", NULL };
	int fd = (int)syscall(SYS_memfd_create, "hidden", MFD_CLOEXEC);

	copy_self(fd);
	syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
}

static void exec_deleted(void)
{
	static char *const argv[] = { "copy", "exit", "0", NULL };
	int fd = open("copy", O_RDONLY | O_CLOEXEC);

	unlink("copy");
	syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
}

static int act_memfd(void)
{
	spawn_wait(exec_memfd);
	return 0;
}

static int act_deleted(void)
{
	spawn_wait(exec_deleted);
	return 0;
}

static void a_file_without_a_place_is_named_as_such(void)
{
	char deleted[PATH_MAX + 32];
	struct jail jail;
	int at = 1;

	jail_run(&jail, act_memfd);
	CHECK(strcmp(jail_next(&jail, &at, ABI_OP_EXECUTED)->object,
		     "memfd:hidden") == 0);
	jail_free(&jail);

	copy_make();
	snprintf(deleted, sizeof(deleted), "%s/copy (deleted)", place);
	at = 1;
	jail_run(&jail, act_deleted);
	CHECK(strcmp(jail_next(&jail, &at, ABI_OP_EXECUTED)->object, deleted) ==
	      0);
	jail_free(&jail);
}

/*
 * Paths are as the process sees them. First on a mount upon a mount, then with
 * a root of its own, in which everything else has the path that it had.
 */
static int act_mounted(void)
{
	int fd;

	if (unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", "mnt", "tmpfs", 0, NULL) < 0 ||
	    mkdir("mnt/sub", 0755) < 0 ||
	    mount("none", "mnt/sub", "tmpfs", 0, NULL) < 0)
		return 1;
	fd = open("mnt/sub/copy", O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	copy_self(fd);
	close(fd);
	if (chdir("mnt/sub") < 0)
		return 1;
	spawn_wait(exec_copy);
	if (chdir(place) < 0 ||
	    mount("/", "mnt", NULL, MS_BIND | MS_REC, NULL) < 0 ||
	    chroot("mnt") < 0 || chdir(place) < 0)
		return 1;
	spawn_wait(exec_copy);
	return 0;
}

static void a_path_crosses_mounts_up_to_the_root(void)
{
	char objects[2][PATH_MAX + 32];
	struct jail jail;
	int found = 0;

	snprintf(objects[0], sizeof(*objects), "%s/mnt/sub/copy", place);
	snprintf(objects[1], sizeof(*objects), "%s/copy", place);
	CHECK(mkdir("mnt", 0755) == 0);
	copy_make();
	jail_run(&jail, act_mounted);
	CHECK(jail.status == 0);
	for (int i = 0; i < jail.count; i++) {
		if (jail.seen[i].event.op != ABI_OP_EXECUTED)
			continue;
		CHECK(found < 2 &&
		      strcmp(jail.seen[i].object, objects[found]) == 0);
		found++;
	}
	CHECK(found == 2);
	jail_free(&jail);
	CHECK(unlink("copy") == 0 && rmdir("mnt") == 0);
}

int main(int argc, char **argv)
{
	char template[PATH_MAX];
	const char *tmp = getenv("TMPDIR");

	if (argc == 3 && strcmp(argv[1], "exit") == 0)
		return atoi(argv[2]);
	if (geteuid() != 0) {
		printf("needs root\n");
		return 77;
	}
	self_fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	snprintf(template, sizeof(template), "%s/observe.XXXXXX",
		 tmp ? tmp : "/tmp");
	if (!realpath("/proc/self/exe", self) || !realpath("/bin/sh", shell) ||
	    !mkdtemp(template) || !realpath(template, place) ||
	    chdir(place) < 0)
		return 1;
	programs_are_seen_from_fork_to_exit();
	paths_are_whole_or_marked();
	a_file_without_a_place_is_named_as_such();
	a_path_crosses_mounts_up_to_the_root();
	CHECK(chdir("/") == 0 && rmdir(place) == 0);
	return failures != 0;
}
