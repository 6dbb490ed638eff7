/* SPDX-License-Identifier: Apache-2.0 */
/* host.h - the machine as a policy's compiler may look at it. */
#pragma once

#include "policy/compile.h"

/*
 * Resolves paths in the caller's own view of the machine. The context is a
 * struct host_memory, or NULL: then nothing is remembered.
 */
extern const struct policy_host host_here;

/*
 * Directories that were looked at: the paths of a profile's rules share most
 * of theirs. To be used while nobody changes them, or where it does not matter
 * which moment's answer one gets. Returns NULL where there is no memory.
 */
struct host_memory *host_memory_new(void);
void host_memory_free(struct host_memory *memory);

/* For CLEANUP(host_memory_freep). */
static inline void host_memory_freep(struct host_memory **memory)
{
	host_memory_free(*memory);
	*memory = NULL;
}
