/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "event/event.h"
#include "terms/op.h"

/* 146 years of uptime: beyond it sums with other times could overflow. */
#define TIME_NS_MAX ((uint64_t)1 << 62)

#define FLAGS_KNOWN                                                            \
	(ABI_EVENT_RACEABLE | ABI_EVENT_TRUNCATED | ABI_EVENT_OBSERVED)

static bool is_zero(const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++)
		if (at[i])
			return false;
	return true;
}

/* The first field of HEAD that no writer of this version makes, or NULL. */
static const char *wrong_field(const struct abi_event *head)
{
	const struct {
		const char *name;
		bool ok;
	} checks[] = {
		{ "version", head->version == ABI_VERSION },
		{ "op", head->op < ABI_OPS && *op_name(head->op) != '?' },
		{ "source", head->source < ABI_SOURCES },
		{ "verdict", head->verdict < ABI_VERDICTS },
		{ "by", head->by < ABI_BYS },
		{ "flags", !(head->flags & ~FLAGS_KNOWN) },
		{ "seq", head->seq > 0 },
		{ "time_ns", head->time_ns <= TIME_NS_MAX },
		{ "rule", head->rule >= -1 },
		{ "error", head->error >= 0 },
		{ "exe_len", head->exe_len <= ABI_EVENT_STRING_MAX },
		{ "object_len", head->object_len <= ABI_EVENT_STRING_MAX },
		{ "object2_len", head->object2_len <= ABI_EVENT_STRING_MAX },
		{ "candidate_count",
		  head->candidate_count <= ABI_EVENT_CANDIDATES },
		{ "reserved", head->reserved == 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (!checks[i].ok)
			return checks[i].name;
	for (int i = 0; i < ABI_EVENT_CANDIDATES; i++) {
		bool used = i < head->candidate_count;

		if (used ? head->candidates[i] < 0 : head->candidates[i] != 0)
			return "candidates";
	}
	return NULL;
}

static struct event_text take(const char **at, size_t len)
{
	struct event_text text = { *at, len };

	*at += len;
	return text;
}

int event_decode(const void *record, size_t len, struct event *out_event,
		 struct error *err)
{
	struct abi_event head;
	const char *strings = (const char *)record + sizeof(head);
	const char *wrong;
	size_t used;

	if (len < sizeof(head))
		return error_say(err, -EPROTO, "event record: %zu bytes", len);
	memcpy(&head, record, sizeof(head));
	wrong = wrong_field(&head);
	if (wrong)
		return error_say(err, -EPROTO, "event record: bad %s", wrong);
	used = sizeof(head) + head.exe_len + head.object_len + head.object2_len;
	if (head.size != len || len != (used + 7) / 8 * 8)
		return error_say(err, -EPROTO,
				 "event record: size %u, strings to %zu, "
				 "%zu bytes",
				 head.size, used, len);
	if (!is_zero((const char *)record + used, len - used))
		return error_say(err, -EPROTO, "event record: bad padding");
	*out_event = (struct event){
		.source = head.source,
		.seq = head.seq,
		.time_ns = head.time_ns,
		.op = head.op,
		.verdict = head.verdict,
		.by = head.by,
		.flags = head.flags,
		.pid = head.pid,
		.ppid = head.ppid,
		.rule = head.rule,
		.error = head.error,
		.exe = take(&strings, head.exe_len),
		.object = take(&strings, head.object_len),
		.object2 = take(&strings, head.object2_len),
		.candidate_count = head.candidate_count,
	};
	memcpy(out_event->candidates, head.candidates, sizeof(head.candidates));
	return 0;
}
