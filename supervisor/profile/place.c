/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/place.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "base/own.h"
#include "base/text.h"

int place_error(struct error *err, const struct place *at, const char *fmt, ...)
{
	char what[sizeof(err->text)];
	char safe[sizeof(err->text)];
	char file[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	text_escaped(safe, sizeof(safe), what);
	text_escaped(file, sizeof(file), at->file);
	if (!at->line)
		return error_say(err, -EINVAL, "%s: %s", file, safe);
	return error_say(err, -EINVAL, "%s:%d:%d: %s", file, at->line,
			 at->column, safe);
}

int place_no_memory(struct error *err)
{
	return error_set(err, -ENOMEM, "profile");
}
