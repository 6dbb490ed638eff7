/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "event/event.h"

static uint16_t cut(size_t len, uint8_t *flags)
{
	if (len <= ABI_EVENT_STRING_MAX)
		return (uint16_t)len;
	*flags |= ABI_EVENT_TRUNCATED;
	return ABI_EVENT_STRING_MAX;
}

static char *put(char *at, struct event_text text, size_t len)
{
	if (len)
		memcpy(at, text.at, len);
	return at + len;
}

/* The head that says what EVENT says; its size is still to be filled in. */
static struct abi_event head_of(const struct event *event)
{
	struct abi_event head = {
		.version = ABI_VERSION,
		.op = (uint16_t)event->op,
		.seq = event->seq,
		.time_ns = event->time_ns,
		.pid = event->pid,
		.ppid = event->ppid,
		.rule = event->rule,
		.error = event->error,
		.source = (uint8_t)event->source,
		.verdict = (uint8_t)event->verdict,
		.by = (uint8_t)event->by,
		.flags = event->flags,
		.candidate_count = (uint16_t)event->candidate_count,
	};

	head.exe_len = cut(event->exe.len, &head.flags);
	head.object_len = cut(event->object.len, &head.flags);
	head.object2_len = cut(event->object2.len, &head.flags);
	for (size_t i = 0; i < event->candidate_count; i++)
		head.candidates[i] = event->candidates[i];
	return head;
}

int event_encode(const struct event *event, void *buf, size_t size,
		 size_t *out_len, struct error *err)
{
	struct abi_event head;
	struct event check;
	size_t used;
	size_t len;
	char *at;

	/* What the narrower fields of the wire would cut to something valid. */
	if ((unsigned)event->op >= ABI_OPS ||
	    (unsigned)event->source >= ABI_SOURCES ||
	    (unsigned)event->verdict >= ABI_VERDICTS ||
	    (unsigned)event->by >= ABI_BYS ||
	    event->candidate_count > ABI_EVENT_CANDIDATES)
		return error_say(err, -EINVAL, "event: a field out of range");
	head = head_of(event);
	used = sizeof(head) + head.exe_len + head.object_len + head.object2_len;
	len = (used + 7) / 8 * 8;
	if (len > size)
		return error_set(err, -ENOSPC, "event of %zu bytes", len);
	head.size = (uint32_t)len;
	memcpy(buf, &head, sizeof(head));
	at = (char *)buf + sizeof(head);
	at = put(at, event->exe, head.exe_len);
	at = put(at, event->object, head.object_len);
	at = put(at, event->object2, head.object2_len);
	memset(at, 0, len - used);
	/* What is well-formed is listed once, on the reader's side. */
	if (event_decode(buf, len, &check, err) < 0) {
		err->code = -EINVAL;
		return -EINVAL;
	}
	*out_len = len;
	return 0;
}
