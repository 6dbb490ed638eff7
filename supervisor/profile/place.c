/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/place.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "base/own.h"

int place_error(struct error *err, const struct place *at, const char *fmt, ...)
{
	char what[sizeof(err->text)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (!at->line)
		return error_say(err, -EINVAL, "%s: %s", at->file, what);
	return error_say(err, -EINVAL, "%s:%d:%d: %s", at->file, at->line,
			 at->column, what);
}

int place_no_memory(struct error *err)
{
	return error_set(err, -ENOMEM, "profile");
}
