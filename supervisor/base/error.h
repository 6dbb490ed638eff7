/* SPDX-License-Identifier: Apache-2.0 */
/* error.h - why something failed, in words, beside the -errno that says it. */
#pragma once

/* Fixed size: filling it cannot fail, and a child can write() it up a pipe. */
struct error {
	int code; /* negative errno; 0 while nothing has failed */
	char text[1024];
};

/* States a new failure and what errno says of it. Returns code (negative). */
int error_set(struct error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same where the words say it all and errno's would only confuse. */
int error_say(struct error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts the caller's context before the text. Returns the code it had. */
int error_wrap(struct error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
