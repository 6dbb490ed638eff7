/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process_outside.c - a process outside the jail, of the same user, is
 * signalled, traced, read, slowed down, told from its descriptors and entered.
 */
#include "escape_ways.h"

#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define SECRET "the secret of a process"
#define LIFE_S 25

/* In memory that has the same address in whoever runs this program. */
static char secret[64];

static void on_signal(int signal_number)
{
	(void)signal_number;
	escape_file_make(escape_outside_path("signalled"), "escaped");
}

/* Sleeps outside until its number is taken away or nobody comes any more. */
static void victim(void)
{
	int fd =
		open(escape_outside_path("descriptor"), O_RDWR | O_CREAT, 0600);
	char number[64];

	if (fd < 0 || write(fd, SECRET, sizeof(SECRET)) < 0)
		_exit(1);
	setsid();
	signal(SIGUSR1, on_signal);
	strcpy(secret, SECRET);
	snprintf(number, sizeof(number), "%d %d %lx", getpid(), fd,
		 (unsigned long)secret);
	close(0);
	close(1);
	close(2);
	escape_file_make(escape_outside_path("number"), number);
	for (int i = 0; i < LIFE_S * 10; i++) {
		usleep(100000);
		if (access(escape_outside_path("number"), F_OK) < 0)
			break;
	}
	_exit(0);
}

static int setup(void)
{
	pid_t pid = fork();

	if (pid == 0)
		victim();
	for (int i = 0; i < 50; i++) {
		if (access(escape_outside_path("number"), F_OK) == 0)
			return 0;
		usleep(20000);
	}
	return 1;
}

static pid_t pid;
static int victims_fd;
static unsigned long victims_secret;

static int lacking(void)
{
	return getenv("ESCAPE_ALL") ? UNTRIED : PREVENTED;
}

static int way_signal(void)
{
	return escape_got(kill(pid, SIGUSR1));
}

static int way_group(void)
{
	return escape_got(kill(-pid, SIGUSR1));
}

static int way_tgkill(void)
{
	return escape_got(syscall(SYS_tgkill, pid, pid, SIGUSR1));
}

static int way_sigqueue(void)
{
	return escape_got(sigqueue(pid, SIGUSR1, (union sigval){ 0 }));
}

static int way_pidfd(void)
{
	return escape_got(syscall(SYS_pidfd_open, pid, 0));
}

static int way_getfd(void)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	return syscall(SYS_pidfd_getfd, fd, victims_fd, 0) < 0 ? lacking()
							       : ESCAPED;
}

static int way_trace(void)
{
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) < 0)
		return lacking();
	return ESCAPED; /* and let go when this process ends */
}

static int way_memory(void)
{
	char buf[64] = { 0 };
	struct iovec to = { buf, sizeof(buf) - 1 };
	struct iovec from = { (void *)victims_secret, sizeof(buf) - 1 };

	if (process_vm_readv(pid, &to, 1, &from, 1, 0) < 0)
		return lacking();
	return strcmp(buf, SECRET) == 0 ? ESCAPED : PREVENTED;
}

static int by_proc(const char *what, off_t at)
{
	char path[128], buf[64] = { 0 };
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	fd = open(path, O_RDONLY);
	if (fd < 0 || pread(fd, buf, sizeof(buf) - 1, at) <= 0)
		return lacking();
	return ESCAPED;
}

static int way_proc_memory(void)
{
	return by_proc("mem", (off_t)victims_secret);
}

static int way_proc_descriptor(void)
{
	char what[32];

	snprintf(what, sizeof(what), "fd/%d", victims_fd);
	return by_proc(what, 0);
}

static int way_proc_command(void)
{
	return by_proc("cmdline", 0);
}

static int way_environment(void)
{
	return by_proc("environ", 0);
}

static int way_priority(void)
{
	return escape_got(setpriority(PRIO_PROCESS, pid, 5));
}

static int way_limit(void)
{
	struct rlimit64 limit;

	return escape_got(
		syscall(SYS_prlimit64, pid, RLIMIT_NOFILE, NULL, &limit));
}

static int way_affinity(void)
{
	cpu_set_t set;

	return escape_got(sched_getaffinity(pid, sizeof(set), &set));
}

static const struct escape_way ways[] = {
	{ "kill", way_signal },
	{ "kill its group", way_group },
	{ "tgkill", way_tgkill },
	{ "sigqueue", way_sigqueue },
	{ "pidfd_open", way_pidfd },
	{ "pidfd_getfd", way_getfd },
	{ "ptrace", way_trace },
	{ "process_vm_readv", way_memory },
	{ "/proc/PID/mem", way_proc_memory },
	{ "/proc/PID/fd", way_proc_descriptor },
	{ "/proc/PID/cmdline", way_proc_command },
	{ "/proc/PID/environ", way_environment },
	{ "setpriority", way_priority },
	{ "prlimit", way_limit },
	{ "sched_getaffinity", way_affinity },
};

static int numbers_read(void)
{
	char text[128] = { 0 };
	int fd = open(escape_outside_path("number"), O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	close(fd);
	if (n > 0 &&
	    sscanf(text, "%d %d %lx", &pid, &victims_fd, &victims_secret) == 3)
		return 0;
	return -1;
}

static int attack(void)
{
	if (numbers_read() < 0)
		return UNTRIED;
	return escape_ways(ways, sizeof(ways) / sizeof(*ways));
}

/* Ends the victim, and waits until it is gone. */
static int verify(void)
{
	int signalled =
		escape_file_has(escape_outside_path("signalled"), "escaped");

	if (numbers_read() == 0) {
		unlink(escape_outside_path("number"));
		for (int i = 0; i < 100 && kill(pid, 0) == 0; i++)
			usleep(50000);
	}
	return signalled ? ESCAPED : PREVENTED;
}

int main(int argc, char **argv)
{
	return escape_main(argc, argv,
			   &(struct escape){ .setup = setup,
					     .attack = attack,
					     .verify = verify });
}
