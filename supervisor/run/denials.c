/* SPDX-License-Identifier: Apache-2.0 */
#include "run/denials.h"

#include <fcntl.h>
#include <json-c/json.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"
#include "event/event.h"
#include "event/json.h"
#include "terms/op.h"
#include "terms/verdict.h"

struct denials {
	int fd;
	size_t size;
	const struct event_context *context;
};

static void json_putp(struct json_object **json)
{
	json_object_put(*json);
}

int denials_make(const char *path, struct error *err)
{
	CLEANUP(fd_closep)
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);

	/* The agent may have other ids than those who make it. */
	if (fd < 0 || fchmod(fd, 0644) < 0)
		return error_set(err, -errno, "%s", path);
	return 0;
}

int denials_open(const char *path, const struct event_context *context,
		 struct denials **out_denials, struct error *err)
{
	CLEANUP(denials_freep)
	struct denials *denials = calloc(1, sizeof(*denials));

	if (!denials)
		return error_set(err, -ENOMEM, "%s", path);
	denials->context = context;
	denials->fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (denials->fd < 0)
		return error_set(err, -errno, "%s", path);
	*out_denials = TAKE_PTR(denials);
	return 0;
}

void denials_freep(struct denials **denials)
{
	if (*denials)
		fd_closep(&(*denials)->fd);
	free(*denials);
	*denials = NULL;
}

/* Said to a program that would else try again, or try something else. */
static const char *advice(enum abi_op op)
{
	if (op_is_power(op))
		return "This is no part of the task's scope and will be denied "
		       "again: do without it, or tell the user that the task "
		       "needs it.";
	return "This object is out of the task's scope, and the same will be "
	       "denied again: do not try to reach it another way. Do without "
	       "it, or tell the user what the task needs it for; a rule of "
	       "the profile or an option of agentjail run can allow it.";
}

int denials_add(struct denials *denials, const struct event *event,
		struct error *err)
{
	const int style = JSON_C_TO_STRING_PLAIN |
			  JSON_C_TO_STRING_NOSLASHESCAPE;
	CLEANUP(json_putp) struct json_object *json = NULL;
	const char *text;
	int r;

	if (verdict_is_loose(event->verdict) ||
	    (event->flags & ABI_EVENT_OBSERVED) || denials->size >= DENIALS_MAX)
		return 0;
	r = event_json(event, denials->context, NULL, &json, err);
	if (r < 0)
		return r;
	json_object_object_add(json, "what_to_do",
			       json_object_new_string(advice(event->op)));
	text = json_object_to_json_string_ext(json, style);
	r = io_write_line(denials->fd, text);
	if (r < 0)
		return error_set(err, r, "denials");
	denials->size += strlen(text) + 1;
	return 0;
}
