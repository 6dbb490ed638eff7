/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files_open.c - an open gives in the jail what it gives outside it: the same
 * descriptor, flags and object, or the same error, for objects of every kind
 * and flags of every combination.
 * timeout: 120
 * guest: no
 */
#include "as_bare.h"

#include <linux/openat2.h>
#include <sys/socket.h>
#include <sys/un.h>

#define KERNEL_O_LARGEFILE 0100000

static char long_name[256 + 1]; /* one too long for a component */
static char long_path[5000];

/* Those with every set of flags, and those that have few of their own. */
static const char *const objects[] = {
	"file",	   "dir",      "to_file",  "to_dir", "dangling",
	"missing", "missing/", "file/x",   "locked", ".",
	"",	   "to_new",   "readonly",
};
static const char *const rare_objects[] = {
	"dir/",
	"to_dir/",
	"loop",
	"missing/x",
	"file/",
	"locked_dir/x",
	"socket",
	"..",
	"/",
	"./",
	"//",
	"dir/../file",
	"./././file",
	"//dev//null",
	"to_null",
	"dir/.",
	"dir/..//",
	"to_outer",
	"new\nline",
	"\033[31mred",
	"\xff\xfe",
	"to_long",
	"to_self",
	"to_missing_fd",
	"/proc/self/fd/777",
	"/proc/none",
	"to_deep",
	"empty_dir",
};

static void address_of(const char *path, struct sockaddr_un *address)
{
	address->sun_family = AF_UNIX;
	snprintf(address->sun_path, sizeof(address->sun_path), "%s", path);
}

static void link_to(const char *text, const char *name)
{
	if (symlink(text, name) < 0 && errno != EEXIST)
		say("symlink %s: %s", name, outcome(-1));
}

/* Everything as it was; what a call before has made is gone. */
static void place_make(void)
{
	static const char *const made[] = { "file", "new\nline", "\033[31mred",
					    "\xff\xfe" };
	static const char *const fresh[] = { "missing", "new", "dir/new",
					     "dir/deep" };

	for (size_t i = 0; i < ARRAY_SIZE(fresh); i++)
		unlink(fresh[i]);
	for (size_t i = 0; i < ARRAY_SIZE(made); i++)
		file_put(made[i], "content", 0644);
}

static void place_begin(void)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	mkdir("dir", 0755);
	mkdir("empty_dir", 0755);
	mkdir("locked_dir", 0755);
	file_put("locked_dir/x", "content", 0644);
	chmod("locked_dir", 0);
	file_put("locked", "content", 0);
	file_put("readonly", "content", 0444);
	address_of("socket", &address);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		say("bind: %s", outcome(-1));
	close(fd);
	memset(long_name, 'n', sizeof(long_name) - 1);
	link_to("file", "to_file");
	link_to("dir", "to_dir");
	link_to("nothing/here", "dangling");
	link_to("new", "to_new");
	link_to("dir/deep", "to_deep");
	link_to("loop", "loop");
	link_to("/dev/null", "to_null");
	link_to("../outer", "to_outer");
	link_to("/proc/self/fd/0", "to_self");
	link_to("/proc/self/fd/777", "to_missing_fd");
	link_to(long_name, "to_long");
}

static void tell(const char *what, long fd)
{
	struct stat st;
	char byte = 0;

	if (fd < 0) {
		say("%s: %s", what, outcome(fd));
		return;
	}
	if (fstat((int)fd, &st) < 0)
		st.st_mode = 0;
	/* An open on behalf loses O_NOFOLLOW, which means nothing later. */
	say("%s: fd %ld flags %o cloexec %d mode %o size %ld at %s read %s",
	    what, fd, fcntl((int)fd, F_GETFL) & ~O_NOFOLLOW,
	    fcntl((int)fd, F_GETFD), st.st_mode,
	    S_ISDIR(st.st_mode) ? 0 : (long)st.st_size,
	    S_ISDIR(st.st_mode) ? "-" : outcome(lseek((int)fd, 0, SEEK_CUR)),
	    outcome(read((int)fd, &byte, 1)));
	close((int)fd);
}

/* A path shall be one line, whatever is in it. */
static const char *path_text(const char *path)
{
	static char text[64];
	size_t n = 0;

	for (; *path && n < sizeof(text) - 4; path++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
				      *path > ' ' ? "%c" : "%%%02x",
				      (unsigned char)*path);
	text[n] = '\0';
	return text;
}

/* Each access mode with every set of those that change an open's meaning. */
static void open_matrix(const char *path)
{
	static const int bits[] = { O_CREAT, O_EXCL, O_TRUNC, O_DIRECTORY,
				    O_NOFOLLOW };
	char what[128];

	for (int access = 0; access < 4; access++)
		for (unsigned set = 0; set < 1 << ARRAY_SIZE(bits); set++) {
			int flags = access | O_NONBLOCK;

			for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
				if (set & 1u << i)
					flags |= bits[i];
			snprintf(what, sizeof(what), "open %s %o",
				 path_text(path), flags);
			tell(what, open(path, flags, 0640));
			if (flags & (O_CREAT | O_TRUNC))
				place_make();
		}
}

static void open_others(const char *path)
{
	/* As open_matrix() has them, but few. */
	static const int flags[] = {
		O_PATH,
		O_PATH | O_NOFOLLOW,
		O_PATH | O_DIRECTORY,
		O_PATH | O_CREAT | O_RDWR,
		O_TMPFILE | O_RDWR,
		O_TMPFILE | O_WRONLY,
		O_TMPFILE | O_RDONLY,
		O_TMPFILE | O_RDWR | O_EXCL,
		O_TMPFILE | O_RDWR | O_CREAT,
		O_RDONLY | O_CLOEXEC,
		O_RDONLY | O_NOATIME,
		O_RDWR | O_SYNC,
		O_RDWR | O_DSYNC,
		O_RDONLY | O_NOCTTY,
		O_RDONLY | O_ASYNC,
		O_RDONLY | KERNEL_O_LARGEFILE,
		O_RDONLY | 040000000, /* unknown to the kernel */
		O_WRONLY | O_CREAT | O_CLOEXEC,
		O_RDONLY,
		O_RDWR,
		O_RDONLY | O_DIRECTORY,
		O_RDONLY | O_NOFOLLOW,
		O_RDWR | O_TRUNC,
		O_WRONLY | O_APPEND,
		O_RDWR | O_APPEND,
		O_WRONLY | O_APPEND | O_TRUNC,
		O_WRONLY | O_APPEND | O_CREAT,
		O_RDWR | O_CREAT,
		O_RDWR | O_CREAT | O_EXCL,
		O_RDWR | O_CREAT | O_NOFOLLOW,
		O_RDWR | O_CREAT | O_DIRECTORY,
		O_RDONLY | O_CREAT | O_TRUNC,
	};
	char what[128];

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		place_make();
		snprintf(what, sizeof(what), "open %s %o", path_text(path),
			 flags[i]);
		/* Where the root is writable at all, no jail writes there. */
		if (path[0] != '/' || !(flags[i] & __O_TMPFILE))
			tell(what, open(path, flags[i] | O_NONBLOCK, 0640));
	}
	place_make();
	snprintf(what, sizeof(what), "creat %s", path_text(path));
	tell(what, creat(path, 0600));
}

static long openat2(int dir_fd, const char *path, uint64_t flags, uint64_t mode,
		    uint64_t resolve, size_t size)
{
	struct {
		struct open_how how;
		uint64_t more[8];
	} arg = { .how = { flags, mode, resolve } };

	return syscall(SYS_openat2, dir_fd, path, &arg, size);
}

static const char *const resolved[] = {
	"file",	   "to_file",	      "to_new",	   "missing",
	"..",	   "dir/../file",     "to_outer",  "to_self",
	"to_null", "/proc/self/fd/0", "/dev/null", "/",
};

static void openat2_matrix(const char *path)
{
	char what[128];

	for (uint64_t resolve = 0; resolve < 32; resolve++) {
		place_make();
		snprintf(what, sizeof(what), "openat2 %s resolve %lx",
			 path_text(path), resolve);
		tell(what, openat2(AT_FDCWD, path, O_RDONLY | O_NONBLOCK, 0,
				   resolve, sizeof(struct open_how)));
		strcat(what, " create");
		tell(what,
		     openat2(AT_FDCWD, path, O_RDWR | O_CREAT | O_NONBLOCK,
			     0600, resolve, sizeof(struct open_how)));
	}
}

static void openat2_refused(void)
{
	const size_t size = sizeof(struct open_how);

	tell("size 0", openat2(AT_FDCWD, "file", 0, 0, 0, 0));
	tell("size less", openat2(AT_FDCWD, "file", 0, 0, 0, size - 1));
	tell("size more", openat2(AT_FDCWD, "file", 0, 0, 0, size + 8));
	tell("size page", openat2(AT_FDCWD, "file", 0, 0, 0, 5000));
	tell("mode alone", openat2(AT_FDCWD, "file", 0, 0600, 0, size));
	tell("mode high",
	     openat2(AT_FDCWD, "new", O_CREAT | O_RDWR, 010000, 0, size));
	tell("flags high", openat2(AT_FDCWD, "file", 1ull << 40, 0, 0, size));
	tell("flags odd", openat2(AT_FDCWD, "file", 040000000, 0, 0, size));
	tell("resolve odd", openat2(AT_FDCWD, "file", 0, 0, 1 << 9, size));
	tell("resolve two", openat2(AT_FDCWD, "file", 0, 0,
				    RESOLVE_BENEATH | RESOLVE_IN_ROOT, size));
	tell("cached create", openat2(AT_FDCWD, "missing", O_CREAT | O_RDWR,
				      0600, RESOLVE_CACHED, size));
	errno = 0;
	say("how at 1: %s",
	    outcome(syscall(SYS_openat2, AT_FDCWD, "file", 1, size)));
}

static void lengths(void)
{
	char name[NAME_MAX + 1];

	memset(name, 'm', NAME_MAX);
	name[NAME_MAX] = '\0';
	tell("255 bytes missing", open(name, O_RDONLY));
	tell("255 bytes new", open(name, O_RDWR | O_CREAT, 0600));
	tell("255 bytes there", open(name, O_RDONLY));
	unlink(name);
	tell("256 bytes", open(long_name, O_RDONLY));
	tell("256 bytes new", open(long_name, O_RDWR | O_CREAT, 0600));
	for (size_t length = 4090; length < 4100; length++) {
		char what[64];

		memset(long_path, '/', length);
		memcpy(long_path, "./", 2);
		memcpy(long_path + length - 4, "file", 5);
		snprintf(what, sizeof(what), "%zu bytes", length);
		tell(what, open(long_path, O_RDONLY));
		tell(what, open(long_path, O_RDWR | O_CREAT, 0600));
	}
}

static void act(void)
{
	place_begin();
	place_make();
	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		open_matrix(objects[i]);
		open_others(objects[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(rare_objects); i++)
		open_others(rare_objects[i]);
	for (size_t i = 0; i < ARRAY_SIZE(resolved); i++)
		openat2_matrix(resolved[i]);
	place_make();
	openat2_refused();
	lengths();
	chmod("locked_dir", 0700);
}

int main(int argc, char **argv)
{
	return as_bare_main(argc, argv, act);
}
