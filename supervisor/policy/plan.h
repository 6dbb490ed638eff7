/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan.h - which mechanism enforces each rule, or why none does.
 *
 * Computed from a policy and from what the caller says is there. A rule needs
 * a few things; a table says what gives each of them, best first.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "bpf/abi.h"
#include "profile/profile.h"

struct error;
struct policy;

/* What is there on this host, each found by a probe that fired. */
enum capability {
	CAP_FILE_OPEN,	   /* opens are notified and done by the broker */
	CAP_FILE_NAMES,	   /* so is all else that makes or removes a name */
	CAP_FILE_META,	   /* so are changes of mode, owner, times, ... */
	CAP_FILE_APPEND,   /* a file opened to append stays so */
	CAP_FILE_FLOOR,	   /* Landlock: trees, for reads, writes and names */
	CAP_FILE_KERNEL,   /* the LSM hooks decide on files */
	CAP_WRITTEN,	   /* what the run wrote is kept */
	CAP_EXEC_FLOOR,	   /* Landlock: trees, for execution */
	CAP_EXEC_JUDGED,   /* judged at the notification, then continued */
	CAP_EXEC_EXACT,	   /* fanotify asks what is really executed */
	CAP_EXEC_KERNEL,   /* the LSM hooks decide on exec */
	CAP_NET_NOTIFY,	   /* connects, sends and listens are notified */
	CAP_NET_CGROUP,	   /* eBPF cgroup hooks decide on addresses */
	CAP_NET_KERNEL,	   /* so do the socket hooks, on unix sockets too */
	CAP_NET_NAMES,	   /* answers of DNS are seen */
	CAP_POWERS,	   /* the seccomp filter denies the powers */
	CAP_POWERS_CHOICE, /* and lets happen, or kills for, what rules say */
	CAP_POWERS_WIDE,   /* io_uring and namespaces are judged inside too */
	CAP_HOLD,	   /* an operation can wait for a person */
	CAP_FREEZE,	   /* the whole jail can be frozen */
	CAP_KILL,	   /* the whole jail can be killed at once */
	CAP_LIMITS,	   /* a cgroup with its controllers */
	CAP_TIME,	   /* the time that a run may take is watched */
	CAP_DEATH_FREEZE,  /* the jail outlives its supervisor, frozen */
	CAP_TRACE_SIZE,	   /* a trace stops growing where it is told to */
	CAP_TMP,	   /* a private /tmp */
	CAP_HIDE,	   /* a mount over what is hidden */
	CAPABILITIES
};

struct capabilities {
	uint32_t bits; /* 1 << enum capability */
};

enum plan_state {
	PLAN_ENFORCED,
	PLAN_RACEABLE,	      /* the race is named */
	PLAN_OBSERVED,	      /* seen, and not prevented */
	PLAN_NOT_ENFORCEABLE, /* not here; the reason is named */
	PLAN_STATES
};

struct plan_item {
	enum plan_state state; /* the worst of all that it needs */
	uint32_t by;	       /* 1 << enum abi_by: the mechanisms */
	const char *why;       /* NULL where it is simply enforced */
};

/* What a profile sets that is no rule and has to be enforced. */
enum plan_setting {
	PLAN_LIMITS,
	PLAN_TMP,
	PLAN_HIDE,
	PLAN_TRACE,
	PLAN_DEATH,
	PLAN_SETTINGS
};

struct plan {
	size_t rule_count;
	struct plan_item *rules; /* as many, in the policy's order */
	struct plan_item otherwise[PROFILE_CLASSES];
	struct plan_item settings[PLAN_SETTINGS];
};

/*
 * The plan for POLICY with what CAPABILITIES has. The caller frees *out_plan,
 * which keeps nothing of both.
 *
 *   -ENOMEM
 */
int plan_make(const struct policy *policy,
	      const struct capabilities *capabilities, struct plan **out_plan,
	      struct error *err);

void plan_free(struct plan *plan);

/* The worst state of all items. */
enum plan_state plan_worst(const struct plan *plan);

/* "enforced", "raceable", "observed only", "not enforceable here". */
const char *plan_state_name(enum plan_state state);

/* "lsm", "notify", "fanotify", ...: the word of events for a mechanism. */
const char *plan_by_name(enum abi_by by);

/* "limits", "tmp", "hide", "trace", "on_supervisor_death". */
const char *plan_setting_name(enum plan_setting setting);

/* For CLEANUP(plan_freep). */
static inline void plan_freep(struct plan **plan)
{
	plan_free(*plan);
	*plan = NULL;
}
