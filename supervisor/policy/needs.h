/* SPDX-License-Identifier: Apache-2.0 */
/* needs.h - what a rule needs in order to be enforced, by whatever means. */
#pragma once

#include <stdint.h>

#include "policy/plan.h"
#include "profile/profile.h"

struct policy;

/* The ..._TREE needs are met by what knows only allowed trees. */
enum need {
	NEED_READ,
	NEED_READ_TREE,
	NEED_WRITE,
	NEED_WRITE_TREE,
	NEED_NAMES,
	NEED_NAMES_TREE,
	NEED_META,
	NEED_APPEND,
	NEED_WRITTEN,
	NEED_EXEC_TREE,
	NEED_EXEC,
	NEED_EXEC_HELD,
	NEED_ADDRESS,
	NEED_UNIX,
	NEED_HOST_NAME,
	NEED_POWER,
	NEED_POWER_CHOICE,
	NEED_POWER_HELD,
	NEED_POWER_WIDE,
	NEED_HOLD,
	NEED_FREEZE,
	NEED_KILL,
	NEED_LIMITS,
	NEED_TIME,
	NEED_TMP,
	NEED_HIDE,
	NEED_TRACE_SIZE,
	NEED_DEATH_FREEZE,
	NEEDS
};

typedef uint32_t needs_mask; /* 1 << enum need */

/* What rule INDEX needs. */
needs_mask needs_of_rule(const struct policy *policy, int index);

/* What a setting needs; nothing where it asks for nothing. */
needs_mask needs_of_setting(const struct policy *policy,
			    enum plan_setting setting);

/* What the verdict of CLS needs where no rule decides. */
needs_mask needs_of_otherwise(const struct policy *policy,
			      enum profile_class cls);

/* All that any rule, or a class where no rule decides, needs. */
needs_mask needs_of_policy(const struct policy *policy);
