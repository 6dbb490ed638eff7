/* SPDX-License-Identifier: Apache-2.0 */
/*
 * write_ways.c - every call that changes a file, a name or what is said of
 * them, tried on what may be read and not changed; through a descriptor too.
 */
#include "escape_ways.h"

#include <linux/fs.h>
#include <linux/openat2.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/xattr.h>
#include <utime.h>

#define there() escape_outside_path("there")

static int setup(void)
{
	if (mkdir(escape_outside_path("dir"), 0755) < 0 ||
	    mkdir(escape_outside_path("empty"), 0755) < 0)
		return 1;
	return escape_file_make(there(), "before") < 0;
}

static int by(long result)
{
	return escape_got(result);
}

static int reader(void)
{
	return open(there(), O_RDONLY | O_CLOEXEC);
}

static int way_open(void)
{
	return by(syscall(SYS_open, there(), O_WRONLY, 0));
}

static int way_open_both(void)
{
	return by(syscall(SYS_open, there(), O_RDWR, 0));
}

static int way_openat(void)
{
	return by(syscall(SYS_openat, AT_FDCWD, there(), O_WRONLY | O_APPEND));
}

static int way_openat2(void)
{
	struct open_how how = { .flags = O_RDWR };

	return by(syscall(SYS_openat2, AT_FDCWD, there(), &how, sizeof(how)));
}

static int way_creat(void)
{
	return by(syscall(SYS_creat, there(), 0644));
}

static int way_truncating_read(void)
{
	return by(open(there(), O_RDONLY | O_TRUNC));
}

static int way_truncate(void)
{
	return by(truncate(there(), 1));
}

static int way_access_3(void)
{
	return by(open(there(), 3));
}

static int reopen(int fd)
{
	char path[64];

	if (fd < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY);
}

static int way_reopen_path(void)
{
	return by(reopen(open(there(), O_PATH)));
}

static int way_reopen_reader(void)
{
	return by(reopen(reader()));
}

static int way_dirfd(void)
{
	int fd = open(escape_outside(), O_PATH | O_DIRECTORY);

	return by(openat(fd, "there", O_WRONLY));
}

static int way_dirfd_create(void)
{
	int fd = open(escape_outside(), O_RDONLY | O_DIRECTORY);

	return by(openat(fd, "made_openat", O_WRONLY | O_CREAT, 0600));
}

static int way_link_there(void)
{
	if (symlink(there(), "to_there") < 0)
		return UNTRIED;
	return by(open("to_there", O_WRONLY));
}

static int way_dangling(void)
{
	if (symlink(escape_outside_path("made_link"), "to_new") < 0)
		return UNTRIED;
	return by(open("to_new", O_WRONLY | O_CREAT, 0600));
}

static int way_chdir(void)
{
	if (chdir(escape_outside()) < 0)
		return PREVENTED;
	return by(open("there", O_WRONLY));
}

static int way_fchdir(void)
{
	int fd = open(escape_outside(), O_PATH | O_DIRECTORY);

	if (fchdir(fd) < 0)
		return PREVENTED;
	return by(open("made_fchdir", O_WRONLY | O_CREAT, 0600));
}

static int way_tmpfile(void)
{
	return by(open(escape_outside(), O_TMPFILE | O_RDWR, 0600));
}

static int way_mkdir(void)
{
	return by(mkdir(escape_outside_path("made_dir"), 0700));
}

static int way_mkdirat(void)
{
	int fd = open(escape_outside(), O_PATH);

	return by(mkdirat(fd, "made_dirat", 0700));
}

static int way_mknod(void)
{
	return by(syscall(SYS_mknod, escape_outside_path("made_nod"),
			  S_IFREG | 0600, 0));
}

static int way_mknodat(void)
{
	return by(mknodat(AT_FDCWD, escape_outside_path("made_nodat"),
			  S_IFIFO | 0600, 0));
}

static int way_symlink(void)
{
	return by(symlink("x", escape_outside_path("made_sym")));
}

static int way_symlinkat(void)
{
	int fd = open(escape_outside(), O_PATH);

	return by(symlinkat("x", fd, "made_symat"));
}

static int way_rename_in(void)
{
	escape_file_make("mine", "escaped");
	return by(rename("mine", escape_outside_path("made_rename")));
}

static int way_renameat_in(void)
{
	int fd = open(escape_outside(), O_PATH);

	escape_file_make("mine", "escaped");
	return by(renameat(AT_FDCWD, "mine", fd, "made_renameat"));
}

static int way_renameat2_over(void)
{
	escape_file_make("mine", "escaped");
	return by(syscall(SYS_renameat2, AT_FDCWD, "mine", AT_FDCWD,
			  escape_outside_path("made_renameat2"), 0));
}

static int way_exchange(void)
{
	escape_file_make("mine", "escaped");
	return by(syscall(SYS_renameat2, AT_FDCWD, "mine", AT_FDCWD, there(),
			  RENAME_EXCHANGE));
}

static int way_link_in(void)
{
	escape_file_make("mine", "escaped");
	return by(link("mine", escape_outside_path("made_hard")));
}

static int way_linkat_in(void)
{
	int fd = open(escape_outside(), O_PATH);

	escape_file_make("mine", "escaped");
	return by(linkat(AT_FDCWD, "mine", fd, "made_hardat", 0));
}

static int way_chmod(void)
{
	return by(chmod(there(), 0600));
}

static int way_fchmod(void)
{
	return by(fchmod(reader(), 0640));
}

static int way_fchmodat(void)
{
	return by(syscall(SYS_fchmodat, AT_FDCWD, there(), 0600));
}

static int way_fchmodat2(void)
{
	return by(syscall(452, open(there(), O_PATH), "", 0604, AT_EMPTY_PATH));
}

static int way_chown(void)
{
	return by(chown(there(), getuid(), getgid()));
}

static int way_lchown(void)
{
	return by(lchown(there(), getuid(), getgid()));
}

static int way_fchown(void)
{
	return by(fchown(reader(), getuid(), getgid()));
}

static int way_fchownat(void)
{
	return by(fchownat(open(there(), O_PATH), "", getuid(), getgid(),
			   AT_EMPTY_PATH));
}

static int way_utime(void)
{
	return by(syscall(SYS_utime, there(), NULL));
}

static int way_utimes(void)
{
	return by(syscall(SYS_utimes, there(), NULL));
}

static int way_futimesat(void)
{
	return by(syscall(SYS_futimesat, AT_FDCWD, there(), NULL));
}

static int way_utimensat(void)
{
	return by(utimensat(AT_FDCWD, there(), NULL, 0));
}

static int way_futimens(void)
{
	return by(futimens(reader(), NULL));
}

/* Where the file system takes such attributes at all. */
static int attribute(long result)
{
	if (result < 0 && errno == EOPNOTSUPP)
		return UNTRIED;
	return by(result);
}

static int way_setxattr(void)
{
	return attribute(setxattr(there(), "user.x", "v", 1, 0));
}

static int way_lsetxattr(void)
{
	return attribute(lsetxattr(there(), "user.y", "v", 1, 0));
}

static int way_fsetxattr(void)
{
	return attribute(fsetxattr(reader(), "user.z", "v", 1, 0));
}

static int way_removexattr(void)
{
	return attribute(removexattr(there(), "user.x"));
}

static int way_setflags(void)
{
	int flags = FS_NODUMP_FL;
	long r = ioctl(reader(), FS_IOC_SETFLAGS, &flags);

	if (r < 0 && (errno == ENOTTY || errno == EOPNOTSUPP))
		return UNTRIED;
	return by(r);
}

static int way_unlink(void)
{
	return by(unlink(escape_outside_path("victim_unlink")));
}

static int way_unlinkat(void)
{
	int fd = open(escape_outside(), O_PATH);

	return by(unlinkat(fd, "victim_unlinkat", 0));
}

static int way_rmdir(void)
{
	return by(rmdir(escape_outside_path("empty")));
}

static int way_rename_away(void)
{
	return by(rename(escape_outside_path("victim_rename"), "stolen"));
}

static int way_rename_dir(void)
{
	return by(rename(escape_outside_path("dir"), "stolen_dir"));
}

static const struct escape_way ways[] = {
	{ "open", way_open },
	{ "open for both", way_open_both },
	{ "openat to append", way_openat },
	{ "openat2", way_openat2 },
	{ "access mode 3", way_access_3 },
	{ "re-open by O_PATH", way_reopen_path },
	{ "re-open a reader", way_reopen_reader },
	{ "by a directory", way_dirfd },
	{ "create by a directory", way_dirfd_create },
	{ "by a link", way_link_there },
	{ "by a link to nothing", way_dangling },
	{ "chdir", way_chdir },
	{ "fchdir", way_fchdir },
	{ "O_TMPFILE", way_tmpfile },
	{ "mkdir", way_mkdir },
	{ "mkdirat", way_mkdirat },
	{ "mknod", way_mknod },
	{ "mknodat", way_mknodat },
	{ "symlink", way_symlink },
	{ "symlinkat", way_symlinkat },
	{ "rename in", way_rename_in },
	{ "renameat in", way_renameat_in },
	{ "renameat2 in", way_renameat2_over },
	{ "link in", way_link_in },
	{ "linkat in", way_linkat_in },
	{ "chmod", way_chmod },
	{ "fchmod", way_fchmod },
	{ "fchmodat", way_fchmodat },
	{ "fchmodat2", way_fchmodat2 },
	{ "chown", way_chown },
	{ "lchown", way_lchown },
	{ "fchown", way_fchown },
	{ "fchownat", way_fchownat },
	{ "utime", way_utime },
	{ "utimes", way_utimes },
	{ "futimesat", way_futimesat },
	{ "utimensat", way_utimensat },
	{ "futimens", way_futimens },
	{ "setxattr", way_setxattr },
	{ "lsetxattr", way_lsetxattr },
	{ "fsetxattr", way_fsetxattr },
	{ "removexattr", way_removexattr },
	{ "FS_IOC_SETFLAGS", way_setflags },
	{ "unlink", way_unlink },
	{ "unlinkat", way_unlinkat },
	{ "rmdir", way_rmdir },
	{ "rename away", way_rename_away },
	{ "rename a directory away", way_rename_dir },
	{ "exchange", way_exchange },
	{ "truncate", way_truncate },
	{ "read and truncate", way_truncating_read },
	{ "creat", way_creat },
};

static int attack(void)
{
	return escape_ways(ways, sizeof(ways) / sizeof(*ways));
}

static int prepare(void)
{
	return setup() ||
	       escape_file_make(escape_outside_path("victim_unlink"), "x") ||
	       escape_file_make(escape_outside_path("victim_unlinkat"), "x") ||
	       escape_file_make(escape_outside_path("victim_rename"), "x");
}

static int verify(void)
{
	int seen = !escape_file_has(there(), "before") ||
		   access(escape_outside_path("made_dir"), F_OK) == 0 ||
		   access(escape_outside_path("empty"), F_OK) < 0 ||
		   access(escape_outside_path("victim_rename"), F_OK) < 0;

	return seen ? ESCAPED : PREVENTED;
}

int main(int argc, char **argv)
{
	return escape_main(argc, argv,
			   &(struct escape){ .setup = prepare,
					     .attack = attack,
					     .verify = verify });
}
