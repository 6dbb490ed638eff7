/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "event/event.h"
#include "terms/op.h"

static const struct event denied = {
	.source = ABI_SOURCE_BROKER,
	.seq = 7,
	.time_ns = 1234567890123,
	.op = ABI_OP_WRITE,
	.verdict = ABI_DENY,
	.by = ABI_BY_NOTIFY,
	.flags = ABI_EVENT_RACEABLE,
	.pid = 42,
	.ppid = 41,
	.rule = 3,
	.error = EACCES,
	.exe = { "/bin/sh", 7 },
	.object = { "/etc/hosts", 10 },
	.object2 = { "a\0b", 3 },
	.candidate_count = 2,
	.candidates = { 1, 9 },
};

/* The record of DENIED, of which each test spoils something. */
static size_t record_of(const struct event *event, unsigned char *buf)
{
	struct error err = { 0 };
	size_t len = 0;

	ck_assert_int_eq(
		event_encode(event, buf, ABI_EVENT_SIZE_MAX, &len, &err), 0);
	return len;
}

static void assert_text(struct event_text text, struct event_text expected)
{
	ck_assert_uint_eq(text.len, expected.len);
	ck_assert_mem_eq(text.at, expected.at, expected.len);
}

START_TEST(what_was_encoded_decodes_to_the_same)
{
	unsigned char buf[ABI_EVENT_SIZE_MAX];
	const size_t len = record_of(&denied, buf);
	struct error err = { 0 };
	struct event out;

	ck_assert_uint_eq(len, 72 + 24);
	ck_assert_int_eq(event_decode(buf, len, &out, &err), 0);
	ck_assert_int_eq(out.source, denied.source);
	ck_assert_uint_eq(out.seq, denied.seq);
	ck_assert_uint_eq(out.time_ns, denied.time_ns);
	ck_assert_int_eq(out.op, denied.op);
	ck_assert_int_eq(out.verdict, denied.verdict);
	ck_assert_int_eq(out.by, denied.by);
	ck_assert_int_eq(out.flags, denied.flags);
	ck_assert_uint_eq(out.pid, denied.pid);
	ck_assert_uint_eq(out.ppid, denied.ppid);
	ck_assert_int_eq(out.rule, denied.rule);
	ck_assert_int_eq(out.error, denied.error);
	assert_text(out.exe, denied.exe);
	assert_text(out.object, denied.object);
	assert_text(out.object2, denied.object2);
	ck_assert_uint_eq(out.candidate_count, 2);
	ck_assert_mem_eq(out.candidates, denied.candidates,
			 sizeof(out.candidates));
}
END_TEST

START_TEST(a_record_needs_no_alignment)
{
	unsigned char buf[ABI_EVENT_SIZE_MAX];
	const size_t len = record_of(&denied, buf);
	CLEANUP(freep) unsigned char *odd = malloc(len + 1);
	struct error err = { 0 };
	struct event out;

	memcpy(odd + 1, buf, len);
	ck_assert_int_eq(event_decode(odd + 1, len, &out, &err), 0);
	assert_text(out.object, denied.object);
}
END_TEST

START_TEST(a_long_text_is_cut_and_says_so)
{
	CLEANUP(freep) char *name = malloc(70000);
	unsigned char buf[ABI_EVENT_SIZE_MAX];
	struct event event = denied;
	struct error err = { 0 };
	struct event out;
	size_t len;

	memset(name, 'n', 70000);
	event.exe = (struct event_text){ name, 70000 };
	event.object = (struct event_text){ name, ABI_EVENT_STRING_MAX + 1 };
	event.object2 = (struct event_text){ name, ABI_EVENT_STRING_MAX };
	len = record_of(&event, buf);
	ck_assert_uint_eq(len, ABI_EVENT_SIZE_MAX);
	ck_assert_int_eq(event_decode(buf, len, &out, &err), 0);
	ck_assert_uint_eq(out.exe.len, ABI_EVENT_STRING_MAX);
	ck_assert_int_eq(out.flags, ABI_EVENT_RACEABLE | ABI_EVENT_TRUNCATED);
}
END_TEST

START_TEST(a_text_that_just_fits_is_not_marked)
{
	CLEANUP(freep) char *name = malloc(ABI_EVENT_STRING_MAX);
	unsigned char buf[ABI_EVENT_SIZE_MAX];
	struct event event = denied;
	struct error err = { 0 };
	struct event out;
	size_t len;

	memset(name, 'n', ABI_EVENT_STRING_MAX);
	event.object = (struct event_text){ name, ABI_EVENT_STRING_MAX };
	len = record_of(&event, buf);
	ck_assert_int_eq(event_decode(buf, len, &out, &err), 0);
	ck_assert_int_eq(out.flags, ABI_EVENT_RACEABLE);
}
END_TEST

START_TEST(a_small_buffer_is_refused_untouched)
{
	unsigned char buf[95];
	struct error err = { 0 };
	size_t len = 1;

	memset(buf, 0xee, sizeof(buf));
	ck_assert_int_eq(event_encode(&denied, buf, sizeof(buf), &len, &err),
			 -ENOSPC);
	ck_assert_uint_eq(len, 1);
	for (size_t i = 0; i < sizeof(buf); i++)
		ck_assert_uint_eq(buf[i], 0xee);
}
END_TEST

/* One field of a good record made wrong: where, how wide, what. */
static const struct {
	const char *name;
	size_t at;
	size_t width;
	int64_t value;
} spoils[] = {
#define FIELD(field, value)                                                    \
	{                                                                      \
#field, offsetof(struct abi_event, field),                     \
			sizeof(((struct abi_event *)0)->field), value          \
	}
	FIELD(size, 0),
	FIELD(size, 95),
	FIELD(size, 97),
	FIELD(size, 104),
	FIELD(size, -1),
	FIELD(version, 0),
	FIELD(version, ABI_VERSION + 1),
	FIELD(op, 11), /* a hole between the operations */
	FIELD(op, ABI_OPS),
	FIELD(op, -1),
	FIELD(seq, 0),
	FIELD(time_ns, -1),
	FIELD(rule, -2),
	FIELD(error, -1),
	FIELD(source, ABI_SOURCES),
	FIELD(verdict, ABI_VERDICTS),
	FIELD(by, ABI_BYS),
	FIELD(flags, 0x08),
	FIELD(flags, 0x80),
	FIELD(exe_len, 6),
	FIELD(exe_len, 0),
	FIELD(exe_len, ABI_EVENT_STRING_MAX + 1),
	FIELD(object_len, -1),
	FIELD(object2_len, 8),
	FIELD(object2_len, -1),
	FIELD(candidate_count, 1), /* the second is then no candidate's */
	FIELD(candidate_count, ABI_EVENT_CANDIDATES + 1),
	FIELD(candidate_count, -1),
	FIELD(candidates[0], -1),
	FIELD(candidates[2], 4),
	FIELD(reserved, 1),
#undef FIELD
	{ "padding", 72 + 20, 1, 1 },
	{ "padding", 72 + 23, 1, 1 },
};

START_TEST(every_wrong_field_is_refused)
{
	unsigned char buf[ABI_EVENT_SIZE_MAX];
	const size_t len = record_of(&denied, buf);
	struct error err = { 0 };
	struct event out = { .seq = 99 };

	memcpy(buf + spoils[_i].at, &spoils[_i].value, spoils[_i].width);
	ck_assert_msg(event_decode(buf, len, &out, &err) == -EPROTO, "%s = %ld",
		      spoils[_i].name, (long)spoils[_i].value);
	ck_assert_uint_eq(out.seq, 99);
	ck_assert_int_eq(err.code, -EPROTO);
}
END_TEST

START_TEST(every_cut_of_a_record_is_refused)
{
	unsigned char buf[ABI_EVENT_SIZE_MAX];
	const size_t whole = record_of(&denied, buf);

	for (size_t len = 0; len < whole; len++) {
		/* Of its very size, so that a read beyond it is caught. */
		CLEANUP(freep) unsigned char *cut = malloc(len ? len : 1);
		struct error err = { 0 };
		struct event out;

		memcpy(cut, buf, len);
		ck_assert_int_eq(event_decode(cut, len, &out, &err), -EPROTO);
	}
}
END_TEST

/* Random bytes with a head that gets far: must be caught, not believed. */
START_TEST(random_records_are_never_read_beyond)
{
	unsigned int seed = 20240607;

	for (int round = 0; round < 20000; round++) {
		size_t len = sizeof(struct abi_event) + rand_r(&seed) % 64;
		CLEANUP(freep) unsigned char *buf = calloc(1, len);
		struct abi_event head = {
			.size = (uint32_t)len,
			.version = ABI_VERSION,
			.op = (uint16_t)(rand_r(&seed) % 60),
			.seq = 1,
			.exe_len = (uint16_t)(rand_r(&seed) % 40),
			.object_len = (uint16_t)(rand_r(&seed) % 40),
			.object2_len = (uint16_t)(rand_r(&seed) % 40),
		};
		struct error err = { 0 };
		struct event out;

		memcpy(buf, &head, sizeof(head));
		if (event_decode(buf, len, &out, &err) < 0)
			continue;
		ck_assert_uint_le(out.object2.at + out.object2.len -
					  (const char *)buf,
				  len);
		ck_assert_str_ne(op_name(out.op), "?");
	}
}
END_TEST

START_TEST(what_would_not_decode_is_not_encoded)
{
	struct event bad[7];
	unsigned char buf[ABI_EVENT_SIZE_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		bad[i] = denied;
	bad[0].op = 1u << 16; /* the wire's 16 bits would say "read" */
	bad[1].verdict = 256;
	bad[2].candidate_count = ABI_EVENT_CANDIDATES + 1;
	bad[3].candidates[1] = -1;
	bad[4].seq = 0;
	bad[5].flags = 0x40;
	bad[6].error = -EACCES;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct error err = { 0 };
		size_t len = 1;

		ck_assert_int_eq(
			event_encode(&bad[i], buf, sizeof(buf), &len, &err),
			-EINVAL);
		ck_assert_int_eq(err.code, -EINVAL);
		ck_assert_uint_eq(len, 1);
	}
}
END_TEST

START_TEST(numbers_have_the_names_that_users_read)
{
	ck_assert_str_eq(event_source_name(ABI_SOURCE_BROKER), "broker");
	ck_assert_str_eq(event_source_name(ABI_SOURCES), "?");
	ck_assert_str_eq(event_by_name(ABI_BY_TRACEPOINT), "tracepoint");
	ck_assert_str_eq(event_by_name(ABI_BYS), "?");
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("wire");
	Suite *suite = suite_create("event");
	SRunner *runner;
	int failed;

	tcase_add_test(tc, what_was_encoded_decodes_to_the_same);
	tcase_add_test(tc, a_record_needs_no_alignment);
	tcase_add_test(tc, a_long_text_is_cut_and_says_so);
	tcase_add_test(tc, a_text_that_just_fits_is_not_marked);
	tcase_add_test(tc, a_small_buffer_is_refused_untouched);
	tcase_add_loop_test(tc, every_wrong_field_is_refused, 0,
			    ARRAY_SIZE(spoils));
	tcase_add_test(tc, every_cut_of_a_record_is_refused);
	tcase_add_test(tc, random_records_are_never_read_beyond);
	tcase_add_test(tc, what_would_not_decode_is_not_encoded);
	tcase_add_test(tc, numbers_have_the_names_that_users_read);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
