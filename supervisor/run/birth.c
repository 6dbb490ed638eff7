/* SPDX-License-Identifier: Apache-2.0 */
#include "run/birth.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"
#include "broker/broker.h"
#include "broker/net.h"
#include "enforce/domain.h"
#include "enforce/landlock.h"
#include "enforce/namespaces.h"
#include "enforce/netns.h"
#include "enforce/tree.h"
#include "run/attend.h"
#include "run/channel.h"
#include "run/init.h"
#include "run/launch.h"
#include "run/leader.h"
#include "run/pty.h"
#include "run/rows.h"
#include "run/stdio.h"

#define YAMA "sys/kernel/yama/ptrace_scope" /* below /proc */

/* What the broker's main thread holds while it makes the jail. */
struct nursery {
	const struct birth *birth;
	int channel_fd;
	int proc_fd; /* procfs as the supervisor sees it */
	pid_t init_pid;
	int init_fd;
	pid_t agent_pid;
	int agent_fd;
	pid_t child_pid; /* the session leader, or else the agent */
	int child_fd;	 /* readable when a child changed */
	int leader_fd;	 /* channel with the session leader, or -1 */
	int master_fd;	 /* of the jail's terminal, or -1 */
	int slave_fd;
	int report_fd; /* from the launcher */
	int go_fd;     /* to the launcher */
	int null_fd;   /* opened while it still can be, */
	int ns_fd;     /* and so is the jail's pid namespace */
	struct net_resolvers resolvers;
	struct broker *broker;
};

static int settle_broker(struct nursery *nursery, struct error *err)
{
	nursery->proc_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	nursery->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (nursery->proc_fd < 0 || nursery->null_fd < 0)
		return error_set(err, -errno, "/proc and /dev/null");
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return error_set(err, -errno, "prctl");
	net_resolvers_load(&nursery->resolvers);
	setsid();
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return attend_children(&nursery->child_fd, err);
}

static int tree_grow(struct nursery *nursery, struct error *err)
{
	const struct birth *birth = nursery->birth;
	const char *const extra[] = { birth->workdir, birth->program, NULL };
	const struct tree_spec spec = {
		.policy = birth->policy,
		.tmp = birth->tmp,
		.var_tmp = birth->var_tmp,
		.denials = birth->denials,
		.is_open = birth->observe,
		.hide = birth->hide,
		.extra = extra,
	};
	int r = namespaces_enter(birth->user_namespace, birth->identity.uid,
				 birth->identity.gid, err);

	if (r == 0 && netns_suffices(birth->policy))
		r = netns_enter(err);
	if (r == 0)
		r = tree_make(&spec, err);
	if (r == 0 && birth->terminals)
		r = pty_make(birth->identity.uid, &nursery->master_fd,
			     &nursery->slave_fd, err);
	return r;
}

static int init_make(struct nursery *nursery, struct error *err)
{
	int report[2], lifeline[2];
	struct error theirs;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0 || pipe2(lifeline, O_CLOEXEC) < 0)
		return error_set(err, -errno, "pipe");
	pid = namespaces_fork_init(&nursery->init_fd, err);
	if (pid < 0)
		return (int)pid;
	if (pid == 0) {
		close(lifeline[1]);
		init_main(nursery->birth, nursery->null_fd, report[1],
			  lifeline[0]);
	}
	nursery->init_pid = pid;
	/* Once it is not dumpable, its namespace is closed to us. */
	nursery->ns_fd = namespaces_open_pid(nursery->proc_fd, pid, err);
	if (nursery->ns_fd < 0)
		return nursery->ns_fd;
	if (write(lifeline[1], "", 1) != 1)
		return error_set(err, -errno, "the jail's init");
	close(report[1]);
	close(lifeline[0]); /* the other end stays open for our lifetime */
	if (io_read_all(report[0], &theirs, sizeof(theirs)) != sizeof(theirs))
		return error_set(err, -ECHILD, "the jail's init");
	close(report[0]);
	if (theirs.code < 0) {
		*err = theirs;
		return error_wrap(err, "the jail's init");
	}
	return 0;
}

/* To open /dev/tty is to open what it stands for, where that is allowed. */
static int terminals_allow(int ruleset_fd, struct error *err)
{
	CLEANUP(fd_closep) int fd = open("/dev/pts", O_PATH | O_CLOEXEC);

	if (fd < 0)
		return error_set(err, -errno, "/dev/pts");
	return landlock_allow(ruleset_fd, fd, LANDLOCK_READ | LANDLOCK_WRITE,
			      err);
}

/* Landlock by the policy, and for the broker itself its own procfs. */
static int domain_enter(struct nursery *nursery, struct error *err)
{
	CLEANUP(fd_closep) int ruleset_fd = -1;
	int r = domain_create(nursery->birth->policy, nursery->birth->observe,
			      &ruleset_fd, err);

	if (r == 0)
		r = landlock_allow(ruleset_fd, nursery->proc_fd, LANDLOCK_READ,
				   err);
	if (r == 0)
		r = terminals_allow(ruleset_fd, err);
	if (r == 0)
		r = privilege_freeze(err);
	if (r == 0)
		r = landlock_enter(ruleset_fd, err);
	return r;
}

static int drop(void *ctx, struct error *err)
{
	const struct birth *birth = ctx;

	return privilege_drop(&birth->identity, err);
}

static int workers_make(struct nursery *nursery, struct error *err)
{
	const struct broker_spec spec = {
		.policy = nursery->birth->policy,
		.ring = nursery->birth->ring,
		.proc_fd = nursery->proc_fd,
		.jail_fd = nursery->init_fd,
		.resolvers = &nursery->resolvers,
		.observe = nursery->birth->observe,
		.power_of = rows_power,
		.power_ctx = nursery->birth->rows,
		.settle = drop,
		.settle_ctx = (void *)nursery->birth,
	};

	return broker_start(&spec, &nursery->broker, err);
}

/* The pid of PIDFD as the broker's own pid namespace numbers it. */
static int pid_of(const struct nursery *nursery, int pidfd, pid_t *out_pid,
		  struct error *err)
{
	CLEANUP(freep) char *text = NULL;
	const char *at;
	char path[64];
	size_t len = 0;
	int r;

	snprintf(path, sizeof(path), "self/fdinfo/%d", pidfd);
	r = io_read_file(nursery->proc_fd, path, 4096, &text, &len, err);
	if (r < 0)
		return r;
	at = strstr(text, "\nPid:");
	if (!at || atoi(at + strlen("\nPid:")) <= 0)
		return error_set(err, -ESRCH, "the agent");
	*out_pid = atoi(at + strlen("\nPid:"));
	return 0;
}

/* The agent is the leader's child, and known by what the leader sends. */
static int agent_adopt(struct nursery *nursery, struct error *err)
{
	struct channel_message message;
	int r = channel_receive_fd(nursery->leader_fd, &message,
				   &nursery->agent_fd);

	if (r < 0)
		return error_set(err, r, "the session leader");
	if (message.word == CHANNEL_FAILED) {
		*err = message.err;
		return error_wrap(err, "the session leader");
	}
	if (nursery->agent_fd < 0)
		return error_set(err, -EPROTO, "the session leader");
	fd_closep(&nursery->slave_fd);
	return pid_of(nursery, nursery->agent_fd, &nursery->agent_pid, err);
}

static int agent_find(struct nursery *nursery, struct error *err)
{
	if (nursery->leader_fd >= 0)
		return agent_adopt(nursery, err);
	nursery->agent_pid = nursery->child_pid;
	nursery->agent_fd = pidfd_open(nursery->agent_pid, 0);
	if (nursery->agent_fd < 0)
		return error_set(err, -errno, "the agent's pidfd");
	return 0;
}

_Noreturn static void child_main(const struct nursery *nursery,
				 const struct launch_pipes *pipes,
				 int leader_fd)
{
	if (leader_fd >= 0)
		leader_main(nursery->birth, pipes, leader_fd, nursery->slave_fd,
			    nursery->null_fd);
	setsid();
	launch_main(nursery->birth, pipes);
}

static int agent_make(struct nursery *nursery, struct error *err)
{
	int report[2], go[2], ends[2] = { -1, -1 };
	int r = namespaces_join_pid(nursery->ns_fd, err);

	if (r == 0 && nursery->slave_fd >= 0)
		r = channel_open(ends, err);
	if (r < 0)
		return r;
	if (pipe2(report, O_CLOEXEC) < 0 || pipe2(go, O_CLOEXEC) < 0)
		return error_set(err, -errno, "pipe");
	nursery->child_pid = fork();
	if (nursery->child_pid < 0)
		return error_set(err, -errno, "fork");
	if (nursery->child_pid == 0) {
		const struct launch_pipes pipes = { report[1], go[0] };

		close(go[1]);
		child_main(nursery, &pipes, ends[1]);
	}
	close(report[1]);
	close(go[0]);
	fd_closep(&ends[1]);
	nursery->report_fd = report[0];
	nursery->go_fd = go[1];
	nursery->leader_fd = ends[0];
	return agent_find(nursery, err);
}

/* The ids go last: what comes before needs them. */
static int privileges_give_up(struct nursery *nursery, struct error *err)
{
	int r = privilege_drop(&nursery->birth->identity, err);

	if (r == 0)
		r = stdio_silence(nursery->null_fd, err);
	if (r < 0)
		return r;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return error_set(err, -errno, "prctl");
	return 0;
}

/* Why the launcher's table is closed to us, where the host has said so. */
static int listener_refused(const struct nursery *nursery, int code,
			    struct error *err)
{
	CLEANUP(fd_closep) int fd = openat(nursery->proc_fd, YAMA, O_CLOEXEC);
	char scope = '0';

	if (code != -EPERM || fd < 0 || read(fd, &scope, 1) != 1 || scope < '2')
		return error_set(err, code, "the filter's listener");
	return error_say(err, code,
			 "kernel.yama.ptrace_scope is %c, so the broker cannot "
			 "see what the agent asks for; sysctl -w "
			 "kernel.yama.ptrace_scope=1 lets it",
			 scope);
}

/* Takes the listener out of the launcher's table, which then closes its own. */
static int listener_take(struct nursery *nursery, struct error *err)
{
	union {
		struct launch_report report;
		struct error err;
	} said;
	ssize_t n = io_read_all(nursery->report_fd, &said.report,
				sizeof(said.report));
	int fd;

	if (n != sizeof(said.report))
		return error_set(err, -ECHILD, "the launcher");
	if (said.report.listener < 0) { /* the code of an error comes first */
		n = io_read_all(nursery->report_fd,
				(char *)&said + sizeof(said.report),
				sizeof(said.err) - sizeof(said.report));
		if (n != sizeof(said.err) - sizeof(said.report))
			return error_set(err, -ECHILD, "the launcher");
		*err = said.err;
		return err->code;
	}
	fd = pidfd_getfd(nursery->agent_fd, said.report.listener, 0);
	if (fd < 0)
		return listener_refused(nursery, -errno, err);
	broker_serve(nursery->broker, fd);
	return 0;
}

static int jail_make(struct nursery *nursery, struct error *err)
{
	int (*const steps[])(struct nursery *, struct error *) = {
		tree_grow,  init_make,		domain_enter,  workers_make,
		agent_make, privileges_give_up, listener_take,
	};
	int r = settle_broker(nursery, err);

	for (size_t i = 0; i < ARRAY_SIZE(steps) && r == 0; i++)
		r = steps[i](nursery, err);
	return r;
}

/* Ends all that is in the jail and waits until it is gone. */
static void jail_end(struct nursery *nursery)
{
	if (nursery->init_pid <= 0)
		return;
	pidfd_send_signal(nursery->init_fd, SIGKILL, NULL, 0);
	while (waitpid(-1, NULL, __WALL) >= 0 || errno == EINTR)
		;
}

/* A failure of the execve itself, which the launcher reports. */
static void exec_await(struct nursery *nursery)
{
	struct error err;
	ssize_t n = io_read_all(nursery->report_fd, &err, sizeof(err));

	if (n == sizeof(err))
		channel_send(nursery->channel_fd, CHANNEL_NOEXEC, 0, &err);
}

/* The master of the jail's terminal goes to the supervisor, and only there. */
static int ready_tell(struct nursery *nursery)
{
	int r;

	if (nursery->master_fd < 0)
		return channel_send(nursery->channel_fd, CHANNEL_READY,
				    nursery->agent_pid, NULL);
	r = channel_pass(nursery->channel_fd, CHANNEL_READY, nursery->agent_pid,
			 nursery->master_fd);
	fd_closep(&nursery->master_fd);
	return r;
}

static int command_attend(struct nursery *nursery)
{
	const struct attendance attendance = {
		.channel_fd = nursery->channel_fd,
		.child_fd = nursery->child_fd,
		.leader_fd = nursery->leader_fd,
		.child = nursery->child_pid,
	};

	return attend(&attendance);
}

void birth_broker(const struct birth *birth, int channel_fd)
{
	struct nursery nursery = {
		.birth = birth,
		.channel_fd = channel_fd,
		.proc_fd = -1,
		.null_fd = -1,
		.ns_fd = -1,
		.init_fd = -1,
		.agent_fd = -1,
		.child_fd = -1,
		.leader_fd = -1,
		.master_fd = -1,
		.slave_fd = -1,
	};
	struct channel_message message;
	struct error err = { 0 };
	int status;

	if (jail_make(&nursery, &err) < 0) {
		jail_end(&nursery);
		channel_send(channel_fd, CHANNEL_FAILED, 0, &err);
		_exit(1);
	}
	if (ready_tell(&nursery) < 0 ||
	    channel_receive(channel_fd, &message) < 0 ||
	    message.word != CHANNEL_GO ||
	    io_write_all(nursery.go_fd, "", 1) < 0) {
		jail_end(&nursery);
		_exit(1);
	}
	exec_await(&nursery);
	status = command_attend(&nursery);
	jail_end(&nursery);
	channel_send(channel_fd, CHANNEL_ENDED, status, NULL);
	_exit(0);
}
