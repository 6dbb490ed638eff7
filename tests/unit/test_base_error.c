/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

START_TEST(a_cause_is_stated_with_what_errno_says)
{
	struct error err = { 0 };

	ck_assert_int_eq(error_set(&err, -ENOENT, "open %s", "/x"), -ENOENT);
	ck_assert_int_eq(err.code, -ENOENT);
	ck_assert_str_eq(err.text, "open /x: No such file or directory");
}
END_TEST

START_TEST(words_that_say_it_all_stand_alone)
{
	struct error err = { 0 };

	ck_assert_int_eq(error_say(&err, -EINVAL, "line %d: quote it", 9),
			 -EINVAL);
	ck_assert_int_eq(err.code, -EINVAL);
	ck_assert_str_eq(err.text, "line 9: quote it");
}
END_TEST

START_TEST(context_goes_in_front_and_keeps_the_code)
{
	struct error err = { 0 };

	error_set(&err, -EACCES, "memory.max");
	ck_assert_int_eq(error_wrap(&err, "cgroup %s", "jail"), -EACCES);
	ck_assert_int_eq(error_wrap(&err, "run"), -EACCES);
	ck_assert_int_eq(err.code, -EACCES);
	ck_assert_str_eq(err.text,
			 "run: cgroup jail: memory.max: Permission denied");
}
END_TEST

/* The wrapped text is an argument of its own wrapping's output buffer. */
START_TEST(a_text_can_be_an_argument_of_its_own_wrapping)
{
	struct error err = { 0 };
	struct error inner;

	error_say(&err, -EIO, "inner");
	inner = err;
	ck_assert_int_eq(error_wrap(&err, "<%s>", inner.text), -EIO);
	ck_assert_str_eq(err.text, "<inner>: inner");
}
END_TEST

/* _i: how far the text is from filling the buffer to its terminator. */
START_TEST(a_text_that_fits_is_whole_and_one_that_does_not_ends_in_dots)
{
	struct error err = { 0 };
	const size_t room = sizeof(err.text) - 1;
	const size_t len = room - 2 + _i;
	char long_text[sizeof(err.text) + 8];

	memset(long_text, 'x', len);
	long_text[len] = '\0';
	ck_assert_int_eq(error_say(&err, -EINVAL, "%s", long_text), -EINVAL);
	if (len <= room) {
		ck_assert_str_eq(err.text, long_text);
		return;
	}
	ck_assert_uint_eq(strlen(err.text), room);
	ck_assert_str_eq(err.text + room - 4, "x...");
}
END_TEST

START_TEST(a_tail_that_does_not_fit_ends_in_dots)
{
	struct error err = { 0 };
	const size_t room = sizeof(err.text) - 1;
	char nearly[sizeof(err.text)];

	memset(nearly, 'x', room - 1);
	nearly[room - 1] = '\0';
	error_set(&err, -ENOENT, "%s", nearly);
	ck_assert_uint_eq(strlen(err.text), room);
	ck_assert_str_eq(err.text + room - 4, "x...");
}
END_TEST

START_TEST(wrapping_for_ever_keeps_the_outermost_words)
{
	struct error err = { 0 };

	error_set(&err, -EPERM, "cause");
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(error_wrap(&err, "level %d", i), -EPERM);
	ck_assert_int_eq(strncmp(err.text, "level 999: level 998: ", 22), 0);
	ck_assert_uint_eq(strlen(err.text), sizeof(err.text) - 1);
	ck_assert_str_eq(err.text + sizeof(err.text) - 4, "...");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("error");
	Suite *suite = suite_create("error");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, a_cause_is_stated_with_what_errno_says);
	tcase_add_test(tc, words_that_say_it_all_stand_alone);
	tcase_add_test(tc, context_goes_in_front_and_keeps_the_code);
	tcase_add_test(tc, a_text_can_be_an_argument_of_its_own_wrapping);
	tcase_add_loop_test(
		tc,
		a_text_that_fits_is_whole_and_one_that_does_not_ends_in_dots, 0,
		6);
	tcase_add_test(tc, a_tail_that_does_not_fit_ends_in_dots);
	tcase_add_test(tc, wrapping_for_ever_keeps_the_outermost_words);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
