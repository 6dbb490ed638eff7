/* SPDX-License-Identifier: Apache-2.0 */
/* guest: no */
/*
 * files_block.c - opens that wait, and signals that come meanwhile, are in the
 * jail as outside it, however busy it is. One thing is not: a call that no
 * worker has received yet is cut short by a signal whose handler does not ask
 * for a restart, so the handlers here do.
 * timeout: 120
 */
#include "as_bare.h"

#include <pthread.h>
#include <sys/time.h>

#define TIMER_US 300
#define BUSY 4
#define ROUNDS 200
#define HAMMERS 8
#define HAMMER_ROUNDS 60

static volatile sig_atomic_t alarms;

static void on_alarm(int signal_number)
{
	(void)signal_number;
	alarms++;
}

static void alarm_set(int flags, long us, long every_us)
{
	const struct sigaction action = {
		.sa_handler = on_alarm,
		.sa_flags = flags,
	};
	const struct itimerval when = {
		.it_value = { 0, us },
		.it_interval = { 0, every_us },
	};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &when, NULL);
}

/* Opens the FIFO at its other end after a while. */
static pid_t partner(int flags, int after_ms)
{
	pid_t pid = fork();

	if (pid == 0) {
		int fd;

		usleep((useconds_t)after_ms * 1000);
		fd = open("fifo", flags);
		usleep(50000);
		close(fd);
		_exit(0);
	}
	return pid;
}

static void fifos(void)
{
	pid_t pid;
	int fd;

	say("fifo: %s", outcome(mkfifo("fifo", 0600)));
	say("writer without reader: %s",
	    outcome(open("fifo", O_WRONLY | O_NONBLOCK)));
	fd = open("fifo", O_RDONLY | O_NONBLOCK);
	say("reader without writer: %s", whether(fd));
	say("then a writer: %s", whether(open("fifo", O_WRONLY | O_NONBLOCK)));
	close(fd);
	fd = open("fifo", O_RDWR);
	say("both: %s", whether(fd));
	close(fd);
	close(4); /* the writer of before */

	alarm_set(0, 100000, 0);
	say("a signal ends the wait: %s", outcome(open("fifo", O_RDONLY)));
	pid = partner(O_WRONLY, 300);
	alarm_set(SA_RESTART, 100000, 0);
	fd = open("fifo", O_RDONLY);
	say("with SA_RESTART it goes on: %s", whether(fd));
	close(fd);
	waitpid(pid, NULL, 0);
	pid = partner(O_RDONLY, 100);
	fd = open("fifo", O_WRONLY);
	say("a writer waits for a reader: %s", whether(fd));
	close(fd);
	waitpid(pid, NULL, 0);
	say("alarms: %d", (int)alarms);
}

/* Whoever waits can be killed, and the others go on meanwhile. */
static void killed_while_waiting(void)
{
	pid_t pids[20];
	int status = 0, killed = 0;

	for (int i = 0; i < 20; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			int fd = open("fifo", O_RDONLY);

			_exit(fd < 0);
		}
	}
	usleep(100000);
	file_put("meanwhile", "x", 0600);
	say("meanwhile: %s", whether(open("meanwhile", O_RDONLY)));
	for (int i = 0; i < 20; i++)
		kill(pids[i], SIGTERM);
	for (int i = 0; i < 20; i++) {
		waitpid(pids[i], &status, 0);
		killed += WIFSIGNALED(status);
	}
	say("killed: %d of 20", killed);
}

/* --- under a fast timer -------------------------------------------------- */

static void busy(int number)
{
	char name[32];

	snprintf(name, sizeof(name), "busy%d", number);
	for (;;) {
		int fd = open(name, O_CREAT | O_RDWR, 0600);

		close(fd);
		unlink(name);
		if (getppid() == 1)
			_exit(0);
	}
}

/* Counts calls that a signal has cut short, and calls that failed. */
static long cut_short, failed_calls;

static bool again(long result)
{
	if (result >= 0)
		return false;
	if (errno == EINTR)
		cut_short++;
	else
		failed_calls++;
	return errno == EINTR;
}

static void one_round(void)
{
	int fd;

	while (again(mkdir("t_dir", 0700)))
		;
	while (again(fd = open("t_dir/a", O_CREAT | O_RDWR, 0600)))
		;
	close(fd);
	while (again(rename("t_dir/a", "t_dir/b")))
		;
	while (again(link("t_dir/b", "t_dir/c")))
		;
	while (again(symlink("b", "t_dir/d")))
		;
	while (again(chmod("t_dir/b", 0640)))
		;
	while (again(truncate("t_dir/b", 10)))
		;
	while (again(unlink("t_dir/b")))
		;
	while (again(unlink("t_dir/c")))
		;
	while (again(unlink("t_dir/d")))
		;
	while (again(rmdir("t_dir")))
		;
}

static void under_a_timer(void)
{
	pid_t pids[BUSY];

	for (int i = 0; i < BUSY; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			busy(i);
	}
	alarms = 0;
	alarm_set(SA_RESTART, TIMER_US, TIMER_US);
	for (int i = 0; i < ROUNDS; i++)
		one_round();
	alarm_set(0, 0, 0);
	for (int i = 0; i < BUSY; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	say("under a fast timer, failed: %ld, cut short: %ld", failed_calls,
	    cut_short);
	say("it was fast: %d", alarms > 20);
}

/* --- many threads -------------------------------------------------------- */

static void *hammer(void *arg)
{
	const int number = *(int *)arg;
	char path[64], other[64];
	long failed = 0;

	for (int i = 0; i < HAMMER_ROUNDS; i++) {
		int fd;

		snprintf(path, sizeof(path), "h%d_%d", number, i % 7);
		snprintf(other, sizeof(other), "h%d_x", number);
		fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
		failed += fd < 0 || write(fd, path, 8) != 8;
		close(fd);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		failed += fd < 0 || read(fd, other, 8) != 8 ||
			  memcmp(path, other, 8) != 0;
		close(fd);
		snprintf(other, sizeof(other), "h%d_x", number);
		failed += rename(path, other) < 0 || unlink(other) < 0;
	}
	*(int *)arg = failed != 0;
	return NULL;
}

static void many_threads(void)
{
	pthread_t threads[HAMMERS];
	int numbers[HAMMERS], failed = 0;

	for (int i = 0; i < HAMMERS; i++) {
		numbers[i] = i;
		pthread_create(&threads[i], NULL, hammer, &numbers[i]);
	}
	for (int i = 0; i < HAMMERS; i++) {
		pthread_join(threads[i], NULL);
		failed += numbers[i];
	}
	say("threads that failed: %d", failed);
}

static void pipelines(void)
{
	int failed = 0;

	fflush(stdout);
	for (int i = 0; i < 30; i++) {
		FILE *out = popen("echo abc | cat | cat", "re");
		char line[16] = "";

		if (!out || !fgets(line, sizeof(line), out))
			failed++;
		failed += strcmp(line, "abc\n") != 0;
		if (out)
			failed += pclose(out) != 0;
	}
	say("pipelines that failed: %d", failed);
}

static void act(void)
{
	fifos();
	killed_while_waiting();
	under_a_timer();
	many_threads();
	pipelines();
}

int main(int argc, char **argv)
{
	return as_bare_main(argc, argv, act);
}
