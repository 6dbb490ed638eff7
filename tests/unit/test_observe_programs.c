/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "observe/programs.h"

static struct programs *table;

static void set_up(void)
{
	table = programs_create();
	ck_assert_ptr_nonnull(table);
}

static void tear_down(void)
{
	programs_free(table);
}

static void set(uint32_t pid, const char *program)
{
	programs_set(table, pid,
		     (struct event_text){ program, strlen(program) });
}

static void assert_runs(uint32_t pid, const char *program)
{
	struct event_text text = programs_get(table, pid);

	ck_assert_uint_eq(text.len, strlen(program));
	ck_assert_mem_eq(text.len ? text.at : "", program, text.len);
}

START_TEST(who_is_not_known_runs_nothing_known)
{
	assert_runs(1, "");
	programs_forget(table, 1);
	programs_inherit(table, 2, 1);
	assert_runs(2, "");
}
END_TEST

START_TEST(a_child_runs_what_its_parent_did_at_the_fork)
{
	set(1, "/bin/sh");
	programs_inherit(table, 2, 1);
	set(1, "/bin/cat");
	assert_runs(1, "/bin/cat");
	assert_runs(2, "/bin/sh");
	programs_forget(table, 1);
	assert_runs(1, "");
	assert_runs(2, "/bin/sh");
}
END_TEST

/* The end of the first was lost; nothing of it may stick to the second. */
START_TEST(a_pid_that_comes_again_is_another_process)
{
	set(1, "/bin/sh");
	set(2, "/bin/old");
	programs_inherit(table, 2, 1);
	assert_runs(2, "/bin/sh");
	programs_inherit(table, 1, 99);
	assert_runs(1, "");
}
END_TEST

START_TEST(a_program_may_be_named_by_any_bytes_or_none)
{
	programs_set(table, 1, (struct event_text){ "a\0b", 3 });
	ck_assert_uint_eq(programs_get(table, 1).len, 3);
	ck_assert_mem_eq(programs_get(table, 1).at, "a\0b", 3);
	programs_set(table, 1, (struct event_text){ "", 0 });
	assert_runs(1, "");
}
END_TEST

/* Ends of processes were lost: memory is bounded all the same. */
START_TEST(the_table_has_an_end)
{
	for (uint32_t pid = 1; pid <= 65536; pid++)
		set(pid, "/bin/sh");
	assert_runs(65536, "/bin/sh");
	set(65537, "/bin/sh");
	assert_runs(65537, "");
	set(1, "/bin/cat");
	assert_runs(1, "/bin/cat");
	programs_forget(table, 2);
	set(65537, "/bin/sh");
	assert_runs(65537, "/bin/sh");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("table");
	Suite *suite = suite_create("observe_programs");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, who_is_not_known_runs_nothing_known);
	tcase_add_test(tc, a_child_runs_what_its_parent_did_at_the_fork);
	tcase_add_test(tc, a_pid_that_comes_again_is_another_process);
	tcase_add_test(tc, a_program_may_be_named_by_any_bytes_or_none);
	tcase_add_test(tc, the_table_has_an_end);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
