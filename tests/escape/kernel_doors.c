/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel_doors.c - ways past a filter and a broker that watch system calls by
 * their numbers: other tables of numbers, rings, and namespaces in which the
 * rules would mean something else.
 */
#include "escape_ways.h"

#include <linux/io_uring.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <termios.h>

#define SECRET "the secret of outside"

static int setup(void)
{
	return escape_file_make(escape_outside_path("secret"), SECRET);
}

/* What a host can lack is untried there, and prevented in a jail. */
static int lacking(void)
{
	return getenv("ESCAPE_ALL") ? UNTRIED : PREVENTED;
}

static int told(int fd)
{
	char buf[64] = { 0 };

	if (fd < 0 || read(fd, buf, sizeof(buf) - 1) <= 0)
		return PREVENTED;
	return strcmp(buf, SECRET) == 0 ? ESCAPED : PREVENTED;
}

/* A path where 32 bits reach it. */
static char *low_path(void)
{
	char *at = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (at == MAP_FAILED)
		exit(UNTRIED);
	return strcpy(at, escape_outside_path("secret"));
}

static void no_table(int signal_number)
{
	(void)signal_number;
	_exit(lacking());
}

static int way_int80(void)
{
	const char *path = low_path();
	long fd = 5; /* open, in the table of 32 bits */

	signal(SIGSEGV, no_table);
	__asm__ volatile("int $0x80"
			 : "+a"(fd)
			 : "b"(path), "c"(0), "d"(0)
			 : "memory", "r8", "r9", "r10", "r11");
	if ((int)fd == -ENOSYS)
		return lacking();
	return told((int)fd);
}

static int way_x32(void)
{
	long fd = syscall(0x40000000 | SYS_open, escape_outside_path("secret"),
			  O_RDONLY);

	if (fd < 0 && errno == ENOSYS)
		return lacking();
	return told((int)fd);
}

static int way_io_uring(void)
{
	struct io_uring_params params = { 0 };
	long ring = syscall(425, 4, &params);
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqes;
	char *sq, *cq;

	if (ring < 0)
		return lacking();
	sq = mmap(NULL, params.sq_off.array + params.sq_entries * 4, 3,
		  MAP_SHARED, (int)ring, IORING_OFF_SQ_RING);
	cq = mmap(NULL, params.cq_off.cqes + params.cq_entries * 16, 3,
		  MAP_SHARED, (int)ring, IORING_OFF_CQ_RING);
	sqe = mmap(NULL, params.sq_entries * sizeof(*sqe), 3, MAP_SHARED,
		   (int)ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || sqe == MAP_FAILED)
		return UNTRIED;
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = IORING_OP_OPENAT;
	sqe->fd = AT_FDCWD;
	sqe->addr = (unsigned long)escape_outside_path("secret");
	*(unsigned *)(sq + params.sq_off.array) = 0;
	__atomic_store_n((unsigned *)(sq + params.sq_off.tail), 1,
			 __ATOMIC_RELEASE);
	if (syscall(426, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return lacking();
	cqes = (struct io_uring_cqe *)(cq + params.cq_off.cqes);
	return told(cqes[0].res);
}

static int way_user_namespace(void)
{
	if (unshare(CLONE_NEWUSER) == 0)
		return ESCAPED;
	return errno == ENOSPC || errno == EPERM ? lacking() : PREVENTED;
}

static int way_clone_namespace(void)
{
	pid_t pid =
		(pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	if (pid > 0) {
		waitpid(pid, NULL, 0);
		return ESCAPED;
	}
	return errno == ENOSPC || errno == EPERM ? lacking() : PREVENTED;
}

static int way_clone3_namespace(void)
{
	unsigned long long args[11] = { CLONE_NEWUSER, 0, 0, 0, SIGCHLD };
	pid_t pid = (pid_t)syscall(435, args, sizeof(args));

	if (pid == 0)
		_exit(0);
	if (pid > 0) {
		waitpid(pid, NULL, 0);
		return ESCAPED;
	}
	return lacking();
}

/* What outside is becomes visible elsewhere, in a mount namespace of ours. */
static int way_mount(void)
{
	if (unshare(CLONE_NEWNS) < 0 &&
	    unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
		return lacking();
	mkdir("mounted", 0755);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount(escape_outside(), "mounted", NULL, MS_BIND, NULL) < 0)
		return lacking();
	return told(open("mounted/secret", O_RDONLY));
}

static int way_open_tree(void)
{
	long fd = syscall(428, AT_FDCWD, escape_outside(), 0);

	if (fd < 0)
		return lacking();
	return told(openat((int)fd, "secret", O_RDONLY));
}

static int way_chroot(void)
{
	if (chroot(escape_outside()) < 0 || chdir("/") < 0)
		return lacking();
	return told(open("/secret", O_RDONLY));
}

static int way_keyring(void)
{
	long key = syscall(SYS_add_key, "user", "agentjail-test", "x", 1,
			   KEY_SPEC_PROCESS_KEYRING);

	return key < 0 ? lacking() : ESCAPED;
}

/* What is typed into a terminal by a program is read by its shell. */
static int way_tiocsti(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	int slave;

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		return UNTRIED;
	setsid();
	slave = open(ptsname(master), O_RDWR);
	if (slave < 0)
		return UNTRIED;
	ioctl(slave, TIOCSCTTY, 0);
	if (ioctl(slave, TIOCSTI, "x") == 0)
		return ESCAPED;
	return errno == EIO ? lacking() : PREVENTED;
}

static int way_userfaultfd(void)
{
	return syscall(SYS_userfaultfd, 1) < 0 ? lacking() : ESCAPED;
}

static int way_perf(void)
{
	struct {
		unsigned type, size;
		unsigned long long config, rest[14];
	} attr = { .type = 1, .size = sizeof(attr), .config = 0 };

	attr.rest[3] = 1 << 5; /* of user mode only */
	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0) < 0 ? lacking()
								     : ESCAPED;
}

static int way_bpf(void)
{
	unsigned map[32] = { 2, 4, 4, 1 }; /* an array of one */

	return syscall(SYS_bpf, 0, map, sizeof(map)) < 0 ? lacking() : ESCAPED;
}

static const struct escape_way ways[] = {
	{ "int 0x80", way_int80 },
	{ "x32", way_x32 },
	{ "io_uring", way_io_uring },
	{ "a user namespace", way_user_namespace },
	{ "a user namespace by clone", way_clone_namespace },
	{ "a user namespace by clone3", way_clone3_namespace },
	{ "a mount", way_mount },
	{ "open_tree", way_open_tree },
	{ "chroot", way_chroot },
	{ "a keyring", way_keyring },
	{ "TIOCSTI", way_tiocsti },
	{ "userfaultfd", way_userfaultfd },
	{ "perf_event_open", way_perf },
	{ "bpf", way_bpf },
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
