/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "terms/op.h"
#include "terms/verdict.h"

/* From the loosest to the strictest: the order is the meaning. */
static const char *const verdicts[] = { "allow", "audit", "ask",
					"pause", "deny",  "kill" };

/* What a trace on disk calls each number: never reused, never renumbered. */
static const struct {
	int op;
	const char *name;
} stored[] = {
	{ 0, "read" },
	{ 1, "write" },
	{ 2, "append" },
	{ 3, "create" },
	{ 4, "delete" },
	{ 5, "meta" },
	{ 6, "exec" },
	{ 7, "connect" },
	{ 8, "listen" },
	{ 9, "send" },
	{ 10, "dns" },
	{ 16, "ptrace" },
	{ 17, "namespace" },
	{ 18, "keyring" },
	{ 19, "io_uring" },
	{ 27, "mount" },
	{ 35, "signal_outside" },
	{ 41, "reboot" },
	{ 48, "start" },
	{ 50, "exec" },
	{ 51, "exit" },
	{ 55, "deny" },
	{ 58, "revoke" },
};

static const struct {
	const char *word;
	const char *ops; /* the names of the operations that it covers */
} words[] = {
	{ "read", "read" },
	{ "write", "write append" },
	{ "append", "append" },
	{ "create", "create" },
	{ "delete", "delete" },
	{ "meta", "meta" },
	{ "modify", "write append create delete meta" },
};

/* Whether LIST, words with one blank between them, has WORD. */
static bool has_word(const char *list, const char *word)
{
	const size_t len = strlen(word);
	const char *at = list;

	while ((at = strstr(at, word)) != NULL) {
		if ((at == list || at[-1] == ' ') &&
		    (at[len] == ' ' || at[len] == '\0'))
			return true;
		at += len;
	}
	return false;
}

START_TEST(verdicts_have_their_words_in_order)
{
	enum abi_verdict verdict = ABI_VERDICTS;

	ck_assert_int_eq(ABI_VERDICTS, 6);
	ck_assert_str_eq(verdict_name((enum abi_verdict)_i), verdicts[_i]);
	ck_assert(verdict_parse(verdicts[_i], &verdict));
	ck_assert_int_eq(verdict, _i);
}
END_TEST

START_TEST(no_other_word_is_a_verdict)
{
	static const char *const others[] = { "",      "Allow",	  "allow ",
					      "allo",  "allowed", "?",
					      "block", "kill\n" };
	enum abi_verdict verdict = ABI_PAUSE;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert(!verdict_parse(others[i], &verdict));
	ck_assert_int_eq(verdict, ABI_PAUSE);
	ck_assert_str_eq(verdict_name(ABI_VERDICTS), "?");
	ck_assert_str_eq(verdict_name((enum abi_verdict) - 1), "?");
}
END_TEST

START_TEST(loose_held_and_stricter_follow_the_order)
{
	for (int a = 0; a < ABI_VERDICTS; a++) {
		ck_assert_int_eq(verdict_is_loose(a), a < 2);
		ck_assert_int_eq(verdict_is_held(a), a == 2 || a == 3);
		for (int b = 0; b < ABI_VERDICTS; b++)
			ck_assert_int_eq(verdict_stricter(a, b), a > b ? a : b);
	}
}
END_TEST

START_TEST(an_operation_keeps_its_number_and_its_word)
{
	ck_assert_str_eq(op_name((enum abi_op)stored[_i].op), stored[_i].name);
}
END_TEST

/*
 * A word leads back to its operation. Two words name two things: what the
 * record of an image taken and of a person's refusal share with an operation
 * and a verdict.
 */
START_TEST(names_lead_back_to_their_operations)
{
	int named = 0;

	for (int i = 0; i < ABI_OPS; i++) {
		const char *name = op_name((enum abi_op)i);
		enum abi_op op = ABI_OPS;

		if (strcmp(name, "?") == 0)
			continue;
		named++;
		ck_assert(op_parse(name, &op));
		ck_assert_int_eq(op, i == ABI_OP_EXECUTED ? ABI_OP_EXEC : i);
	}
	/* Gaps are left before the powers and before the records. */
	ck_assert_int_eq(named, ABI_OPS - 5 - 6);
}
END_TEST

START_TEST(no_other_word_is_an_operation)
{
	static const char *const others[] = { "",  "Read",   "reads", "rea",
					      "?", "modify", "read " };
	enum abi_op op = ABI_OP_META;

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert(!op_parse(others[i], &op));
	ck_assert_int_eq(op, ABI_OP_META);
	ck_assert_str_eq(op_name(ABI_OPS), "?");
	ck_assert_str_eq(op_name((enum abi_op) - 1), "?");
	ck_assert_str_eq(op_name((enum abi_op)(ABI_OP_DNS + 1)), "?");
}
END_TEST

START_TEST(a_word_on_files_covers_what_it_says)
{
	uint32_t mask = op_file_mask(words[_i].word);

	for (int op = 0; op <= ABI_OP_META; op++)
		ck_assert_int_eq(!!(mask & OP_BIT(op)),
				 has_word(words[_i].ops, op_name(op)));
	ck_assert_uint_eq(mask & ~OPS_FILE, 0);
}
END_TEST

START_TEST(no_other_word_is_on_files)
{
	static const char *const others[] = { "",   "exec",    "all",
					      "rw", "connect", "modify " };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert_uint_eq(op_file_mask(others[i]), 0);
}
END_TEST

START_TEST(powers_are_told_from_what_is_never_allowed)
{
	for (int i = 0; i < ABI_OPS; i++) {
		enum abi_op op = (enum abi_op)i;

		ck_assert(!op_is_never_allowed(op) || op_is_power(op));
	}
	ck_assert(!op_is_power(ABI_OP_DNS));
	ck_assert(op_is_power(ABI_OP_PTRACE));
	ck_assert(op_is_power(ABI_OP_PRIORITY));
	ck_assert(!op_is_never_allowed(ABI_OP_PRIORITY));
	ck_assert(op_is_never_allowed(ABI_OP_MOUNT));
	ck_assert(op_is_never_allowed(ABI_OP_REBOOT));
	ck_assert(!op_is_power(ABI_OP_START));
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("terms");
	Suite *suite = suite_create("terms");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, verdicts_have_their_words_in_order, 0, 6);
	tcase_add_test(tc, no_other_word_is_a_verdict);
	tcase_add_test(tc, loose_held_and_stricter_follow_the_order);
	tcase_add_loop_test(tc, an_operation_keeps_its_number_and_its_word, 0,
			    sizeof(stored) / sizeof(stored[0]));
	tcase_add_test(tc, names_lead_back_to_their_operations);
	tcase_add_test(tc, no_other_word_is_an_operation);
	tcase_add_loop_test(tc, a_word_on_files_covers_what_it_says, 0,
			    sizeof(words) / sizeof(words[0]));
	tcase_add_test(tc, no_other_word_is_on_files);
	tcase_add_test(tc, powers_are_told_from_what_is_never_allowed);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
