/* SPDX-License-Identifier: Apache-2.0 */
/* timeout: 180 */
/*
 * killed.c - the supervisor, the broker and the jail's init, each killed at
 * random moments: no process of the jail survives, and none gets out of its
 * scope on the way.
 *
 * The same program is the agent, as `killed agent OUTSIDE TAG`: a small crowd,
 * some of it daemons, that never stops trying to write where it must not. The
 * moments lie in the time that a whole run takes here, where a start may be
 * tens of times slower than elsewhere, and as long again.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOMENTS_DEFAULT 60
#define CROWD 6
#define GONE_MS 5000 /* how long the kernel may take to end them all */

static void sleep_us(long us)
{
	const struct timespec time = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&time, NULL);
}

/* --- the agent ------------------------------------------------------------ */

static void try_for_ever(const char *outside)
{
	for (;;) {
		int fd = open(outside, O_WRONLY | O_APPEND);

		if (fd >= 0 && write(fd, "out\n", 4) == 4)
			_exit(9);
		fd = open("inside", O_WRONLY | O_CREAT | O_APPEND, 0644);
		if (fd >= 0)
			close(fd);
	}
}

static int agent(const char *outside)
{
	for (int i = 0; i < CROWD; i++) {
		if (fork() != 0)
			continue;
		if (i % 2) {
			setsid();
			if (fork() != 0)
				_exit(0);
		}
		try_for_ever(outside);
	}
	try_for_ever(outside);
	return 0;
}

/* --- the killer ----------------------------------------------------------- */

/* How many processes have TAG in their command line; the first in *out_pid. */
static int count_tagged(const char *tag, pid_t *out_pid)
{
	DIR *proc = opendir("/proc");
	const struct dirent *entry;
	int count = 0;

	while (proc && (entry = readdir(proc))) {
		char path[300], text[4096];
		pid_t pid = (pid_t)atoi(entry->d_name);
		ssize_t n;
		int fd;

		if (pid <= 0 || pid == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		n = read(fd, text, sizeof(text));
		close(fd);
		if (n > 0 && memmem(text, (size_t)n, tag, strlen(tag))) {
			*out_pid = pid;
			count++;
		}
	}
	if (proc)
		closedir(proc);
	return count;
}

/* The first child of PID, or 0. */
static pid_t child_of(pid_t pid)
{
	char path[64], text[64] = "";
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	return (pid_t)atoi(text);
}

/* OUTSIDE: NULL for an agent that ends at once. */
static pid_t start(const char *self, const char *profile, const char *outside,
		   const char *tag)
{
	pid_t pid = fork();

	if (pid == 0) {
		const char *agentjail = getenv("AGENTJAIL");
		int null = open("/dev/null", O_RDWR);

		dup2(null, 1);
		dup2(null, 2);
		execl(agentjail, agentjail, "run", "-q", "-p", profile, "--",
		      self, "agent", outside, tag, NULL);
		_exit(127);
	}
	return pid;
}

static long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* How long a whole run takes here whose agent ends at once. */
static long run_us(const char *self, const char *profile)
{
	const long began = now_us();
	pid_t pid = start(self, profile, NULL, NULL);
	int status;

	if (waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "a run that nobody kills: %#x\n", status);
		exit(1);
	}
	return now_us() - began;
}

static const char *const victims[] = { "supervisor", "broker", "init" };

/*
 * Kills the victim after DELAY; 0 where it was not there yet. Broker and init
 * lead a session each; a child that does not is only there for a moment.
 */
static pid_t strike(pid_t supervisor, int victim, long delay_us)
{
	pid_t pid = supervisor;

	sleep_us(delay_us);
	for (int i = 0; i < victim && pid; i++)
		pid = child_of(pid);
	if (!pid || (victim && getsid(pid) != pid))
		return 0;
	kill(pid, SIGKILL);
	return pid;
}

static int all_gone(const char *tag)
{
	pid_t left = 0;

	for (int ms = 0; ms < GONE_MS; ms += 10) {
		if (count_tagged(tag, &left) == 0)
			return 1;
		sleep_us(10000);
	}
	fprintf(stderr, "process %d is left\n", left);
	return 0;
}

static int moment(const char *self, const char *profile, const char *outside,
		  int number, long whole_us, int *struck)
{
	char tag[64];
	const int victim = number % 3;
	const long range = number % 2 ? whole_us / 3 : whole_us * 2;
	const long delay = random() % range;
	struct stat st;
	pid_t pid;

	snprintf(tag, sizeof(tag), "killed-%d-%d", getpid(), number);
	pid = start(self, profile, outside, tag);
	if (strike(pid, victim, delay))
		struck[victim]++;
	else
		kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (!all_gone(tag)) {
		fprintf(stderr, "%s killed after %ld us\n", victims[victim],
			delay);
		return -1;
	}
	if (stat(outside, &st) < 0 || st.st_size != 0) {
		fprintf(stderr, "it got out: %s killed after %ld us\n",
			victims[victim], delay);
		return -1;
	}
	return 0;
}

static void profile_write(const char *file, const char *tree)
{
	FILE *out = fopen(file, "w");

	if (!out)
		exit(1);
	fprintf(out,
		"agentjail: 1\nname: killed\nextends: base\nfiles:\n"
		"  - allow read modify: [$workdir]\n  - allow read: [%s]\n"
		"exec:\n  - allow: [%s]\n",
		tree, tree);
	fclose(out);
}

int main(int argc, char **argv)
{
	int moments = argc == 2 ? atoi(argv[1]) : MOMENTS_DEFAULT;
	char dir[2000], self[4000], tree[4000], profile[4000], outside[4000];
	int struck[3] = { 0 };
	long whole_us;
	ssize_t n;
	int fd;

	if (argc >= 2 && strcmp(argv[1], "agent") == 0)
		return argc == 4 ? agent(argv[2]) : 0;
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0 || !getcwd(dir, sizeof(dir)))
		return 1;
	self[n] = '\0';
	snprintf(tree, sizeof(tree), "%.*s", (int)(strrchr(self, '/') - self),
		 self);
	snprintf(profile, sizeof(profile), "%s/killed.yaml", dir);
	snprintf(outside, sizeof(outside), "%s/outside", dir);
	fd = open(outside, O_CREAT | O_WRONLY, 0666);
	profile_write(profile, tree);
	if (fd < 0 || mkdir("work", 0755) < 0 || chdir("work") < 0)
		return 1;
	srandom((unsigned)getpid());
	whole_us = run_us(self, profile);
	for (int i = 0; i < moments; i++)
		if (moment(self, profile, outside, i, whole_us, struck) < 0)
			return 1;
	printf("struck: supervisor %d, broker %d, init %d\n", struck[0],
	       struck[1], struck[2]);
	return struck[0] && struck[1] && struck[2] ? 0 : 1;
}
