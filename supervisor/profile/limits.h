/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - how large a profile and a policy may be; more is an error. */
#pragma once

#define PROFILE_FILE_MAX (1 << 20) /* bytes */
#define PROFILE_CHAIN_MAX 64	   /* profiles of a run, "command line" too */
#define PROFILE_DEPTH_MAX 8	   /* lists and maps in one another */
#define PROFILE_NODES_MAX 200000   /* texts, lists and maps of one file */
#define PROFILE_KEYS_MAX 1024	   /* of one map */
#define PROFILE_TEXT_MAX 8192	   /* bytes of one text */
#define PROFILE_EXPANSIONS_MAX 64  /* values that one object expands to */

#define PATH_TEXT_MAX 4095 /* bytes of a rule's path, expanded */
#define PATH_TAIL_MAX 4	   /* components after a "**" */

/* An event names rules by 16 bits with a sign. */
#define POLICY_RULES_MAX 32767
