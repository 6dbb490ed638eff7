/* SPDX-License-Identifier: Apache-2.0 */
/* timeout: 120 */
/*
 * differential.c - what the engine does is what decide() says: 5,000 random
 * operations on random trees under random profiles.
 *
 * The same program is the agent: as `differential ops SEED COUNT` it does the
 * operations, one after the other, and says of each what was there and how it
 * ended. The judge then asks the policy, compiled from the same text, in the
 * contract's own words. A seed that fails is printed, to be given as argument.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/own.h"
#include "policy/compile.h"
#include "policy/decide.h"
#include "policy/moves.h"
#include "policy/policy.h"
#include "profile/load.h"
#include "profile/variables.h"
#include "run/host.h"
#include "terms/op.h"
#include "terms/verdict.h"

#include "differential_ops.h"

#define ROUNDS 20
#define OPS_A_ROUND 250
#define PROFILE_TRIES 50

/* --- the judge ------------------------------------------------------------ */

struct object {
	char type;
	unsigned long long dev, ino;
	char path[4300];
};

struct outcome {
	const struct policy *policy;
	struct object a, b;
	bool denied;	/* by a rule */
	bool elsewhere; /* EXDEV is due */
	bool is_place;	/* of a rule by itself: perhaps a mount */
};

static void ask(struct outcome *outcome, uint32_t ops,
		const struct object *object)
{
	const struct file_object file = {
		.path = object->path,
		.has_identity = object->type != '-',
		.dev = object->dev,
		.ino = object->ino,
	};
	struct decision decision;

	if (!ops)
		return;
	decide_file(outcome->policy, ops, &file, &decision);
	if (!verdict_is_loose(decision.verdict))
		outcome->denied = true;
}

static void ask_open(struct outcome *outcome, int flags)
{
	const int mode = flags & O_ACCMODE;
	uint32_t ops = 0;

	if (outcome->a.type == '-') {
		ask(outcome, OPS_CREATE, &outcome->a);
		return;
	}
	if (mode != O_WRONLY)
		ops |= OPS_READ;
	if (flags & O_TRUNC || mode == O_RDWR ||
	    (mode == O_WRONLY && !(flags & O_APPEND)))
		ops |= OP_BIT(ABI_OP_WRITE);
	else if (mode == O_WRONLY)
		ops |= OPS_APPEND;
	ask(outcome, ops, &outcome->a);
}

static void ask_symlink(struct outcome *outcome, const struct object *at)
{
	struct decision decision;

	decide_symlink(outcome->policy, at->path, &decision);
	if (!verdict_is_loose(decision.verdict))
		outcome->denied = true;
}

/* An object that comes to lie elsewhere. */
static void ask_move(struct outcome *outcome, const struct object *from,
		     const struct object *to)
{
	const struct file_object file = {
		.path = from->path,
		.has_identity = true,
		.dev = from->dev,
		.ino = from->ino,
	};
	struct object arrived = { .type = '-' };

	snprintf(arrived.path, sizeof(arrived.path), "%s", to->path);
	if (from->type == 'l') {
		ask_symlink(outcome, &arrived);
		return;
	}
	ask(outcome, OPS_CREATE, &arrived);
	if (moves_freer(outcome->policy, &file, to->path))
		outcome->elsewhere = true;
	if (from->type == 'd' &&
	    !moves_same_below(outcome->policy, from->path, to->path))
		outcome->elsewhere = true;
}

static void ask_all(struct outcome *outcome, const struct operation *op)
{
	switch (op->kind) {
	case OPEN:
		ask_open(outcome, op->flags);
		break;
	case MKDIR:
		ask(outcome, OPS_CREATE, &outcome->a);
		break;
	case SYMLINK:
		ask_symlink(outcome, &outcome->a);
		break;
	case RMDIR:
	case UNLINK:
		ask(outcome, OPS_DELETE, &outcome->a);
		break;
	case RENAME:
		ask(outcome, OPS_DELETE, &outcome->a);
		ask_move(outcome, &outcome->a, &outcome->b);
		if (outcome->b.type != '-')
			ask(outcome, OPS_DELETE, &outcome->b);
		break;
	case LINK:
		ask_move(outcome, &outcome->a, &outcome->b);
		break;
	case CHMOD:
	case UTIMES:
		ask(outcome, OPS_META, &outcome->a);
		break;
	default:
		ask(outcome, OP_BIT(ABI_OP_WRITE), &outcome->a);
	}
}

/* What the kernel says of its own accord, whatever the rules are. */
static bool is_natural(int error)
{
	return error == ENOENT || error == ENOTDIR || error == EISDIR ||
	       error == EEXIST || error == EINVAL || error == ELOOP ||
	       error == EPERM || error == ENOTEMPTY;
}

static bool is_right(const struct outcome *outcome, int error)
{
	if (error == 0)
		return !outcome->denied && !outcome->elsewhere;
	if (error == EACCES)
		return outcome->denied;
	if (error == EXDEV)
		return !outcome->denied && outcome->elsewhere;
	if (error == EROFS || error == EBUSY)
		return !outcome->denied && outcome->is_place;
	return is_natural(error);
}

/* Whether the operation goes through a link that bears its name. */
static bool operation_follows(const struct operation *op)
{
	return op->kind == OPEN || op->kind == CHMOD || op->kind == TRUNCATE;
}

/* Whether a name that OP would end is one that a rule of PROFILE ends in. */
static bool operation_ends_place(const struct operation *op,
				 const struct outcome *outcome,
				 const char *profile)
{
	char a[4310], b[4310];

	if (op->kind != RMDIR && op->kind != UNLINK && op->kind != RENAME)
		return false;
	snprintf(a, sizeof(a), "\"%s\"]", outcome->a.path);
	snprintf(b, sizeof(b), "\"%s\"]", outcome->b.path);
	return strstr(profile, a) || (op->kind == RENAME && strstr(profile, b));
}

/* Reads one line of the agent's and judges it. */
static int line_judge(FILE *said, const struct policy *policy,
		      const char *profile, const char *top,
		      const struct operation *op, unsigned counts[4])
{
	struct outcome outcome = { .policy = policy };
	int index, error;

	if (fscanf(said, "%d %c %llu %llu %c %llu %llu %d", &index,
		   &outcome.a.type, &outcome.a.dev, &outcome.a.ino,
		   &outcome.b.type, &outcome.b.dev, &outcome.b.ino,
		   &error) != 8) {
		fprintf(stderr, "the agent ended early\n");
		return -1;
	}
	snprintf(outcome.a.path, sizeof(outcome.a.path), "%s/%s", top, op->a);
	snprintf(outcome.b.path, sizeof(outcome.b.path), "%s/%s", top, op->b);
	/* What lies behind a link the line does not say. */
	if (outcome.a.type == 'l' && operation_follows(op))
		return 0;
	ask_all(&outcome, op);
	outcome.is_place = operation_ends_place(op, &outcome, profile);
	counts[error == 0 ? 0 : error == EACCES ? 1 : error == EXDEV ? 2 : 3]++;
	if (is_right(&outcome, error))
		return 0;
	fprintf(stderr,
		"operation %d: kind %d flags %#o %s (%c) %s (%c): %s; decide() "
		"says %s%s\n",
		index, op->kind, op->flags, op->a, outcome.a.type, op->b,
		outcome.b.type, error ? strerror(error) : "done",
		outcome.denied ? "denied" : "allowed",
		outcome.elsewhere ? ", elsewhere" : "");
	return -1;
}

static void rule_write(FILE *out, const char *top)
{
	static const char *const verdicts[] = { "allow", "allow", "audit",
						"deny" };
	static const char *const ops[] = { "read",	  "write",  "append",
					   "create",	  "delete", "meta",
					   "read modify", "modify" };
	char path[64];

	path_make(path);
	fprintf(out, "  - %s %s: [\"%s/", verdicts[chance(4)], ops[chance(8)],
		top);
	switch (chance(6)) {
	case 0:
		fprintf(out, "%s/**/%s\"]\n", path, files[chance(4)]);
		break;
	case 1:
		fprintf(out, "**/%s/%s\"]\n", dirs[chance(2)],
			files[chance(4)]);
		break;
	case 2:
		fprintf(out, "%s/*.key\"]\n", path);
		break;
	case 3:
		fprintf(out, "%s/.\"]\n", path);
		break;
	default:
		fprintf(out, "%s\"]\n", path);
	}
}

static void profile_write(const char *file, const char *top, const char *tree)
{
	FILE *out = fopen(file, "w");
	unsigned rules = 3 + chance(10);

	if (!out)
		exit(1);
	fprintf(out,
		"agentjail: 1\nname: random\ntmp: host\nfiles:\n"
		"  - allow read: [/usr, /bin, /lib, /lib64, /etc, /proc, %s]\n",
		tree);
	if (chance(2))
		fprintf(out, "  - allow read modify: [%s]\n", top);
	for (unsigned i = 0; i < rules; i++)
		rule_write(out, top);
	fprintf(out,
		"exec:\n  - allow: [/usr, /bin, /lib, /lib64, %s]\n"
		"otherwise: {files: %s, exec: deny, network: deny, "
		"powers: deny}\n",
		tree, chance(4) ? "deny" : "allow");
	fclose(out);
}

static struct policy *policy_of(const char *file, struct error *err)
{
	CLEANUP(variables_freep) struct variables *variables = variables_new();
	CLEANUP(profile_set_freep) struct profile_set *set = NULL;
	const struct profile_search search = { 0, NULL };
	struct policy *policy = NULL;

	if (profile_load(file, &search, variables, &set, err) < 0 ||
	    policy_compile(set, &host_here, &policy, err) < 0)
		return NULL;
	return policy;
}

/* Random rules may contradict each other, which is an error of theirs. */
static struct policy *profile_make(const char *file, const char *top,
				   const char *tree)
{
	struct error err = { 0 };

	for (int i = 0; i < PROFILE_TRIES; i++) {
		struct policy *policy;

		profile_write(file, top, tree);
		policy = policy_of(file, &err);
		if (policy)
			return policy;
	}
	fprintf(stderr, "no profile: %s\n", err.text);
	exit(1);
}

static void text_read(const char *path, char *text, size_t size)
{
	FILE *in = fopen(path, "r");
	size_t n = in ? fread(text, 1, size - 1, in) : 0;

	if (!n || n == size - 1)
		exit(1);
	fclose(in);
	text[n] = '\0';
}

static void tree_make(const char *top)
{
	if (mkdir(top, 0755) < 0 || chdir(top) < 0)
		exit(1);
	for (int i = 0; i < 60; i++) {
		char path[64];
		int fd;

		path_make(path);
		for (char *at = path; (at = strchr(at, '/')); at++) {
			*at = '\0';
			mkdir(path, 0755);
			*at = '/';
		}
		if (strlen(strrchr(path, '/') ? strrchr(path, '/') : "") == 2 &&
		    chance(2)) {
			mkdir(path, 0755);
			continue;
		}
		fd = open(path, O_CREAT | O_WRONLY | O_EXCL, 0644);
		if (fd >= 0)
			close(fd);
	}
}

static FILE *agent_run(const char *profile, const char *self, uint64_t seed,
		       pid_t *out_pid)
{
	char text[32], count[16];
	int ends[2];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)seed);
	snprintf(count, sizeof(count), "%d", OPS_A_ROUND);
	if (pipe(ends) < 0)
		exit(1);
	*out_pid = fork();
	if (*out_pid == 0) {
		const char *agentjail = getenv("AGENTJAIL");

		dup2(ends[1], 1);
		close(ends[0]);
		close(ends[1]);
		/* Of a rule on `append` only what it says of opens holds. */
		execl(agentjail, agentjail, "run", "-q", "--allow-degraded",
		      "-p", profile, "--", self, "ops", text, count, NULL);
		_exit(127);
	}
	close(ends[1]);
	return fdopen(ends[0], "r");
}

static int round_run(uint64_t seed, const char *dir, const char *self,
		     unsigned counts[4])
{
	CLEANUP(policy_freep) struct policy *policy = NULL;
	char top[4200], profile[4300], tree[4096], text[16384];
	int status, r = 0;
	FILE *said;
	pid_t pid;

	state_ = seed;
	snprintf(top, sizeof(top), "%s/tree-%llu", dir,
		 (unsigned long long)seed);
	snprintf(profile, sizeof(profile), "%s.yaml", top);
	snprintf(tree, sizeof(tree), "%.*s", (int)(strrchr(self, '/') - self),
		 self);
	tree_make(top);
	policy = profile_make(profile, top, tree);
	text_read(profile, text, sizeof(text));
	said = agent_run(profile, self, seed, &pid);
	state_ = seed;
	for (int i = 0; i < OPS_A_ROUND && r == 0; i++) {
		struct operation op;

		operation_make(&op);
		r = line_judge(said, policy, text, top, &op, counts);
	}
	fclose(said);
	if (waitpid(pid, &status, 0) < 0 || status != 0)
		r = -1;
	if (r < 0)
		fprintf(stderr, "seed %llu, status %#x, profile %s\n",
			(unsigned long long)seed, (unsigned)status, profile);
	return r;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc == 2 ? strtoull(argv[1], NULL, 10)
				  : (uint64_t)getpid() * 1000;
	unsigned counts[4] = { 0 };
	char self[4096], dir[4096];
	ssize_t n;

	if (argc == 4 && strcmp(argv[1], "ops") == 0)
		return agent(strtoull(argv[2], NULL, 10), atoi(argv[3]));
	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0 || !getcwd(dir, sizeof(dir)))
		return 1;
	self[n] = '\0';
	for (int i = 0; i < ROUNDS; i++)
		if (round_run(seed + (uint64_t)i, dir, self, counts) < 0)
			return 1;
	printf("%u done, %u denied, %u elsewhere, %u refused by the kernel\n",
	       counts[0], counts[1], counts[2], counts[3]);
	return counts[0] && counts[1] && counts[2] ? 0 : 1;
}
