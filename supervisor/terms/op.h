/* SPDX-License-Identifier: Apache-2.0 */
/* op.h - operations by name, and the masks that rules on files use. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "bpf/abi.h"

#define OP_BIT(op) (1u << (op))

#define OPS_READ OP_BIT(ABI_OP_READ)
#define OPS_WRITE (OP_BIT(ABI_OP_WRITE) | OP_BIT(ABI_OP_APPEND))
#define OPS_APPEND OP_BIT(ABI_OP_APPEND)
#define OPS_CREATE OP_BIT(ABI_OP_CREATE)
#define OPS_DELETE OP_BIT(ABI_OP_DELETE)
#define OPS_META OP_BIT(ABI_OP_META)
#define OPS_MODIFY (OPS_WRITE | OPS_CREATE | OPS_DELETE | OPS_META)
#define OPS_FILE (OPS_READ | OPS_MODIFY)

/* The word of OP as events bear it ("read", "connect", "mount", "exit"). */
const char *op_name(enum abi_op op);

/* Sets *out_op and returns true where NAME is the name of an operation. */
bool op_parse(const char *name, enum abi_op *out_op);

/*
 * The mask that a rule's word on files stands for, "modify" included; what a
 * word covers is covered (write covers append). 0: no such word.
 */
uint32_t op_file_mask(const char *word);

/* A power (profile class "powers"): from ABI_OP_PTRACE to ABI_OP_REBOOT. */
static inline bool op_is_power(enum abi_op op)
{
	return op >= ABI_OP_PTRACE && op <= ABI_OP_REBOOT;
}

/* A power that no profile can allow, only name and punish. */
static inline bool op_is_never_allowed(enum abi_op op)
{
	return op >= ABI_OP_MOUNT && op <= ABI_OP_REBOOT;
}
