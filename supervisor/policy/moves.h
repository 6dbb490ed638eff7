/* SPDX-License-Identifier: Apache-2.0 */
/*
 * moves.h - what a policy says of names that come and go: links and renames,
 * by which an object comes to lie under other rules. Pure, as decide.h is.
 */
#pragma once

#include <stdbool.h>

#include "policy/decide.h"

/*
 * A symbolic link at PATH takes that name: whoever goes through it arrives
 * elsewhere. So where a strict rule's path or pattern goes on below PATH, it
 * is judged as the making of the ruled name, else as that of PATH.
 */
void decide_symlink(const struct policy *policy, const char *path,
		    struct decision *out_decision);

/*
 * Whether the object could be used more freely at TO than at FROM: some
 * operation on it, or its execution, has a looser verdict there.
 */
bool moves_freer(const struct policy *policy, const struct file_object *from,
		 const char *to);

/*
 * Whether the rules alone judge every name below the directory FROM as the
 * same name below TO. No tree is walked; where it cannot be told, false.
 */
bool moves_same_below(const struct policy *policy, const char *from,
		      const char *to);
