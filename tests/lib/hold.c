/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hold.c - runs one test and holds it to its time and to leaving nothing.
 *
 *	hold list
 *	hold run -t SECONDS [-u USER] -d DIR -p PROGRAM -b BEFORE -o LEFT
 *		 COMMAND [ARG]...
 *
 * "list" prints the cgroups and pins that are there: somebody else's; BEFORE
 * is a file of that. "run" starts COMMAND in DIR as USER, with the environment
 * that it was given, in a session of its own and without a terminal. When
 * COMMAND has ended, whatever it started has two seconds to be gone as well;
 * the rest is written to the file LEFT, a line each, and removed. The status
 * is COMMAND's, 128+N for a signal, 124 where its time was over.
 *
 * Every descendant stays one, however it forks: the orphans come to us.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "left.h"

#define GRACE_TRIES 20
#define GRACE_PAUSE_US 100000

struct options {
	int limit_s;
	const char *user;
	const char *before;
	const char *left;
	struct left_of of;
	char **command;
};

static volatile sig_atomic_t stopped;

static void on_stop(int sig)
{
	stopped = sig;
}

static void complain(const char *what)
{
	fprintf(stderr, "hold: %s: %s\n", what, strerror(errno));
	exit(125);
}

static int usage(void)
{
	fprintf(stderr, "usage: hold list\n"
			"       hold run -t SECONDS [-u USER] -d DIR "
			"-p PROGRAM -b BEFORE -o LEFT COMMAND [ARG]...\n");
	return 64;
}

static bool options_parse(int argc, char **argv, struct options *out)
{
	for (int c; (c = getopt(argc, argv, "+t:u:d:p:b:o:")) != -1;) {
		switch (c) {
		case 't':
			out->limit_s = atoi(optarg);
			break;
		case 'u':
			out->user = optarg;
			break;
		case 'd':
			out->of.dir = optarg;
			break;
		case 'p':
			out->of.program = optarg;
			break;
		case 'b':
			out->before = optarg;
			break;
		case 'o':
			out->left = optarg;
			break;
		default:
			return false;
		}
	}
	out->command = argv + optind;
	return out->limit_s > 0 && out->of.dir && out->of.program &&
	       out->before && out->left && optind < argc;
}

/* For good: the saved ids and the capabilities go with the real ones. */
static void become(const struct passwd *user)
{
	if (initgroups(user->pw_name, user->pw_gid) < 0 ||
	    setresgid(user->pw_gid, user->pw_gid, user->pw_gid) < 0 ||
	    setresuid(user->pw_uid, user->pw_uid, user->pw_uid) < 0)
		complain(user->pw_name);
}

static void child_run(const struct options *opt, const struct passwd *user)
{
	sigset_t none;
	int in = open("/dev/null", O_RDONLY);

	/* A shell ignores SIGINT for what it starts in the background. */
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (in < 0 || dup2(in, 0) < 0 || chdir(opt->of.dir) < 0 || setsid() < 0)
		complain(opt->of.dir);
	close_range(3, ~0u, 0);
	if (user)
		become(user);
	execvp(opt->command[0], opt->command);
	complain(opt->command[0]);
}

/* Waits for CHILD, and reaps what else ends; kills it when its time is over. */
static int wait_for(pid_t child, int limit_s)
{
	const struct timespec tick = { .tv_nsec = 20 * 1000 * 1000 };
	const time_t end = time(NULL) + limit_s;
	int result = -1;
	sigset_t chld;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	while (result < 0) {
		int status;
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid == child)
			result = WIFEXITED(status) ? WEXITSTATUS(status)
						   : 128 + WTERMSIG(status);
		else if (stopped || time(NULL) > end) {
			kill(-child, SIGKILL);
			result = 124;
		} else if (pid == 0)
			sigtimedwait(&chld, NULL, &tick);
	}
	return result;
}

static int left_now(const struct left_of *of)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return left_count(of);
}

/* Returns once nothing is left, or when there was time enough. */
static int left_at_last(const struct left_of *of)
{
	for (int i = 0; i < GRACE_TRIES && !stopped; i++) {
		if (left_now(of) == 0)
			return 0;
		usleep(GRACE_PAUSE_US);
	}
	return left_now(of);
}

static void sweep(const struct options *opt)
{
	FILE *out = fopen(opt->left, "we");

	if (!out)
		complain(opt->left);
	if (left_at_last(&opt->of)) {
		left_remove(&opt->of, out);
		left_at_last(&opt->of);
	}
	fclose(out);
}

static int run(struct options *opt)
{
	const struct sigaction stop = { .sa_handler = on_stop };
	const struct passwd *user = opt->user ? getpwnam(opt->user) : NULL;
	size_t len;
	sigset_t chld;
	pid_t child;
	int result;

	if (opt->user && !user)
		complain(opt->user);
	opt->of.ancestor = getpid();
	opt->of.owner = user ? user->pw_uid : getuid();
	opt->of.before = left_slurp(opt->before, &len);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGHUP, &stop, NULL);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		complain("subreaper");
	child = fork();
	if (child < 0)
		complain("fork");
	if (child == 0)
		child_run(opt, user);
	result = wait_for(child, opt->limit_s);
	sweep(opt);
	free(opt->of.before);
	return result;
}

int main(int argc, char **argv)
{
	struct options opt = { 0 };

	if (argc == 2 && strcmp(argv[1], "list") == 0) {
		left_list(stdout);
		return 0;
	}
	if (argc < 3 || strcmp(argv[1], "run") != 0 ||
	    !options_parse(argc - 1, argv + 1, &opt))
		return usage();
	return run(&opt);
}
