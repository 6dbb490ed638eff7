/* SPDX-License-Identifier: Apache-2.0 */
#include "run/launch.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"
#include "enforce/filter.h"
#include "enforce/privilege.h"
#include "policy/decide.h"
#include "run/birth.h"
#include "terms/verdict.h"

/*
 * A piped core_pattern ignores a limit of 0 and would run a program of the
 * host's; a limit of 1 is the one that it heeds (core(5)).
 */
static int limit_core(struct error *err)
{
	const struct rlimit one = { .rlim_cur = 1, .rlim_max = 1 };

	if (setrlimit(RLIMIT_CORE, &one) < 0)
		return error_set(err, -errno, "core limit");
	return 0;
}

/*
 * Without the power nobody raises a priority, by whatever call: some take it
 * from memory, which no filter sees.
 */
static int limit_priority(const struct policy *policy, struct error *err)
{
	const struct rlimit none = { 0, 0 };
	struct decision decision;

	decide_power(policy, ABI_OP_PRIORITY, &decision);
	if (verdict_is_loose(decision.verdict))
		return 0;
	if (setrlimit(RLIMIT_NICE, &none) < 0 ||
	    setrlimit(RLIMIT_RTPRIO, &none) < 0)
		return error_set(err, -errno, "priority limits");
	return 0;
}

static int settle(const struct birth *birth, struct error *err)
{
	int r = privilege_drop(&birth->identity, err);

	if (r == 0)
		r = limit_core(err);
	if (r == 0)
		r = limit_priority(birth->policy, err);
	if (r < 0)
		return r;
	/* The broker reads it, which a change of ids forbade. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return error_set(err, -errno, "prctl");
	if (chdir(birth->workdir) < 0)
		return error_set(err, -errno, "%s", birth->workdir);
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return error_set(err, -errno, "close_range");
	return 0;
}

/*
 * From the filter on, the calls that it notifies wait for the broker: what is
 * left to do here is read(), write(), close() and the execve().
 */
static int stand_ready(const struct birth *birth,
		       const struct launch_pipes *pipes, struct error *err)
{
	struct launch_report report = { .listener = -1 };
	char go = 0;
	int r = filter_enter(birth->filter, &report.listener, err);

	if (r < 0)
		return r;
	r = io_write_all(pipes->report_fd, &report, sizeof(report));
	if (r < 0 || io_read_all(pipes->go_fd, &go, 1) != 1)
		_exit(1); /* the broker is gone, and so is the jail */
	close(report.listener);
	return 0;
}

/* The command inherits what the user's shell gave, ignored signals too. */
static void signals_restore(const struct birth *birth)
{
	sigaction(SIGPIPE, &birth->sigpipe, NULL);
	sigaction(SIGXFSZ, &birth->sigxfsz, NULL);
	sigprocmask(SIG_SETMASK, &birth->signal_mask, NULL);
}

void launch_main(const struct birth *birth, const struct launch_pipes *pipes)
{
	struct error err = { 0 };

	if (settle(birth, &err) == 0 && stand_ready(birth, pipes, &err) == 0) {
		signals_restore(birth);
		environ = (char **)birth->envp; /* its PATH is searched */
		execvp(birth->argv[0], birth->argv);
		error_set(&err, -errno, "%s", birth->argv[0]);
	}
	io_write_all(pipes->report_fd, &err, sizeof(err));
	_exit(1);
}
