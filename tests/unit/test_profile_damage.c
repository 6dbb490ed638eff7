/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Profiles that are damaged at random: each comes to an error with its place,
 * or to a policy that answers, and under the sanitizers to nothing else.
 */
#include <fcntl.h>
#include <regex.h>

#include "base/io.h"
#include "chance.h"
#include "policy/plan.h"
#include "profiles.h"
#include "terms/op.h"

#define COUNT 300
#define TEXT_MAX (1 << 17)

static const char *const seeds[] = {
	"profiles/base.yaml",
	"profiles/coder.yaml",
	"profiles/offline.yaml",
	"profiles/open.yaml",
	"profiles/readonly.yaml",
	"tests/golden/profile_explain/parent.yaml",
	"tests/golden/profile_explain/child.yaml",
};

/* What a value may become: each is a text, a list, a map or nothing. */
static const char *const values[] = {
	"[]",	    "{}", "~",	   "\"\"", "1",		 "[[x]]", "{a: b}",
	"|\n  x",   "*x", "&x y",  "!x y", "[/a, /b",	 "\"x",	  "$x",
	"${",	    "$$", "/**/x", "/a/*", "written:/a", "any:*", "\xff",
	"\xc2\x85", "\t", "%",	   "@x",   "- - - x",
};

struct text {
	size_t len;
	char bytes[TEXT_MAX];
};

/* Puts WHAT in place of the CUT bytes at AT. */
static void put_in_place(struct text *text, size_t at, size_t cut,
			 const char *what, size_t len)
{
	if (text->len - cut + len >= TEXT_MAX)
		return;
	memmove(text->bytes + at + len, text->bytes + at + cut,
		text->len - at - cut);
	memcpy(text->bytes + at, what, len);
	text->len += len - cut;
}

static void cut_end(struct text *text, struct chance *chance)
{
	text->len = chance_below(chance, (uint32_t)text->len + 1);
}

static void flip_bits(struct text *text, struct chance *chance)
{
	for (uint32_t n = chance_below(chance, 8) + 1; n && text->len; n--)
		text->bytes[chance_below(chance, (uint32_t)text->len)] ^=
			(char)(1 << chance_below(chance, 8));
}

/* The line around a random byte, with its newline. */
static size_t any_line(const struct text *text, struct chance *chance,
		       size_t *out_len)
{
	size_t at = text->len ? chance_below(chance, (uint32_t)text->len) : 0;
	const char *end;

	while (at && text->bytes[at - 1] != '\n')
		at--;
	end = memchr(text->bytes + at, '\n', text->len - at);
	*out_len = end ? (size_t)(end + 1 - text->bytes) - at : text->len - at;
	return at;
}

static void drop_line(struct text *text, struct chance *chance)
{
	size_t len = 0;
	const size_t at = any_line(text, chance, &len);

	put_in_place(text, at, len, "", 0);
}

static void repeat_line(struct text *text, struct chance *chance)
{
	size_t len = 0, to_len = 0;
	const size_t at = any_line(text, chance, &len);
	const size_t to = any_line(text, chance, &to_len);
	char line[512];

	if (len > sizeof(line))
		return;
	memcpy(line, text->bytes + at, len);
	put_in_place(text, to, 0, line, len);
}

/* What is behind a colon or a dash becomes something of another kind. */
static void change_value(struct text *text, struct chance *chance)
{
	size_t len = 0;
	const size_t at = any_line(text, chance, &len);
	const char *value = values[chance_below(chance, ARRAY_SIZE(values))];
	size_t from = at;

	for (size_t i = at; i + 1 < at + len; i++)
		if ((text->bytes[i] == ':' || text->bytes[i] == '-') &&
		    text->bytes[i + 1] == ' ')
			from = i + 2;
	if (from > at && len)
		put_in_place(text, from, at + len - from - 1, value,
			     strlen(value));
}

static void indent_line(struct text *text, struct chance *chance)
{
	size_t len = 0;
	const size_t at = any_line(text, chance, &len);

	put_in_place(text, at, 0, "   ", chance_below(chance, 3) + 1);
}

static void (*const damages[])(struct text *text, struct chance *chance) = {
	cut_end,      flip_bits,    drop_line,	  repeat_line,
	change_value, change_value, change_value, indent_line,
};

static void seed_read(const char *path, struct text *text)
{
	CLEANUP(freep) char *data = NULL;
	struct error err = { 0 };

	ck_assert_msg(io_read_file(AT_FDCWD, path, TEXT_MAX - 1, &data,
				   &text->len, &err) == 0,
		      "%s", err.text);
	memcpy(text->bytes, data, text->len);
}

static void error_check(const struct error *err, const regex_t *placed, int nr)
{
	ck_assert_msg(err->code == -EINVAL &&
			      regexec(placed, err->text, 0, NULL, 0) == 0,
		      "seed %llx, profile %d: %d: %s", CHANCE_SEED, nr,
		      err->code, err->text);
}

/* The policy answers whatever it is asked. */
static void policy_check(const struct policy *policy)
{
	static const char *const paths[] = { "/", "/etc/passwd",
					     "/home/u/work/.git/hooks/x",
					     "/tmp/a/b/c/d/e/f/g" };
	const struct capabilities capabilities = { UINT32_MAX };
	CLEANUP(plan_freep) struct plan *plan = NULL;
	struct decision decision = { 0 };
	struct error err = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		const struct file_object object = { .path = paths[i] };
		const struct net_object net = { .kind = NET_INET,
						.address = { 10, 1 },
						.port = 443 };

		decide_file(policy, OPS_FILE, &object, &decision);
		ck_assert_int_lt(decision.verdict, ABI_VERDICTS);
		decide_exec(policy, &object, &decision);
		ck_assert_int_lt(decision.verdict, ABI_VERDICTS);
		decide_connect(policy, &net, &decision);
		ck_assert_int_lt(decision.verdict, ABI_VERDICTS);
	}
	ck_assert_int_eq(plan_make(policy, &capabilities, &plan, &err), 0);
}

/* Counts in *io_good where TEXT is a profile all the same. */
static void damaged_check(const struct text *text, const regex_t *placed,
			  int nr, int *io_good)
{
	CLEANUP(variables_freep) struct variables *variables = test_variables();
	CLEANUP(profile_set_freep)
	struct profile_set *set = calloc(1, sizeof(*set));
	CLEANUP(policy_freep) struct policy *policy = NULL;
	struct error err = { 0 };

	ck_assert_ptr_nonnull(set);
	if (profile_parse("x.yaml", text->bytes, text->len, variables,
			  &set->profiles[0], &err) < 0) {
		error_check(&err, placed, nr);
		return;
	}
	set->count = 1;
	if (policy_compile(set, NULL, &policy, &err) < 0) {
		error_check(&err, placed, nr);
		return;
	}
	policy_check(policy);
	++*io_good;
}

START_TEST(a_damaged_profile_is_an_error_with_its_place_or_a_profile)
{
	CLEANUP(freep) struct text *seed = malloc(sizeof(*seed));
	CLEANUP(freep) struct text *text = malloc(sizeof(*text));
	struct chance chance = { CHANCE_SEED };
	regex_t placed;
	int good = 0;

	ck_assert(seed && text);
	ck_assert_int_eq(regcomp(&placed,
				 "^x\\.yaml:[0-9]+:[0-9]+: .*expected .",
				 REG_EXTENDED | REG_NOSUB),
			 0);
	for (int i = 0; i < COUNT; i++) {
		seed_read(seeds[i % (int)ARRAY_SIZE(seeds)], seed);
		*text = *seed;
		for (uint32_t n = chance_below(&chance, 3) + 1; n; n--)
			damages[chance_below(&chance, ARRAY_SIZE(damages))](
				text, &chance);
		damaged_check(text, &placed, i, &good);
	}
	regfree(&placed);
	/* Else it would show only one of the two. */
	ck_assert_int_gt(good, COUNT / 10);
	ck_assert_int_lt(good, COUNT * 9 / 10);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("damage");
	Suite *suite = suite_create("profile_damage");
	SRunner *runner;
	int failed;

	tcase_add_test(
		tc, a_damaged_profile_is_an_error_with_its_place_or_a_profile);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
