/* SPDX-License-Identifier: Apache-2.0 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "base/text.h"

/* What a jail may put into a name, and what of it a terminal may see. */
static const struct {
	const char *in;
	size_t len; /* 0: up to the terminator */
	const char *out;
} hazards[] = {
	/* Forged lines, and the backslash that would forge an escape. */
	{ "a\nagentjail: allowed", 0, "a\\nagentjail: allowed" },
	{ "a\rb", 0, "a\\x0db" },
	{ "a\tb", 0, "a\\tb" },
	{ "a\\nb", 0, "a\\\\nb" },
	{ "a\0b", 3, "a\\x00b" },
	{ "\v\f\b\a", 0, "\\x0b\\x0c\\x08\\x07" },
	/* Colours, titles, and the one-byte forms of the same (C1). */
	{ "\033[31mred", 0, "\\x1b[31mred" },
	{ "\033]0;title\007", 0, "\\x1b]0;title\\x07" },
	{ "\x7f", 0, "\\x7f" },
	{ "\xc2\x9b"
	  "31m",
	  0, "\\xc2\\x9b31m" },
	{ "\xc2\x80\xc2\x9f", 0, "\\xc2\\x80\\xc2\\x9f" },
	/* Bidirectional controls, marks and isolates reorder what is read. */
	{ "\xe2\x80\x8e\xe2\x80\x8f", 0, "\\xe2\\x80\\x8e\\xe2\\x80\\x8f" },
	{ "\xe2\x80\xaa\xe2\x80\xae", 0, "\\xe2\\x80\\xaa\\xe2\\x80\\xae" },
	{ "\xe2\x81\xa6\xe2\x81\xa9", 0, "\\xe2\\x81\\xa6\\xe2\\x81\\xa9" },
	{ "\xd8\x9c", 0, "\\xd8\\x9c" },
	/* Line and paragraph separators, next line. */
	{ "\xe2\x80\xa8\xe2\x80\xa9", 0, "\\xe2\\x80\\xa8\\xe2\\x80\\xa9" },
	{ "\xc2\x85", 0, "\\xc2\\x85" },
	/* What has no width: two names that look like one. */
	{ "\xe2\x80\x8b", 0, "\\xe2\\x80\\x8b" },
	{ "\xe2\x81\xa0", 0, "\\xe2\\x81\\xa0" },
	{ "\xef\xbb\xbf", 0, "\\xef\\xbb\\xbf" },
	{ "\xc2\xad", 0, "\\xc2\\xad" },
	{ "\xe1\x85\x9f\xe1\x85\xa0", 0, "\\xe1\\x85\\x9f\\xe1\\x85\\xa0" },
	{ "\xe3\x85\xa4", 0, "\\xe3\\x85\\xa4" },
	{ "\xf3\xa0\x80\x81", 0, "\\xf3\\xa0\\x80\\x81" },
	{ "\xef\xbf\xb9", 0, "\\xef\\xbf\\xb9" },
	/* No UTF-8: lone, cut, overlong, a surrogate, beyond the last. */
	{ "\x80", 0, "\\x80" },
	{ "\xff\xfe", 0, "\\xff\\xfe" },
	{ "\xc3", 0, "\\xc3" },
	{ "\xe2\x82", 0, "\\xe2\\x82" },
	{ "\xe2\x82x", 0, "\\xe2\\x82x" },
	{ "\xf0\x9f\x98", 0, "\\xf0\\x9f\\x98" },
	{ "\xc0\x8a", 0, "\\xc0\\x8a" },
	{ "\xe0\x80\x8a", 0, "\\xe0\\x80\\x8a" },
	{ "\xf0\x80\x80\x8a", 0, "\\xf0\\x80\\x80\\x8a" },
	{ "\xed\xa0\x80", 0, "\\xed\\xa0\\x80" },
	{ "\xf4\x90\x80\x80", 0, "\\xf4\\x90\\x80\\x80" },
	{ "\xf8\x88\x80\x80\x80", 0, "\\xf8\\x88\\x80\\x80\\x80" },
};

/* What people write is left as it is. */
static const char *const plain[] = {
	"",
	"/usr/lib/x86_64-linux-gnu/libc.so.6",
	"a b\"c'd$e`f;g|h&i<j>k*l?m[n]o{p}q~r#s%t!u",
	"caf\xc3\xa9",
	"\xe2\x82\xac",
	"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e",
	"\xf0\x9f\x98\x80",
	"\xd0\xb6\xd7\x90\xd8\xa7",
};

/* The escaped text, which the caller frees. */
static char *escape(const char *text, size_t len)
{
	char *whole = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&whole, &size);

	ck_assert_ptr_nonnull(out);
	text_escape(out, text, len);
	ck_assert_int_eq(fclose(out), 0);
	return whole;
}

START_TEST(no_hazard_reaches_the_terminal)
{
	const char *in = hazards[_i].in;
	size_t len = hazards[_i].len ? hazards[_i].len : strlen(in);
	CLEANUP(freep) char *out = escape(in, len);

	ck_assert_str_eq(out, hazards[_i].out);
}
END_TEST

START_TEST(plain_text_is_left_as_it_is)
{
	CLEANUP(freep) char *out = escape(plain[_i], strlen(plain[_i]));

	ck_assert_str_eq(out, plain[_i]);
}
END_TEST

/* A cut sequence must not be completed from beyond its length. */
START_TEST(nothing_is_read_beyond_the_length)
{
	CLEANUP(freep) char *out = escape("\xe2\x82\xac", 2);

	ck_assert_str_eq(out, "\\xe2\\x82");
}
END_TEST

/* Every byte alone comes out printable, and in one way only. */
START_TEST(each_byte_comes_out_printable_and_distinct)
{
	char *outs[256];

	for (int i = 0; i < 256; i++) {
		char byte = (char)i;

		outs[i] = escape(&byte, 1);
		for (const char *c = outs[i]; *c; c++)
			ck_assert(*c >= ' ' && *c <= '~');
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(outs[i], outs[j]);
	}
	for (int i = 0; i < 256; i++)
		free(outs[i]);
}
END_TEST

START_TEST(a_buffer_gets_what_fits_and_dots)
{
	char buf[8];

	ck_assert_ptr_eq(text_escaped(buf, sizeof(buf), "1234567"), buf);
	ck_assert_str_eq(buf, "1234567");
	ck_assert_str_eq(text_escaped(buf, sizeof(buf), "12345678"), "1234...");
	ck_assert_str_eq(text_escaped(buf, sizeof(buf), "\033\033"),
			 "\\x1b...");
	ck_assert_str_eq(text_escaped(buf, sizeof(buf), ""), "");
}
END_TEST

START_TEST(a_tiny_buffer_is_terminated_and_not_overrun)
{
	for (size_t size = 1; size < 6; size++) {
		char buf[8];

		memset(buf, '#', sizeof(buf));
		text_escaped(buf, size, "\n\n\n\n\n");
		ck_assert(strlen(buf) < size);
		for (size_t i = size; i < sizeof(buf); i++)
			ck_assert_int_eq(buf[i], '#');
	}
}
END_TEST

START_TEST(a_text_is_valid_up_to_what_is_no_utf8)
{
	static const struct {
		const char *text;
		size_t valid;
	} texts[] = {
		{ "", 0 },
		{ "abc\n", 4 },
		{ "\xc3\xa4x", 3 },
		{ "x\xff", 1 },
		{ "x\xc3", 1 },		     /* cut */
		{ "x\xc0\xaf", 1 },	     /* overlong */
		{ "\xed\xa0\x80", 0 },	     /* a surrogate */
		{ "ab\xf4\x90\x80\x80", 2 }, /* beyond the last point */
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		ck_assert_uint_eq(
			text_valid_length(texts[i].text, strlen(texts[i].text)),
			texts[i].valid);
}
END_TEST

int main(void)
{
	TCase *tc = tcase_create("escape");
	Suite *suite = suite_create("text");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, no_hazard_reaches_the_terminal, 0,
			    ARRAY_SIZE(hazards));
	tcase_add_loop_test(tc, plain_text_is_left_as_it_is, 0,
			    ARRAY_SIZE(plain));
	tcase_add_test(tc, nothing_is_read_beyond_the_length);
	tcase_add_test(tc, each_byte_comes_out_printable_and_distinct);
	tcase_add_test(tc, a_buffer_gets_what_fits_and_dots);
	tcase_add_test(tc, a_tiny_buffer_is_terminated_and_not_overrun);
	tcase_add_test(tc, a_text_is_valid_up_to_what_is_no_utf8);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
