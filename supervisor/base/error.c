/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/*
 * Writes "<fmt>: <tail>" into err->text, or "<fmt>" where tail is NULL; tail
 * must not point into it. Text that does not fit ends in "...".
 */
static void __attribute__((format(printf, 2, 0)))
compose(struct error *err, const char *fmt, va_list ap, const char *tail)
{
	const int size = sizeof(err->text);
	int n = vsnprintf(err->text, size, fmt, ap);

	if (tail && n >= 0 && n < size)
		n += snprintf(err->text + n, size - n, ": %s", tail);
	if (n >= size)
		memcpy(err->text + size - sizeof("..."), "...", sizeof("..."));
}

int error_set(struct error *err, int code, const char *fmt, ...)
{
	va_list ap;

	assert(code < 0);
	va_start(ap, fmt);
	compose(err, fmt, ap, strerror(-code));
	va_end(ap);
	err->code = code;
	return code;
}

int error_say(struct error *err, int code, const char *fmt, ...)
{
	va_list ap;

	assert(code < 0);
	va_start(ap, fmt);
	compose(err, fmt, ap, NULL);
	va_end(ap);
	err->code = code;
	return code;
}

int error_wrap(struct error *err, const char *fmt, ...)
{
	const struct error inner = *err;
	va_list ap;

	assert(inner.code < 0);
	va_start(ap, fmt);
	compose(err, fmt, ap, inner.text);
	va_end(ap);
	return inner.code;
}
