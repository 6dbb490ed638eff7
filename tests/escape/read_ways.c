/* SPDX-License-Identifier: Apache-2.0 */
/*
 * read_ways.c - a secret outside the scope, reached by detours: links, procfs,
 * descriptors, other calls' idea of a path.
 */
#include "escape_ways.h"

#include <linux/openat2.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#define SECRET "the secret of outside"

#define secret() escape_outside_path("secret")

static int setup(void)
{
	return escape_file_make(secret(), SECRET);
}

/* Whether the descriptor, if it is one, gives the secret away. */
static int told(int fd)
{
	char buf[64] = { 0 };

	if (fd < 0)
		return escape_got(fd);
	if (read(fd, buf, sizeof(buf) - 1) <= 0)
		return PREVENTED;
	return strcmp(buf, SECRET) == 0 ? ESCAPED : PREVENTED;
}

static int through(const char *prefix)
{
	char path[8192];

	snprintf(path, sizeof(path), "%s%s", prefix, secret());
	return told(open(path, O_RDONLY));
}

static int way_plain(void)
{
	return told(open(secret(), O_RDONLY));
}

static int way_proc_root(void)
{
	return through("/proc/self/root");
}

static int way_thread_root(void)
{
	return through("/proc/thread-self/root");
}

static int way_pid_root(void)
{
	char prefix[64];

	snprintf(prefix, sizeof(prefix), "/proc/%d/root", getpid());
	return through(prefix);
}

static int way_dots(void)
{
	return through("../../../../../../../../../../../../../../..");
}

static int way_slashes(void)
{
	return through("////./././//");
}

static int way_link(void)
{
	if (symlink(secret(), "to_secret") < 0)
		return PREVENTED;
	return told(open("to_secret", O_RDONLY));
}

static int way_link_dir(void)
{
	if (symlink(escape_outside(), "to_outside") < 0)
		return PREVENTED;
	return told(open("to_outside/secret", O_RDONLY));
}

static int way_link_chain(void)
{
	if (symlink("/proc/self/root", "root1") < 0 ||
	    symlink("root1", "root2") < 0)
		return PREVENTED;
	return through("root2");
}

static int way_path_then_proc(void)
{
	char path[64];
	int fd = open(secret(), O_PATH);

	if (fd < 0)
		return PREVENTED;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return told(open(path, O_RDONLY));
}

static int way_path_then_dev(void)
{
	char path[64];
	int fd = open(secret(), O_PATH);

	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	return told(open(path, O_RDONLY));
}

static int way_dir_path(void)
{
	return told(openat(open(escape_outside(), O_PATH), "secret", O_RDONLY));
}

static int way_root_path(void)
{
	return told(openat(open("/", O_PATH), secret() + 1, O_RDONLY));
}

static int way_chdir(void)
{
	if (chdir(escape_outside()) < 0)
		return PREVENTED;
	return told(open("secret", O_RDONLY));
}

static int way_openat2(void)
{
	struct open_how how = { .resolve = RESOLVE_IN_ROOT };
	int root = open("/", O_PATH);

	return told(
		(int)syscall(SYS_openat2, root, secret(), &how, sizeof(how)));
}

static int way_openat2_cached(void)
{
	struct open_how how = { .resolve = RESOLVE_CACHED };

	way_plain(); /* the cache is warm */
	return told((int)syscall(SYS_openat2, AT_FDCWD, secret(), &how,
				 sizeof(how)));
}

static int way_handle(void)
{
	struct {
		struct file_handle head;
		char bytes[MAX_HANDLE_SZ];
	} handle = { .head.handle_bytes = MAX_HANDLE_SZ };
	int mount, fd;

	if (name_to_handle_at(AT_FDCWD, secret(), &handle.head, &mount, 0) < 0)
		return getenv("ESCAPE_ALL") ? UNTRIED : PREVENTED;
	fd = open_by_handle_at(open(".", O_RDONLY), &handle.head, O_RDONLY);
	if (fd < 0 && getenv("ESCAPE_ALL"))
		return UNTRIED; /* it is a privilege */
	return told(fd);
}

static int way_link_out(void)
{
	if (link(secret(), "hard") < 0)
		return PREVENTED;
	return told(open("hard", O_RDONLY));
}

static int way_rename_out(void)
{
	escape_file_make("mine", "x");
	if (syscall(SYS_renameat2, AT_FDCWD, "mine", AT_FDCWD, secret(), 2) < 0)
		return PREVENTED;
	return told(open("mine", O_RDONLY));
}

static const struct escape_way ways[] = {
	{ "by its name", way_plain },
	{ "/proc/self/root", way_proc_root },
	{ "/proc/thread-self/root", way_thread_root },
	{ "/proc/PID/root", way_pid_root },
	{ "dots", way_dots },
	{ "slashes", way_slashes },
	{ "a link", way_link },
	{ "a link to its directory", way_link_dir },
	{ "a link to /proc/self/root", way_link_chain },
	{ "O_PATH and /proc/self/fd", way_path_then_proc },
	{ "O_PATH and /dev/fd", way_path_then_dev },
	{ "O_PATH of its directory", way_dir_path },
	{ "O_PATH of the root", way_root_path },
	{ "chdir", way_chdir },
	{ "RESOLVE_IN_ROOT", way_openat2 },
	{ "RESOLVE_CACHED", way_openat2_cached },
	{ "a file handle", way_handle },
	{ "a hard link", way_link_out },
	{ "an exchange", way_rename_out },
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
