/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/judge.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <time.h>

#include "base/error.h"
#include "base/own.h"
#include "broker/procfs.h"
#include "broker/work.h"
#include "event/event.h"
#include "event/ring.h"
#include "policy/moves.h"
#include "terms/op.h"
#include "terms/verdict.h"

#define DELETED " (deleted)"

/*
 * What has no place among files, and so is none to a rule on files: pipes and
 * sockets that are reached through /proc/PID/fd, and memfds.
 */
static bool has_no_place(const struct office *office, const char *path,
			 const struct stat *st)
{
	if (st->st_dev == office->memory_dev)
		return true;
	return path[0] != '/' &&
	       (S_ISFIFO(st->st_mode) || S_ISSOCK(st->st_mode));
}

/* Where the object FD lies, by the kernel's own word. */
static int path_of(const struct office *office, int fd, const struct stat *st,
		   char path[PATH_MAX])
{
	const size_t tail = sizeof(DELETED) - 1;
	char name[16];
	ssize_t n;

	snprintf(name, sizeof(name), "%d", fd);
	n = readlinkat(office->self_fd, name, path, PATH_MAX);
	if (n < 0)
		return -errno;
	if (n == PATH_MAX)
		return -ENAMETOOLONG;
	path[n] = '\0';
	/* A file without a name is judged where its last name was. */
	if (st && st->st_nlink == 0 && (size_t)n > tail &&
	    strcmp(path + n - tail, DELETED) == 0)
		path[(size_t)n - tail] = '\0';
	return 0;
}

int judge_settle(const struct work *work, struct decision *decision,
		 bool *out_is_observed)
{
	*out_is_observed = false;
	if (verdict_is_loose(decision->verdict))
		return 0;
	if (!work->office->observe)
		return -EACCES;
	if (verdict_is_loose(decision->locked)) {
		*out_is_observed = true;
		return 0;
	}
	decision->verdict = decision->locked;
	decision->rule = decision->locked_rule;
	return -EACCES;
}

/*
 * Each operation by itself, so that the record names the one that decided: one
 * that is denied, else the strictest, and between equals the one that changes
 * more.
 */
static int decide(struct work *work, uint32_t ops, struct judgement *judgement,
		  const struct stat *st)
{
	const struct file_object object = {
		.path = judgement->object,
		.has_identity = st != NULL,
		.dev = st ? st->st_dev : 0,
		.ino = st ? st->st_ino : 0,
	};
	bool first = true;
	int outcome = 0;

	for (unsigned op = 0; op <= ABI_OP_META; op++) {
		struct decision decision;
		bool is_observed;
		int r;

		if (!(ops & OP_BIT(op)))
			continue;
		decide_file(work->office->policy, OP_BIT(op), &object,
			    &decision);
		r = judge_settle(work, &decision, &is_observed);
		if (!first &&
		    (r == outcome
			     ? decision.verdict < judgement->decision.verdict
			     : r == 0))
			continue;
		judgement->op = (enum abi_op)op;
		judgement->decision = decision;
		judgement->is_observed = is_observed;
		outcome = r;
		first = false;
	}
	return outcome;
}

/* To read or write another process's memory is to trace it. */
static int decide_trace(struct work *work, struct judgement *judgement)
{
	judgement->op = ABI_OP_PTRACE;
	decide_power(work->office->policy, ABI_OP_PTRACE, &judgement->decision);
	return verdict_is_loose(judgement->decision.verdict) ? 0 : -EPERM;
}

/* A slot in the work, its object's path to be filled. */
static struct judgement *judgement_next(struct work *work)
{
	struct judgement *judgement;

	if (work->judgement_count == WORK_JUDGEMENTS)
		return NULL;
	judgement = &work->judgements[work->judgement_count];
	judgement->object2 = NULL;
	judgement->is_observed = false;
	judgement->by_seccomp = false;
	return judgement;
}

int judge_object(struct work *work, uint32_t ops, int fd, const struct stat *st)
{
	struct judgement *judgement = judgement_next(work);
	int r;

	if (!judgement)
		return -EACCES;
	r = path_of(work->office, fd, st, judgement->object);
	if (r < 0)
		return r;
	if (has_no_place(work->office, judgement->object, st))
		return 0;
	/* It lies where the jail has no way to. */
	if (judgement->object[0] != '/' || procfs_is_foreign(fd, st))
		return -EACCES;
	work->judgement_count++;
	procfs_name_self(&work->caller, judgement->object);
	if (procfs_is_others_memory(judgement->object)) {
		r = decide_trace(work, judgement);
		if (r < 0)
			return r;
	}
	return decide(work, ops, judgement, st);
}

int judge_exec(struct work *work, int fd, const struct stat *st)
{
	struct judgement *judgement = judgement_next(work);
	const struct file_object object = {
		.path = judgement ? judgement->object : "",
		.has_identity = true,
		.dev = st->st_dev,
		.ino = st->st_ino,
	};
	int r;

	if (!judgement)
		return -EACCES;
	r = path_of(work->office, fd, st, judgement->object);
	if (r < 0)
		return r;
	if (procfs_is_foreign(fd, st))
		return -EACCES;
	judgement->op = ABI_OP_EXEC;
	decide_exec(work->office->policy, &object, &judgement->decision);
	r = judge_settle(work, &judgement->decision, &judgement->is_observed);
	/* An interpreter or loader that is allowed is no event of its own. */
	if (work->judgement_count == 0 ||
	    judgement->decision.verdict != ABI_ALLOW)
		work->judgement_count++;
	return r;
}

void judge_foreign(struct work *work)
{
	struct judgement *judgement = &work->judgements[0];

	caller_exe(&work->caller, judgement->object);
	judgement->object2 = NULL;
	judgement->is_observed = false;
	judgement->by_seccomp = false;
	judgement->op = ABI_OP_EXEC;
	judgement->decision = (struct decision){
		.verdict = ABI_KILL,
		.rule = -1,
	};
	work->judgement_count = 1;
}

/* The path that NAME has in the directory DIR_FD. */
static int name_path(const struct office *office, int dir_fd, const char *name,
		     char path[PATH_MAX])
{
	size_t len;
	int r = path_of(office, dir_fd, NULL, path);

	if (r < 0)
		return r;
	if (path[0] != '/')
		return -EACCES;
	len = strlen(path);
	if (len == 1)
		len = 0; /* the root's own slash */
	if (len + 1 + strlen(name) >= PATH_MAX)
		return -ENAMETOOLONG;
	path[len] = '/';
	strcpy(path + len + 1, name);
	return 0;
}

int judge_name(struct work *work, uint32_t ops, int dir_fd, const char *name,
	       const struct stat *st_or_null)
{
	struct judgement *judgement = judgement_next(work);
	int r;

	if (!judgement)
		return -EACCES;
	r = name_path(work->office, dir_fd, name, judgement->object);
	if (r < 0)
		return r;
	work->judgement_count++;
	return decide(work, ops, judgement, st_or_null);
}

static int refuse(struct work *work, struct judgement *judgement,
		  enum abi_op op)
{
	work->judgement_count++;
	judgement->op = op;
	judgement->decision = (struct decision){
		.verdict = ABI_DENY,
		.rule = -1,
	};
	if (op_is_power(op))
		decide_power(work->office->policy, op, &judgement->decision);
	return -EPERM;
}

int judge_power(struct work *work, enum abi_op power, const char *name)
{
	struct judgement *judgement = judgement_next(work);

	if (!judgement)
		return -EPERM;
	snprintf(judgement->object, sizeof(judgement->object), "%s", name);
	work->judgement_count++;
	judgement->by_seccomp = true;
	judgement->op = power;
	decide_power(work->office->policy, power, &judgement->decision);
	return verdict_is_loose(judgement->decision.verdict) ? 0 : -EPERM;
}

int judge_refuse(struct work *work, enum abi_op op, int fd,
		 const struct stat *st)
{
	struct judgement *judgement = judgement_next(work);
	int r;

	if (!judgement)
		return -EPERM;
	r = path_of(work->office, fd, st, judgement->object);
	return r < 0 ? r : refuse(work, judgement, op);
}

int judge_refuse_name(struct work *work, enum abi_op op, int dir_fd,
		      const char *name)
{
	struct judgement *judgement = judgement_next(work);
	int r;

	if (!judgement)
		return -EPERM;
	r = name_path(work->office, dir_fd, name, judgement->object);
	return r < 0 ? r : refuse(work, judgement, op);
}

int judge_path(struct work *work, int fd, const struct stat *st,
	       char path[PATH_MAX])
{
	int r = path_of(work->office, fd, st, path);

	if (r < 0)
		return r;
	return path[0] == '/' ? 0 : -EACCES;
}

int judge_symlink(struct work *work, int dir_fd, const char *name)
{
	struct judgement *judgement = judgement_next(work);
	int r;

	if (!judgement)
		return -EACCES;
	r = name_path(work->office, dir_fd, name, judgement->object);
	if (r < 0)
		return r;
	work->judgement_count++;
	judgement->op = ABI_OP_CREATE;
	decide_symlink(work->office->policy, judgement->object,
		       &judgement->decision);
	return judge_settle(work, &judgement->decision,
			    &judgement->is_observed);
}

int judge_move(struct work *work, const struct judgement *judgement,
	       const struct judgement *other, const struct stat *st)
{
	const struct policy *policy = work->office->policy;
	const struct file_object object = {
		.path = judgement->object,
		.has_identity = true,
		.dev = st->st_dev,
		.ino = st->st_ino,
	};

	if (moves_freer(policy, &object, other->object))
		return -EXDEV;
	if (S_ISDIR(st->st_mode) &&
	    !moves_same_below(policy, judgement->object, other->object))
		return -EXDEV;
	return 0;
}

static uint64_t boot_time_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static void event_fill(struct event *event, const struct judgement *judgement)
{
	const struct decision *decision = &judgement->decision;

	event->op = judgement->op;
	event->by = judgement->by_seccomp ? ABI_BY_SECCOMP : ABI_BY_NOTIFY;
	event->flags = judgement->is_observed ? ABI_EVENT_OBSERVED : 0;
	event->verdict = decision->verdict;
	event->rule = decision->rule;
	event->object.at = judgement->object;
	event->object.len = strlen(judgement->object);
	event->object2.at = judgement->object2;
	event->object2.len = judgement->object2 ? strlen(judgement->object2)
						: 0;
	event->candidate_count = 0;
	for (int i = 0; i < decision->candidate_count; i++)
		event->candidates[event->candidate_count++] =
			(int16_t)decision->candidates[i];
}

/*
 * Who it was costs a look at /proc. An allowed call goes without: the process
 * alone is noted, and the program by the event of its exec.
 */
static void event_caller(struct event *event, const struct work *work,
			 char exe[PATH_MAX])
{
	struct caller_status status;

	event->pid = (uint32_t)caller_process(&work->caller);
	exe[0] = '\0';
	if (verdict_is_loose(event->verdict))
		return;
	if (caller_status(&work->caller, &status) == 0)
		event->ppid = (uint32_t)status.ppid;
	caller_exe(&work->caller, exe);
	event->exe.at = exe;
	event->exe.len = strlen(exe);
}

void judge_record(struct work *work, int outcome)
{
	struct event event = {
		.error = -outcome,
		.time_ns = boot_time_ns(),
	};
	struct error err = { 0 };
	char exe[PATH_MAX];

	for (unsigned i = 0; i < work->judgement_count; i++) {
		event_fill(&event, &work->judgements[i]);
		event_caller(&event, work, exe);
		/* What cannot be put on record must not happen. */
		if (event_ring_write(work->office->ring, &event, &err) < 0)
			work->killed = true;
		if (event.verdict == ABI_KILL &&
		    !work->judgements[i].is_observed)
			work->killed = true;
	}
	if (work->killed)
		pidfd_send_signal(work->office->jail_fd, SIGKILL, NULL, 0);
}
