/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"

#define MUCH (1 << 20) /* many times what a pipe holds */

/* A directory with one file "f" of TEXT; it goes with the test. */
struct place {
	char path[32];
	int fd;
};

static void place_closep(struct place *place)
{
	unlinkat(place->fd, "f", 0);
	close(place->fd);
	rmdir(place->path);
}

static struct place place_make(const char *text, size_t len)
{
	struct place place = { .path = "/tmp/io.XXXXXX", .fd = -1 };

	ck_assert_ptr_nonnull(mkdtemp(place.path));
	place.fd = open(place.path, O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(place.fd, 0);
	CLEANUP(fd_closep)
	int fd = openat(place.fd, "f", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_eq(write(fd, text, len), len);
	return place;
}

/* Where a pipe's other end is written, and how. */
struct writer {
	int fd;
	const char *data;
	int result;
};

static void *writer_run(void *arg)
{
	struct writer *writer = arg;

	writer->result = io_write_all(writer->fd, writer->data, MUCH);
	close(writer->fd);
	return NULL;
}

static void on_signal(int sig)
{
}

/* Both sides get by in pieces, and signals interrupt both. */
START_TEST(all_goes_through_a_pipe_in_spite_of_signals)
{
	const struct sigaction act = { .sa_handler = on_signal };
	CLEANUP(freep) char *in = malloc(MUCH);
	CLEANUP(freep) char *out = malloc(MUCH + 1);
	struct writer writer = { .data = in, .result = 1 };
	pthread_t thread;
	size_t half = MUCH / 2;
	int fds[2];

	for (size_t i = 0; i < MUCH; i++)
		in[i] = (char)(i * 31 + i / 251);
	ck_assert_int_eq(sigaction(SIGUSR1, &act, NULL), 0);
	ck_assert_int_eq(pipe(fds), 0);
	CLEANUP(fd_closep) int from = fds[0];
	writer.fd = fds[1];
	ck_assert_int_eq(pthread_create(&thread, NULL, writer_run, &writer), 0);
	/* The pipe is full and the writer sleeps in it: each is EINTR. */
	for (int i = 0; i < 20; i++) {
		usleep(1000);
		pthread_kill(thread, SIGUSR1);
	}
	ck_assert_int_eq(io_read_all(from, out, half), half);
	ck_assert_int_eq(io_read_all(from, out + half, half + 1), half);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(writer.result, 0);
	ck_assert_mem_eq(in, out, MUCH);
}
END_TEST

START_TEST(failures_of_the_calls_are_returned)
{
	char byte = 0;

	ck_assert_int_eq(io_write_all(-1, &byte, 1), -EBADF);
	ck_assert_int_eq(io_read_all(-1, &byte, 1), -EBADF);
	ck_assert_int_eq(io_write_all(-1, &byte, 0), 0);
}
END_TEST

START_TEST(a_full_disk_is_an_error)
{
	CLEANUP(fd_closep) int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(io_write_all(fd, "x", 1), -ENOSPC);
}
END_TEST

START_TEST(a_file_is_read_whole_and_terminated)
{
	CLEANUP(place_closep) struct place place = place_make("a\0b", 3);
	CLEANUP(freep) char *data = NULL;
	struct error err = { 0 };
	size_t len = 0;

	ck_assert_int_eq(io_read_file(place.fd, "f", 3, &data, &len, &err), 0);
	ck_assert_uint_eq(len, 3);
	ck_assert_mem_eq(data, "a\0b\0", 4);
}
END_TEST

START_TEST(a_file_that_is_too_long_leaves_the_outputs_alone)
{
	CLEANUP(place_closep) struct place place = place_make("abcd", 4);
	struct error err = { 0 };
	char *data = NULL;
	size_t len = 77;

	ck_assert_int_eq(io_read_file(place.fd, "f", 3, &data, &len, &err),
			 -EFBIG);
	ck_assert_str_eq(err.text, "f: File too large");
	ck_assert_ptr_null(data);
	ck_assert_uint_eq(len, 77);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
	CLEANUP(place_closep) struct place place = place_make("", 0);
	struct error err = { 0 };
	char *data = NULL;
	size_t len = 77;

	ck_assert_int_eq(io_read_file(place.fd, "g", 3, &data, &len, &err),
			 -ENOENT);
	ck_assert_str_eq(err.text, "g: No such file or directory");
	ck_assert_int_eq(io_read_file(place.fd, ".", 3, &data, &len, &err),
			 -EISDIR);
	ck_assert_ptr_null(data);
	ck_assert_uint_eq(len, 77);
}
END_TEST

/* A file of /proc must be there: a wrong name must not make a new one. */
START_TEST(writing_makes_no_file)
{
	CLEANUP(place_closep) struct place place = place_make("", 0);
	struct error err = { 0 };

	ck_assert_int_eq(io_write_file(place.fd, "g", "x", &err), -ENOENT);
	ck_assert_str_eq(err.text, "g: No such file or directory");
	ck_assert_int_eq(faccessat(place.fd, "g", F_OK, 0), -1);
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
	CLEANUP(place_closep) struct place place = place_make("", 0);
	CLEANUP(freep) char *data = NULL;
	struct error err = { 0 };
	size_t len = 0;

	ck_assert_int_eq(io_write_file(place.fd, "f", "0 1 2\n", &err), 0);
	ck_assert_int_eq(io_read_file(place.fd, "f", 64, &data, &len, &err), 0);
	ck_assert_str_eq(data, "0 1 2\n");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("io");
	Suite *suite = suite_create("io");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, all_goes_through_a_pipe_in_spite_of_signals);
	tcase_add_test(tc, failures_of_the_calls_are_returned);
	tcase_add_test(tc, a_full_disk_is_an_error);
	tcase_add_test(tc, a_file_is_read_whole_and_terminated);
	tcase_add_test(tc, a_file_that_is_too_long_leaves_the_outputs_alone);
	tcase_add_test(tc, a_file_that_is_not_there_is_named);
	tcase_add_test(tc, writing_makes_no_file);
	tcase_add_test(tc, what_is_written_is_read_again);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
