/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/events.h"

#include <fcntl.h>
#include <json-c/json.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"
#include "cmd/options.h"
#include "run/context.h"

int events_open(const char *name, struct events *out_events, struct error *err)
{
	int fd;

	if (strcmp(name, "-") == 0)
		fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		fd = open(name,
			  O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC | O_NOCTTY,
			  0600);
	if (fd < 0)
		return error_set(err, -errno, "--events %s", name);
	out_events->fd = fd;
	return 0;
}

int events_begin(struct events *events, const struct policy *policy,
		 const struct store_run *about, struct error *err)
{
	return events->fd < 0
		       ? 0
		       : context_make(policy, about, &events->context, err);
}

void events_tell(struct events *events, const struct event *event)
{
	const int style = JSON_C_TO_STRING_PLAIN |
			  JSON_C_TO_STRING_NOSLASHESCAPE;
	struct json_object *json = NULL;
	struct error err = { 0 };
	int r;

	if (events->fd < 0)
		return;
	r = event_json(event, &events->context, NULL, &json, &err);
	if (r == 0) {
		r = io_write_line(events->fd,
				  json_object_to_json_string_ext(json, style));
		if (r < 0)
			error_set(&err, r, "--events");
		json_object_put(json);
	}
	if (r == 0)
		return;
	complain("%s; no more of them, the trace has all", err.text);
	fd_closep(&events->fd);
}

void events_endp(struct events *events)
{
	fd_closep(&events->fd);
	context_endp(&events->context);
}
