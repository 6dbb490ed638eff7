/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event.h - one thing that happened in a jail, and its form on the wire.
 *
 * Knows struct abi_event. Knows nothing of rules, of who asks for events or
 * of where they are kept.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "bpf/abi.h"

struct error;

/* LEN bytes, any of them, NUL included; nothing terminates them. */
struct event_text {
	const char *at;
	size_t len;
};

/*
 * A record taken apart. The texts point into the record it was made from and
 * live as long as that. They come from inside the jail: print them through
 * base/text.h alone.
 */
struct event {
	enum abi_source source;
	uint64_t seq;	  /* of its source, from 1 and without a gap */
	uint64_t time_ns; /* CLOCK_BOOTTIME */
	enum abi_op op;
	enum abi_verdict verdict;
	enum abi_by by;
	uint8_t flags; /* ABI_EVENT_RACEABLE, ... */
	uint32_t pid;  /* of the process, as the initial pid namespace has it */
	uint32_t ppid;
	int rule;  /* index in the run's policy; -1: none */
	int error; /* errno of the answer, 0: none; an exit's wait status */
	struct event_text exe;
	struct event_text object;
	struct event_text object2;
	size_t candidate_count;
	int16_t candidates[ABI_EVENT_CANDIDATES]; /* rules that lost */
};

/* What readers hand events to. Below 0 ends the reading with that code. */
typedef int event_fn(void *ctx, const struct event *event);

/*
 * Takes apart the LEN bytes at RECORD, which need no alignment and may hold
 * anything: nothing of them is believed before it is checked. *out_event is
 * untouched on failure.
 *
 *   -EPROTO   not one whole, well-formed record of this version; the text
 *             says which field is wrong
 */
int event_decode(const void *record, size_t len, struct event *out_event,
		 struct error *err);

/*
 * Puts EVENT in the wire's form into BUF (ABI_EVENT_SIZE_MAX always fits) and
 * its length into *out_len. A text longer than ABI_EVENT_STRING_MAX is cut at
 * its end and the record is marked ABI_EVENT_TRUNCATED.
 *
 *   -EINVAL   a field holds what event_decode() would refuse
 *   -ENOSPC   SIZE is too small
 */
int event_encode(const struct event *event, void *buf, size_t size,
		 size_t *out_len, struct error *err);

/* "supervisor", "broker", "kernel"; "?" for a number that is none. */
const char *event_source_name(enum abi_source source);

/* "lsm", "notify", ...; "none"; "?" for a number that is no mechanism. */
const char *event_by_name(enum abi_by by);
