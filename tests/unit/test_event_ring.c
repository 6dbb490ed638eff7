/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "base/error.h"
#include "base/own.h"
#include "event/ring.h"

#define RING_SIZE (32 << 10)

static struct event allowed(const char *object)
{
	return (struct event){
		.time_ns = 1,
		.op = ABI_OP_READ,
		.verdict = ABI_ALLOW,
		.by = ABI_BY_NOTIFY,
		.pid = 10,
		.rule = -1,
		.object = { object, strlen(object) },
	};
}

static struct event_ring *ring_of(enum abi_source source)
{
	struct event_ring *ring = NULL;
	struct error err = { 0 };

	ck_assert_int_eq(event_ring_create(RING_SIZE, source, &ring, &err), 0);
	return ring;
}

static void ring_write(struct event_ring *ring, const struct event *event)
{
	struct error err = { 0 };

	ck_assert_int_eq(event_ring_write(ring, event, &err), 0);
}

static bool is_awake(const struct event_ring *ring)
{
	struct pollfd pfd = { event_ring_fd(ring), POLLIN, 0 };

	return poll(&pfd, 1, 0) == 1;
}

/* What the reader has seen, and whether all of it was as it should be. */
struct seen {
	uint64_t seq;
	uint32_t last_of_pid[8];
	int stop_after;
	bool wrong;
};

/* No assertions in here: check's own bookkeeping would be most of the time. */
static int see(void *ctx, const struct event *event)
{
	struct seen *seen = ctx;

	if (event->seq != ++seen->seq || event->source != ABI_SOURCE_BROKER)
		seen->wrong = true;
	if (event->pid < 8) {
		/* A thread's own events stay in its order. */
		if (event->ppid != seen->last_of_pid[event->pid] + 1)
			seen->wrong = true;
		seen->last_of_pid[event->pid] = event->ppid;
	}
	for (size_t i = 1; i < event->object.len; i++)
		if (event->object.at[i] != event->object.at[0])
			seen->wrong = true;
	return seen->stop_after && --seen->stop_after == 0 ? -ECANCELED : 0;
}

static int ring_see(struct event_ring *ring, struct seen *seen)
{
	struct error err = { 0 };
	int count = event_ring_read(ring, see, seen, &err);

	if (seen->wrong)
		ck_abort_msg("wrong about event %lu", (unsigned long)seen->seq);
	return count;
}

START_TEST(events_come_out_in_order_and_numbered)
{
	CLEANUP(event_ring_freep)
	struct event_ring *ring = ring_of(ABI_SOURCE_BROKER);
	struct event event = allowed("ooo");
	struct seen seen = { 0 };

	event.seq = 77; /* the ring's to give */
	event.source = ABI_SOURCE_KERNEL;
	ck_assert_int_eq(ring_see(ring, &seen), 0);
	for (int i = 0; i < 5; i++)
		ring_write(ring, &event);
	ck_assert_int_eq(ring_see(ring, &seen), 5);
	ck_assert_int_eq(ring_see(ring, &seen), 0);
	ck_assert_uint_eq(seen.seq, 5);
}
END_TEST

/* Lengths that share no factor with the ring's, for many times round. */
START_TEST(records_survive_the_wrap_around)
{
	CLEANUP(event_ring_freep)
	struct event_ring *ring = ring_of(ABI_SOURCE_BROKER);
	static char text[ABI_EVENT_STRING_MAX];
	struct seen seen = { 0 };

	for (int i = 0; i < 3000; i++) {
		struct event event = allowed("");

		memset(text, 'a' + i % 26, sizeof(text));
		event.object = (struct event_text){ text, (i * 37) % 4096 };
		event.exe = event.object;
		ring_write(ring, &event);
		if (i % 2)
			ck_assert_int_eq(ring_see(ring, &seen), 2);
	}
	ck_assert_uint_eq(seen.seq, 3000);
}
END_TEST

START_TEST(a_malformed_event_takes_no_number)
{
	CLEANUP(event_ring_freep)
	struct event_ring *ring = ring_of(ABI_SOURCE_BROKER);
	struct event event = allowed("o");
	struct seen seen = { 0 };
	struct error err = { 0 };

	event.rule = -2;
	ck_assert_int_eq(event_ring_write(ring, &event, &err), -EINVAL);
	event.rule = -1;
	ring_write(ring, &event);
	ck_assert_int_eq(ring_see(ring, &seen), 1);
	ck_assert_uint_eq(seen.seq, 1);
}
END_TEST

START_TEST(the_readers_refusal_stops_it_there)
{
	CLEANUP(event_ring_freep)
	struct event_ring *ring = ring_of(ABI_SOURCE_BROKER);
	struct event event = allowed("o");
	struct seen seen = { .stop_after = 2 };

	for (int i = 0; i < 4; i++)
		ring_write(ring, &event);
	ck_assert_int_eq(ring_see(ring, &seen), -ECANCELED);
	ck_assert_uint_eq(seen.seq, 2);
	ck_assert_int_eq(ring_see(ring, &seen), 2);
}
END_TEST

START_TEST(only_violations_and_a_half_full_ring_wake_the_reader)
{
	CLEANUP(event_ring_freep)
	struct event_ring *ring = ring_of(ABI_SOURCE_BROKER);
	struct event event = allowed("o");
	struct seen seen = { 0 };
	int written = 0;

	ring_write(ring, &event);
	event.verdict = ABI_AUDIT;
	ring_write(ring, &event);
	ck_assert(!is_awake(ring));
	for (int v = ABI_ASK; v <= ABI_KILL; v++) {
		event.verdict = v;
		ring_write(ring, &event);
		ck_assert(is_awake(ring));
		ring_see(ring, &seen);
		ck_assert(!is_awake(ring));
	}
	event.verdict = ABI_ALLOW;
	while (!is_awake(ring)) {
		ring_write(ring, &event);
		written++;
		ck_assert_int_le(written, RING_SIZE / 80 / 2 + 1);
	}
	ck_assert_int_eq(written, RING_SIZE / 80 / 2 + 1);
}
END_TEST

static void *write_three_rings(void *arg)
{
	struct event event = allowed("o");

	for (int i = 0; i < 3 * RING_SIZE / 80; i++)
		ring_write(arg, &event);
	return NULL;
}

START_TEST(a_full_ring_makes_the_writer_wait)
{
	const struct timespec pause = { .tv_nsec = 100000000 };
	CLEANUP(event_ring_freep)
	struct event_ring *ring = ring_of(ABI_SOURCE_BROKER);
	struct seen seen = { 0 };
	pthread_t writer;

	ck_assert_int_eq(pthread_create(&writer, NULL, write_three_rings, ring),
			 0);
	nanosleep(&pause, NULL);
	ck_assert(is_awake(ring));
	ck_assert_int_eq(ring_see(ring, &seen), RING_SIZE / 80);
	while (seen.seq < 3 * RING_SIZE / 80)
		ck_assert_int_ge(ring_see(ring, &seen), 0);
	pthread_join(writer, NULL);
	ck_assert_int_eq(ring_see(ring, &seen), 0);
}
END_TEST

struct writer {
	struct event_ring *ring;
	uint32_t pid;
};

static void *write_many(void *arg)
{
	const struct writer *writer = arg;
	static const char text[] = "oooooooooooooooooooooooooooooooooooooooooo";

	for (uint32_t i = 1; i <= 20000; i++) {
		struct event event = allowed("");

		event.object = (struct event_text){ text, i % 40 };
		event.pid = writer->pid;
		event.ppid = i;
		event.verdict = i % 100 ? ABI_ALLOW : ABI_DENY;
		ring_write(writer->ring, &event);
	}
	return NULL;
}

/* The writer a process of its own, as the broker is, with many threads. */
static void write_from_child(struct event_ring *ring)
{
	struct writer writers[6];
	pthread_t threads[6];

	for (uint32_t i = 0; i < 6; i++) {
		writers[i] = (struct writer){ ring, i + 1 };
		if (pthread_create(&threads[i], NULL, write_many, &writers[i]))
			_exit(1);
	}
	for (int i = 0; i < 6; i++)
		pthread_join(threads[i], NULL);
	_exit(0);
}

START_TEST(many_threads_of_another_process_lose_nothing)
{
	CLEANUP(event_ring_freep)
	struct event_ring *ring = ring_of(ABI_SOURCE_BROKER);
	struct pollfd pfd = { event_ring_fd(ring), POLLIN, 0 };
	struct seen seen = { 0 };
	int status = -1;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		write_from_child(ring);
	while (seen.seq < 6 * 20000) {
		poll(&pfd, 1, 50);
		ck_assert_int_ge(ring_see(ring, &seen), 0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	for (int i = 1; i <= 6; i++)
		ck_assert_uint_eq(seen.last_of_pid[i], 20000);
}
END_TEST

/*
 * Finds the ring's memory as a writer that was taken over would: the only
 * shared anonymous mapping of its size.
 */
static unsigned char *shared_memory(void)
{
	CLEANUP(file_closep) FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];

	while (fgets(line, sizeof(line), maps)) {
		unsigned long from = 0;
		unsigned long to = 0;

		if (sscanf(line, "%lx-%lx rw-s", &from, &to) == 2 &&
		    strstr(line, "/dev/zero") && to - from > RING_SIZE &&
		    to - from <= RING_SIZE + 4096)
			return (unsigned char *)from;
	}
	ck_abort_msg("no shared mapping");
	return NULL;
}

#define HEAD_AT 0
#define TAIL_AT 64
#define DATA_AT 128

static int refuse(void *ctx, const struct event *event)
{
	(void)ctx;
	(void)event;
	ck_abort_msg("a forged record was handed on");
	return 0;
}

static void assert_broken(struct event_ring *ring)
{
	struct error err = { 0 };

	ck_assert_int_eq(event_ring_read(ring, refuse, NULL, &err), -EPROTO);
	ck_assert_int_eq(err.code, -EPROTO);
	err = (struct error){ 0 };
	ck_assert_int_eq(event_ring_read(ring, refuse, NULL, &err), -EPROTO);
}

static const uint32_t bad_heads[] = { 4, 1, RING_SIZE + 8, 0x80000000,
				      0xfffffff8 };

START_TEST(a_forged_head_breaks_the_ring)
{
	CLEANUP(event_ring_freep)
	struct event_ring *ring = ring_of(ABI_SOURCE_BROKER);

	memcpy(shared_memory() + HEAD_AT, &bad_heads[_i], 4);
	assert_broken(ring);
}
END_TEST

static const uint32_t bad_sizes[] = { 0, 1, 71, 80, 88, 0xffffffff, 12400 };

START_TEST(a_forged_size_breaks_the_ring)
{
	CLEANUP(event_ring_freep)
	struct event_ring *ring = ring_of(ABI_SOURCE_BROKER);
	struct event event = allowed("");

	ring_write(ring, &event);
	memcpy(shared_memory() + DATA_AT, &bad_sizes[_i], 4);
	assert_broken(ring);
}
END_TEST

START_TEST(a_forged_field_breaks_the_ring)
{
	CLEANUP(event_ring_freep)
	struct event_ring *ring = ring_of(ABI_SOURCE_BROKER);
	struct event event = allowed("o");

	ring_write(ring, &event);
	shared_memory()[DATA_AT + offsetof(struct abi_event, exe_len) + 1] = 9;
	assert_broken(ring);
}
END_TEST

START_TEST(a_broker_cannot_speak_for_the_kernel)
{
	CLEANUP(event_ring_freep)
	struct event_ring *ring = ring_of(ABI_SOURCE_BROKER);
	struct event event = allowed("o");

	ring_write(ring, &event);
	shared_memory()[DATA_AT + offsetof(struct abi_event, source)] =
		ABI_SOURCE_KERNEL;
	assert_broken(ring);
}
END_TEST

/* The reader's place is its own: the one in the memory is only told. */
START_TEST(a_forged_tail_moves_no_reader)
{
	CLEANUP(event_ring_freep)
	struct event_ring *ring = ring_of(ABI_SOURCE_BROKER);
	struct event event = allowed("o");
	const uint32_t tail = 4096;
	struct seen seen = { 0 };

	ring_write(ring, &event);
	memcpy(shared_memory() + TAIL_AT, &tail, 4);
	ck_assert_int_eq(ring_see(ring, &seen), 1);
}
END_TEST

static const size_t bad_ring_sizes[] = { 0, 4096, (32 << 10) + 8, 48 << 10,
					 (size_t)2 << 30 };

START_TEST(a_size_that_is_no_ring_is_refused)
{
	struct event_ring *ring = NULL;
	struct error err = { 0 };

	ck_assert_int_eq(event_ring_create(bad_ring_sizes[_i],
					   ABI_SOURCE_BROKER, &ring, &err),
			 -EINVAL);
	ck_assert_ptr_null(ring);
}
END_TEST

static Suite *ring_suite(void)
{
	TCase *tc = tcase_create("ring");
	Suite *suite = suite_create("event_ring");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, events_come_out_in_order_and_numbered);
	tcase_add_test(tc, records_survive_the_wrap_around);
	tcase_add_test(tc, a_malformed_event_takes_no_number);
	tcase_add_test(tc, the_readers_refusal_stops_it_there);
	tcase_add_test(tc,
		       only_violations_and_a_half_full_ring_wake_the_reader);
	tcase_add_test(tc, a_full_ring_makes_the_writer_wait);
	tcase_add_test(tc, many_threads_of_another_process_lose_nothing);
	tcase_add_loop_test(tc, a_forged_head_breaks_the_ring, 0,
			    ARRAY_SIZE(bad_heads));
	tcase_add_loop_test(tc, a_forged_size_breaks_the_ring, 0,
			    ARRAY_SIZE(bad_sizes));
	tcase_add_test(tc, a_forged_field_breaks_the_ring);
	tcase_add_test(tc, a_broker_cannot_speak_for_the_kernel);
	tcase_add_test(tc, a_forged_tail_moves_no_reader);
	tcase_add_loop_test(tc, a_size_that_is_no_ring_is_refused, 0,
			    ARRAY_SIZE(bad_ring_sizes));
	suite_add_tcase(suite, tc);
	return suite;
}

int main(void)
{
	SRunner *runner = srunner_create(ring_suite());
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
