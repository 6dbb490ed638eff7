/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy's answers, against those of a second implementation that takes
 * the language's words as they stand, one rule after the other, and is slow.
 */
#include <fnmatch.h>

#include "chance.h"
#include "profiles.h"
#include "terms/op.h"

#define POLICIES 400
#define QUESTIONS 50 /* of each: 20,000 in all */
#define PROFILES 3
#define RULES_MAX 24 /* of all profiles */
#define NAME_MAX_LEN 128

/* A rule as it was written. */
struct naive_rule {
	int profile;
	bool is_exec, lock, names_append;
	enum abi_verdict verdict;
	uint32_t ops;
	enum path_kind kind;
	char anchor[NAME_MAX_LEN]; /* "" is the root */
	char tail[NAME_MAX_LEN];
};

struct naive {
	int count;
	struct naive_rule rules[RULES_MAX];
	uint32_t inherits[PROFILES];
	enum abi_verdict otherwise; /* of files and exec */
};

struct asked {
	enum abi_op op;
	const char *path;
	bool is_written;
};

/* --- the words of the language, as they stand ------------------------ */

/* Whether PATH is ANCHOR or lies below it; *out_below is what lies below. */
static bool lies_in(const char *path, const char *anchor,
		    const char **out_below)
{
	const size_t len = strlen(anchor);

	if (strncmp(path, anchor, len) != 0 || (path[len] && path[len] != '/'))
		return false;
	*out_below = path[len] ? path + len + 1 : path + len;
	return true;
}

/* "In the last component * and ? match as in a shell"; strictly, dots too. */
static bool names_match(const char *pattern, const char *name, bool strict)
{
	return fnmatch(pattern, name,
		       FNM_NOESCAPE | (strict ? 0 : FNM_PERIOD)) == 0;
}

/* Whether the components of TAIL are the first ones of PATH. */
static bool tail_begins(const char *tail, const char *path, bool strict)
{
	char tails[NAME_MAX_LEN], paths[NAME_MAX_LEN];
	char *tail_rest = NULL, *path_rest = NULL, *t, *p;

	strcpy(tails, tail);
	strcpy(paths, path);
	t = strtok_r(tails, "/", &tail_rest);
	p = strtok_r(paths, "/", &path_rest);
	while (t && p && names_match(t, p, strict)) {
		t = strtok_r(NULL, "/", &tail_rest);
		p = strtok_r(NULL, "/", &path_rest);
	}
	return !t;
}

static bool rule_matches(const struct naive_rule *rule,
			 const struct asked *asked)
{
	const bool strict = !verdict_is_loose(rule->verdict);
	const char *below = NULL;

	if (!lies_in(asked->path, rule->anchor, &below))
		return false;
	switch (rule->kind) {
	case PATH_TREE:
		return true;
	case PATH_SELF:
		return !*below;
	case PATH_WRITTEN:
		return asked->is_written;
	case PATH_GLOB:
		return *below && tail_begins(rule->tail, below, strict);
	default:
		break;
	}
	for (const char *at = below; *at;
	     at += strcspn(at, "/"), at += *at == '/')
		if (tail_begins(rule->tail, at, strict))
			return true;
	return false;
}

static bool rule_covers(const struct naive_rule *rule,
			const struct asked *asked)
{
	return (rule->ops & OP_BIT(asked->op)) && rule_matches(rule, asked);
}

static bool same_object(const struct naive_rule *a, const struct naive_rule *b)
{
	return a->kind == b->kind && strcmp(a->anchor, b->anchor) == 0 &&
	       strcmp(a->tail, b->tail) == 0;
}

/* "A rule that names append beats one that covers it through write". */
static bool loses_append(const struct naive_rule *rule,
			 const struct naive_rule *other,
			 const struct asked *asked)
{
	return asked->op == ABI_OP_APPEND && other->names_append &&
	       !rule->names_append;
}

/* Whether RULE loses to another one that WHO has on the same object. */
static bool loses_on_object(const struct naive *naive,
			    const struct naive_rule *rule,
			    const struct asked *asked, uint32_t who)
{
	bool has_append = false;

	for (int i = 0; i < naive->count; i++) {
		const struct naive_rule *other = &naive->rules[i];

		if (!(who >> other->profile & 1) || !same_object(rule, other) ||
		    !rule_covers(other, asked))
			continue;
		if (loses_append(rule, other, asked))
			return true;
		has_append = has_append || (asked->op == ABI_OP_APPEND &&
					    other->names_append);
	}
	for (int i = 0; i < naive->count; i++) {
		const struct naive_rule *other = &naive->rules[i];

		if (!(who >> other->profile & 1) || !same_object(rule, other) ||
		    !rule_covers(other, asked) ||
		    (has_append && !other->names_append))
			continue;
		/* "A profile's own rule beats an inherited one". */
		if (naive->inherits[other->profile] >> rule->profile & 1)
			return true;
	}
	return false;
}

/* "The exact path; then a strict pattern; then the nearest directory". */
static int rank_of(const struct naive_rule *rule, const struct asked *asked)
{
	const bool is_pattern = rule->kind == PATH_GLOB ||
				rule->kind == PATH_ANYWHERE;
	int depth = 0;

	if (rule->kind == PATH_SELF || rule->kind == PATH_WRITTEN ||
	    (rule->kind == PATH_TREE && strcmp(rule->anchor, asked->path) == 0))
		return 1000;
	for (const char *c = rule->anchor; *c; c++)
		depth += *c == '/';
	if (is_pattern && !verdict_is_loose(rule->verdict))
		return 500 + depth;
	return depth;
}

/* The strictest of the nearest. False: no rule of WHO covers it. */
static bool decide_among(const struct naive *naive, const struct asked *asked,
			 uint32_t who, enum abi_verdict *out_verdict)
{
	bool losers[RULES_MAX] = { false };
	int best = -1;

	/* On one object the stricter wins before objects compete by rank. */
	for (int i = 0; i < naive->count; i++) {
		const struct naive_rule *rule = &naive->rules[i];

		losers[i] = !(who >> rule->profile & 1) ||
			    !rule_covers(rule, asked) ||
			    loses_on_object(naive, rule, asked, who);
	}
	for (int i = 0; i < naive->count; i++)
		for (int j = 0; j < naive->count && !losers[i]; j++)
			if (!losers[j] && j != i &&
			    same_object(&naive->rules[i], &naive->rules[j]) &&
			    naive->rules[j].verdict > naive->rules[i].verdict)
				losers[i] = true;
	for (int i = 0; i < naive->count; i++) {
		const int rank = rank_of(&naive->rules[i], asked);

		if (losers[i])
			continue;
		if (rank > best)
			*out_verdict = naive->rules[i].verdict;
		else if (rank == best)
			*out_verdict = verdict_stricter(
				*out_verdict, naive->rules[i].verdict);
		best = rank > best ? rank : best;
	}
	return best >= 0;
}

/* The decision, and that nothing loosens what a locked rule's profile says. */
static enum abi_verdict decide_naively(const struct naive *naive,
				       const struct asked *asked)
{
	enum abi_verdict verdict = naive->otherwise;

	decide_among(naive, asked, UINT32_MAX, &verdict);
	for (int i = 0; i < naive->count; i++) {
		const struct naive_rule *rule = &naive->rules[i];
		enum abi_verdict own = ABI_ALLOW;

		if (!rule->lock || !rule_covers(rule, asked))
			continue;
		decide_among(naive, asked,
			     naive->inherits[rule->profile] |
				     1u << rule->profile,
			     &own);
		verdict = verdict_stricter(verdict, own);
	}
	return verdict;
}

/* --- profiles and questions at random ------------------------------------ */

static const char *const components[] = { "a", "b", "c", ".d", "x.k", ".y.k" };
static const char *const patterns[] = { "*", "*.k", "?", "x*", ".?", "*d" };
static const char *const op_words[] = { "read",	  "write", "append", "create",
					"delete", "meta",  "modify" };

static void any_path(struct chance *chance, uint32_t least, uint32_t most,
		     char out[NAME_MAX_LEN])
{
	uint32_t count = least + chance_below(chance, most - least + 1);

	for (out[0] = '\0'; count; count--) {
		strcat(out, "/");
		strcat(out, components[chance_below(chance,
						    ARRAY_SIZE(components))]);
	}
}

static void any_object(struct chance *chance, struct naive_rule *rule)
{
	static const enum path_kind kinds[] = { PATH_TREE,     PATH_TREE,
						PATH_SELF,     PATH_GLOB,
						PATH_ANYWHERE, PATH_ANYWHERE,
						PATH_WRITTEN };
	char path[NAME_MAX_LEN];

	rule->kind = kinds[chance_below(chance, ARRAY_SIZE(kinds))];
	any_path(chance, rule->kind == PATH_SELF, 3, rule->anchor);
	rule->tail[0] = '\0';
	if (rule->kind == PATH_ANYWHERE) {
		any_path(chance, 0, 2, path);
		strcpy(rule->tail, path[0] ? path + 1 : "");
	}
	if (rule->kind != PATH_GLOB && rule->kind != PATH_ANYWHERE)
		return;
	if (rule->tail[0])
		strcat(rule->tail, "/");
	if (rule->kind == PATH_ANYWHERE && chance_below(chance, 2))
		strcat(rule->tail, components[chance_below(
					   chance, ARRAY_SIZE(components))]);
	else
		strcat(rule->tail,
		       patterns[chance_below(chance, ARRAY_SIZE(patterns))]);
}

/* Two verdicts of one profile on one object would be a contradiction. */
static void agree(const struct naive *naive, struct naive_rule *rule)
{
	for (int i = 0; i < naive->count; i++)
		if (naive->rules[i].profile == rule->profile &&
		    naive->rules[i].is_exec == rule->is_exec &&
		    same_object(&naive->rules[i], rule))
			rule->verdict = naive->rules[i].verdict;
}

static void any_rule(struct chance *chance, struct naive *naive, int profile)
{
	struct naive_rule *rule = &naive->rules[naive->count];
	const char *word = op_words[chance_below(chance, ARRAY_SIZE(op_words))];

	*rule = (struct naive_rule){
		.profile = profile,
		.is_exec = chance_below(chance, 4) == 0,
		.lock = chance_below(chance, 6) == 0,
		.verdict = (enum abi_verdict)chance_below(chance, ABI_VERDICTS),
	};
	any_object(chance, rule);
	rule->ops = rule->is_exec ? OP_BIT(ABI_OP_EXEC) : op_file_mask(word);
	rule->names_append = !rule->is_exec && strcmp(word, "append") == 0;
	agree(naive, rule);
	naive->count++;
}

static const char *word_of(const struct naive_rule *rule)
{
	for (size_t i = 0; i < ARRAY_SIZE(op_words); i++)
		if (op_file_mask(op_words[i]) == rule->ops)
			return op_words[i];
	return "";
}

static void rule_write(FILE *out, const struct naive_rule *rule)
{
	const char *root = rule->anchor[0] ? "" : "/";

	fprintf(out, "  - %s %s: \"", verdict_name(rule->verdict),
		rule->is_exec ? "" : word_of(rule));
	switch (rule->kind) {
	case PATH_TREE:
		fprintf(out, "%s%s", rule->anchor, root);
		break;
	case PATH_SELF:
		fprintf(out, "%s/.", rule->anchor);
		break;
	case PATH_WRITTEN:
		fprintf(out, "written:%s%s", rule->anchor, root);
		break;
	case PATH_GLOB:
		fprintf(out, "%s/%s", rule->anchor, rule->tail);
		break;
	default:
		fprintf(out, "%s/**/%s", rule->anchor, rule->tail);
		break;
	}
	fprintf(out, "\"\n    lock: %s\n", rule->lock ? "true" : "false");
}

static char *profile_write(const struct naive *naive, int profile)
{
	char *text = NULL;
	size_t len = 0, count = 0;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	fprintf(out, "agentjail: 1\notherwise: %s\n",
		verdict_name(naive->otherwise));
	for (int exec = 0; exec < 2; exec++, count = 0)
		for (int i = 0; i < naive->count; i++) {
			const struct naive_rule *rule = &naive->rules[i];

			if (rule->profile != profile || rule->is_exec != exec)
				continue;
			if (!count++)
				fputs(exec ? "exec:\n" : "files:\n", out);
			rule_write(out, rule);
		}
	fclose(out);
	return text;
}

/* Each extends those before it, or the last alone extends the others. */
static struct policy *any_policy(struct chance *chance, struct naive *naive,
				 char *texts[PROFILES])
{
	const bool siblings = chance_below(chance, 2);

	naive->count = 0;
	naive->otherwise = chance_below(chance, 2) ? ABI_DENY : ABI_AUDIT;
	for (int i = 0; i < PROFILES; i++) {
		naive->inherits[i] = (1u << i) - 1;
		for (uint32_t n =
			     1 + chance_below(chance, RULES_MAX / PROFILES);
		     n; n--)
			any_rule(chance, naive, i);
	}
	if (siblings)
		naive->inherits[1] = 0;
	for (int i = 0; i < PROFILES; i++)
		texts[i] = profile_write(naive, i);
	return test_policy((const char *const *)texts, siblings, NULL);
}

static void any_question(struct chance *chance, struct asked *asked,
			 char path[NAME_MAX_LEN])
{
	any_path(chance, 0, 5, path);
	asked->path = path;
	asked->op = (enum abi_op)chance_below(chance, ABI_OP_EXEC + 1);
	asked->is_written = chance_below(chance, 4) == 0;
}

static enum abi_verdict decide_really(const struct policy *policy,
				      const struct asked *asked)
{
	const struct file_object object = {
		.path = asked->path[0] ? asked->path : "/",
		.is_written = asked->is_written,
	};
	struct decision decision = { 0 };

	if (asked->op == ABI_OP_EXEC)
		decide_exec(policy, &object, &decision);
	else
		decide_file(policy, OP_BIT(asked->op), &object, &decision);
	return decision.verdict;
}

START_TEST(a_decision_is_what_the_words_say)
{
	struct chance chance = { CHANCE_SEED };
	int counts[ABI_VERDICTS] = { 0 };

	for (int i = 0; i < POLICIES; i++) {
		char *texts[PROFILES] = { NULL };
		struct naive naive = { 0 };
		CLEANUP(policy_freep)
		struct policy *policy = any_policy(&chance, &naive, texts);

		for (int j = 0; j < QUESTIONS; j++) {
			char path[NAME_MAX_LEN];
			struct asked asked = { 0 };
			enum abi_verdict want, got;

			any_question(&chance, &asked, path);
			want = decide_naively(&naive, &asked);
			got = decide_really(policy, &asked);
			ck_assert_msg(want == got,
				      "seed %llx: %s %s%s: %s, expected %s "
				      "of\n%s---\n%s---\n%s",
				      CHANCE_SEED, op_name(asked.op), path,
				      asked.is_written ? " (written)" : "",
				      verdict_name(got), verdict_name(want),
				      texts[0], texts[1], texts[2]);
			counts[got]++;
		}
		for (int j = 0; j < PROFILES; j++)
			free(texts[j]);
	}
	/* Random questions that all had one answer would prove nothing. */
	for (int i = 0; i < ABI_VERDICTS; i++)
		ck_assert_int_gt(counts[i], POLICIES * QUESTIONS / 50);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("naive");
	Suite *suite = suite_create("policy_naive");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, a_decision_is_what_the_words_say);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
