/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"

static int null_open(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

START_TEST(a_descriptor_is_closed_at_the_end_of_its_scope)
{
	int copy;

	{
		CLEANUP(fd_closep) int fd = null_open();

		copy = fd;
		ck_assert_int_ge(fcntl(copy, F_GETFD), 0);
	}
	ck_assert_int_eq(fcntl(copy, F_GETFD), -1);
}
END_TEST

START_TEST(what_is_given_away_is_not_closed)
{
	int copy;

	{
		CLEANUP(fd_closep) int fd = null_open();

		copy = TAKE_FD(fd);
		ck_assert_int_eq(fd, -1);
	}
	ck_assert_int_ge(fcntl(copy, F_GETFD), 0);
	close(copy);
}
END_TEST

START_TEST(a_pointer_that_is_given_away_outlives_its_scope)
{
	char *copy;

	{
		CLEANUP(freep) char *text = strdup("kept");

		copy = TAKE_PTR(text);
		ck_assert_ptr_null(text);
	}
	ck_assert_str_eq(copy, "kept");
	free(copy);
}
END_TEST

/* An error path reads errno after its cleanups have run. */
START_TEST(closing_keeps_errno)
{
	int bad = 1 << 20;
	FILE *file = fdopen(null_open(), "r");

	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(close(fileno(file)), 0);
	errno = ENOENT;
	fd_closep(&bad);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(bad, -1);
	file_closep(&file);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_null(file);
}
END_TEST

/* Descriptor 0 is one like any other, and owning nothing is no error. */
START_TEST(nothing_and_zero_are_told_apart)
{
	int none = -1, zero = 0;
	FILE *no_file = NULL;
	void *no_memory = NULL;

	ck_assert_int_eq(dup2(null_open(), 0), 0);
	fd_closep(&none);
	file_closep(&no_file);
	freep(&no_memory);
	ck_assert_int_ge(fcntl(0, F_GETFD), 0);
	fd_closep(&zero);
	ck_assert_int_eq(fcntl(0, F_GETFD), -1);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("own");
	Suite *suite = suite_create("own");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, a_descriptor_is_closed_at_the_end_of_its_scope);
	tcase_add_test(tc, what_is_given_away_is_not_closed);
	tcase_add_test(tc, a_pointer_that_is_given_away_outlives_its_scope);
	tcase_add_test(tc, closing_keeps_errno);
	tcase_add_test(tc, nothing_and_zero_are_told_apart);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
