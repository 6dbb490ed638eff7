/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files_process.c - what a process has of its own counts in the jail as it
 * does outside: directories, umasks, descriptors, limits, /proc/self, threads
 * that share none of it, and programs run from files just written.
 */
#include "as_bare.h"

#include <linux/openat2.h>
#include <pthread.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/xattr.h>

static mode_t mode_of(const char *path)
{
	struct stat st;

	return lstat(path, &st) < 0 ? 0 : st.st_mode;
}

/* Runs FN in a child, whose lines come before ours; says how it ended. */
static void in_child(const char *what, void (*fn)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		fn();
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	say("%s: ended with %#x", what, status);
}

/* --- umask and default ACLs ---------------------------------------------- */

static void make_kinds(const char *what)
{
	int fd = open("u_file", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0777);

	close(fd);
	say("%s: file %o dir %o fifo %o link %o", what, mode_of("u_file"),
	    mkdir("u_dir", 0777) < 0 ? 0 : mode_of("u_dir"),
	    mkfifo("u_fifo", 0777) < 0 ? 0 : mode_of("u_fifo"),
	    symlink("x", "u_link") < 0 ? 0 : mode_of("u_link"));
	unlink("u_file");
	rmdir("u_dir");
	unlink("u_fifo");
	unlink("u_link");
}

static void *other_umask(void *arg)
{
	unshare(CLONE_FS);
	umask(077);
	make_kinds("a thread's own umask");
	return arg;
}

static void umasks(void)
{
	static const mode_t masks[] = { 0, 022, 027, 077, 0777, 0111 };
	pthread_t thread;
	char what[32];

	for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
		umask(masks[i]);
		snprintf(what, sizeof(what), "umask %o", masks[i]);
		make_kinds(what);
	}
	umask(022);
	pthread_create(&thread, NULL, other_umask, NULL);
	pthread_join(thread, NULL);
	make_kinds("ours is as it was");
	mkdir("sticky", 0755);
	say("mode bits: %s %o", outcome(mkdir("sticky/d", 01777)),
	    mode_of("sticky/d"));
}

/* user::rwx group::r-x other::---, as xattr(7) has it. */
static void default_acl(void)
{
	static const struct {
		uint32_t version;
		struct {
			uint16_t tag, perm;
			uint32_t id;
		} entry[3];
	} acl = { 2, { { 1, 7, ~0u }, { 4, 5, ~0u }, { 32, 0, ~0u } } };

	mkdir("acl", 0755);
	say("a default ACL: %s",
	    outcome(setxattr("acl", "system.posix_acl_default", &acl,
			     sizeof(acl), 0)));
	if (chdir("acl") < 0)
		return;
	make_kinds("under a default ACL");
	if (chdir("..") < 0)
		say("cannot go back");
}

/* --- directories --------------------------------------------------------- */

static pthread_barrier_t here;

static void *own_cwd(void *arg)
{
	char path[PATH_MAX];

	unshare(CLONE_FS);
	say("a thread goes elsewhere: %s", outcome(chdir("d1")));
	file_put("by_thread", "x", 0644);
	pthread_barrier_wait(&here);
	pthread_barrier_wait(&here);
	say("its file: %s", outcome(open("by_thread", O_RDWR | O_CLOEXEC)));
	say("it is in %s", strrchr(getcwd(path, sizeof(path)), '/'));
	return arg;
}

static void gone_cwd(void)
{
	mkdir("gone", 0755);
	say("into it: %s", outcome(chdir("gone")));
	say("rmdir: %s", outcome(rmdir("../gone")));
	say("open .: %s", whether(open(".", O_RDONLY)));
	say("open new: %s", whether(open("new", O_CREAT | O_RDWR, 0600)));
	say("open ..: %s", whether(open("..", O_RDONLY)));
	say("open ../d1/by_main: %s", whether(open("../d1/x", O_RDONLY)));
	say("mkdir: %s", outcome(mkdir("new", 0700)));
	say("unlink: %s", outcome(unlink("new")));
	say("rename: %s", outcome(rename("a", "b")));
	say("absolute: %s", whether(open("/proc/self/cwd", O_RDONLY)));
	say("stat of /proc/self/cwd: %s",
	    whether(open("/proc/self/cwd/x", O_RDONLY)));
	say("chmod: %s", outcome(chmod(".", 0700)));
}

static void child_elsewhere(void)
{
	if (chdir("d2") < 0)
		return;
	say("in a child: %s", whether(open("in_d2", O_RDONLY)));
	if (fork() == 0) {
		say("in its child: %s", whether(open("../d2/in_d2", O_RDONLY)));
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
}

static void directories(void)
{
	pthread_t thread;
	int fd;

	mkdir("d1", 0755);
	mkdir("d2", 0755);
	file_put("d2/in_d2", "x", 0644);
	pthread_barrier_init(&here, NULL, 2);
	pthread_create(&thread, NULL, own_cwd, NULL);
	pthread_barrier_wait(&here);
	say("not here: %s", whether(open("by_thread", O_RDONLY)));
	say("but there: %s", whether(open("d1/by_thread", O_RDONLY)));
	pthread_barrier_wait(&here);
	pthread_join(thread, NULL);
	in_child("child", child_elsewhere);
	in_child("gone", gone_cwd);
	fd = open("d2", O_RDONLY | O_DIRECTORY);
	say("fchdir: %s", outcome(fchdir(fd)));
	say("after it: %s", whether(open("in_d2", O_RDONLY)));
	say("back: %s", outcome(chdir("..")));
	rename("d2", "d3");
	say("by a descriptor of what was renamed: %s",
	    whether(openat(fd, "in_d2", O_RDONLY)));
	close(fd);
}

/* --- descriptors --------------------------------------------------------- */

static void few_descriptors(void)
{
	const struct rlimit few = { 8, 8 };
	int last = 0, fd;

	setrlimit(RLIMIT_NOFILE, &few);
	while ((fd = open("d1", O_RDONLY | O_DIRECTORY)) >= 0)
		last = fd;
	say("full at %d: %s", last, outcome(fd));
	say("create: %s", outcome(open("m_new", O_CREAT | O_RDWR, 0600)));
	say("nothing was made: %s", outcome(access("m_new", F_OK)));
	file_put("m_kept", "kept", 0600);
	close(last);
	file_put("m_kept", "kept", 0600);
	fd = open("d1", O_RDONLY | O_DIRECTORY);
	say("truncate: %s", outcome(open("m_kept", O_RDWR | O_TRUNC)));
	close(fd);
	say("lowest: %s", outcome(open("m_kept", O_RDONLY)));
}

static void small_files(void)
{
	const struct rlimit small = { 10, 10 };
	int fd;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &small);
	fd = open("s", O_CREAT | O_RDWR, 0600);
	say("write 20: %s", outcome(write(fd, "12345678901234567890", 20)));
	say("write on: %s", outcome(write(fd, "1", 1)));
	say("ftruncate: %s", outcome(ftruncate(fd, 20)));
	say("truncate: %s", outcome(truncate("s", 20)));
	say("truncate less: %s", outcome(truncate("s", 5)));
	signal(SIGXFSZ, SIG_DFL);
	say("not reached: %s", outcome(truncate("s", 20)));
}

static void magic_links(void)
{
	char path[64], text[PATH_MAX];
	int fd = open("d1/x", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	int unlinked = open("d1/y", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	int pipes[2];
	ssize_t n;

	unlink("d1/y");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	say("own descriptor: %s", whether(open(path, O_RDWR | O_CLOEXEC)));
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	say("by /dev/fd: %s", whether(open(path, O_RDONLY | O_CLOEXEC)));
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), fd);
	say("by the pid: %s", whether(open(path, O_RDONLY | O_CLOEXEC)));
	snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", fd);
	say("by the thread: %s", whether(open(path, O_RDONLY | O_CLOEXEC)));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", unlinked);
	say("of what has no name: %s", whether(open(path, O_RDWR | O_CLOEXEC)));
	if (pipe2(pipes, O_CLOEXEC) == 0) {
		snprintf(path, sizeof(path), "/proc/self/fd/%d", pipes[1]);
		say("of a pipe: %s", whether(open(path, O_WRONLY | O_CLOEXEC)));
	}
	say("/dev/stdin: %s", whether(open("/dev/stdin", O_RDONLY)));
	say("exe: %s", whether(open("/proc/self/exe", O_RDONLY)));
	say("exe for writing: %s", whether(open("/proc/self/exe", O_RDWR)));
	say("cwd: %s", whether(open("/proc/self/cwd", O_RDONLY)));
	say("through cwd: %s",
	    whether(open("/proc/self/cwd/d1/x", O_RDONLY | O_CLOEXEC)));
	say("root: %s", whether(open("/proc/self/root/dev/null", O_RDONLY)));
	n = readlink("/proc/self", text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	say("self is us: %d", atoi(text) == getpid());
	close(fd);
}

/* The line of /proc/self/status that names KEY is VALUE. */
static bool status_has(const char *file, const char *key, long value)
{
	char line[256];
	FILE *status = fopen(file, "re");
	bool has = false;

	while (status && fgets(line, sizeof(line), status))
		if (strncmp(line, key, strlen(key)) == 0)
			has = atol(line + strlen(key)) == value;
	if (status)
		fclose(status);
	return has;
}

static void *thread_proc(void *arg)
{
	say("a thread's self: %d, thread-self: %d",
	    status_has("/proc/self/status", "Pid:", getpid()),
	    status_has("/proc/thread-self/status", "Pid:", gettid()));
	return arg;
}

static void own_proc(void)
{
	pthread_t thread;
	char path[64];

	say("status: %d", status_has("/proc/self/status", "Pid:", getpid()));
	snprintf(path, sizeof(path), "/proc/%d/status", getppid());
	say("the parent's: %d", status_has(path, "Pid:", getppid()));
	pthread_create(&thread, NULL, thread_proc, NULL);
	pthread_join(thread, NULL);
	say("memory: %s", whether(open("/proc/self/mem", O_RDONLY)));
	say("maps: %s", whether(open("/proc/self/maps", O_RDONLY)));
	say("environ: %s", whether(open("/proc/self/environ", O_RDONLY)));
	say("nobody's: %s", whether(open("/proc/999999/status", O_RDONLY)));
}

static void own_proc_in_child(void)
{
	own_proc();
	magic_links();
}

/* --- what follows an open ------------------------------------------------ */

static void locks(void)
{
	struct flock lock = { .l_type = F_WRLCK };
	int a = open("lock", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	int b = open("lock", O_RDWR | O_CLOEXEC);

	say("flock: %s, again: %s", outcome(flock(a, LOCK_EX | LOCK_NB)),
	    outcome(flock(b, LOCK_EX | LOCK_NB)));
	close(a);
	say("after the close: %s", outcome(flock(b, LOCK_EX | LOCK_NB)));
	say("fcntl: %s", outcome(fcntl(b, F_SETLK, &lock)));
	if (fork() == 0) {
		int fd = open("lock", O_RDWR);

		fcntl(fd, F_GETLK, &lock);
		say("a child sees the owner: %d", lock.l_pid == getppid());
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	say("a lease: %s", outcome(fcntl(b, F_SETLEASE, F_WRLCK)));
	close(b);
}

/* Written, closed, executed: nobody else may hold it for writing then. */
static int run_script(void)
{
	int status = 0;
	pid_t pid = vfork();

	if (pid == 0) {
		execl("./script", "script", NULL);
		_exit(errno == ETXTBSY ? 98 : 99);
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void written_and_run(void)
{
	int failed = 0;

	for (int i = 0; i < 100; i++) {
		unlink("script");
		file_put("script", "#!/bin/sh\nexit 7\n", 0755);
		failed += run_script() != 7;
	}
	say("a script just written fails to run: %d times", failed);
}

static void watched(void)
{
	char events[4096];
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	uint32_t seen = 0;
	ssize_t n;

	say("watch: %s", whether(inotify_add_watch(fd, "d1", IN_ALL_EVENTS)));
	file_put("d1/w", "x", 0600);
	rename("d1/w", "d1/v");
	unlink("d1/v");
	n = read(fd, events, sizeof(events));
	for (ssize_t at = 0; at + (ssize_t)sizeof(struct inotify_event) <= n;) {
		const struct inotify_event *event = (void *)(events + at);

		seen |= event->mask;
		at += (ssize_t)(sizeof(*event) + event->len);
	}
	say("seen: %x", seen & (IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE |
				IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE));
}

static void mapped(void)
{
	int fd = open("map", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	char *at;

	say("ftruncate: %s", outcome(ftruncate(fd, 4096)));
	at = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	say("shared: %d", at != MAP_FAILED);
	if (at != MAP_FAILED)
		at[0] = 'm';
	close(fd);
	fd = open("map", O_RDONLY | O_CLOEXEC);
	at = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
	say("seen: %d", at != MAP_FAILED && at[0] == 'm');
	say("writable by a reader's: %d",
	    mmap(NULL, 4096, PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED);
	close(fd);
}

/* A path that crosses into memory that is not there, and one that does not. */
static void bad_memory(void)
{
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(page + 4096, 4096);
	memcpy(page + 4096 - 3, "d1", 3);
	say("to the page's end: %s", whether(open(page + 4096 - 3, O_RDONLY)));
	memset(page, 'x', 4096);
	say("over it: %s", outcome(open(page + 4096 - 3, O_RDONLY)));
	say("nowhere: %s", outcome(open((const char *)8, O_RDONLY)));
	say("NULL: %s", outcome(syscall(SYS_openat, AT_FDCWD, NULL, 0)));
	say("dirfd garbage: %s", outcome(openat(12345, "x", O_RDONLY)));
	say("dirfd a file: %s", outcome(openat(0, "x", O_RDONLY)));
	say("dirfd garbage, absolute: %s",
	    whether(openat(12345, "/dev/null", O_RDONLY)));
	mprotect(page, 4096, PROT_NONE);
	say("unreadable: %s", outcome(open(page, O_RDONLY)));
}

static void act(void)
{
	umasks();
	default_acl();
	directories();
	in_child("few descriptors", few_descriptors);
	in_child("small files", small_files);
	/* The first process of a jail has no parent that it could see. */
	in_child("in a child", own_proc_in_child);
	locks();
	written_and_run();
	watched();
	mapped();
	bad_memory();
}

int main(int argc, char **argv)
{
	return as_bare_main(argc, argv, act);
}
