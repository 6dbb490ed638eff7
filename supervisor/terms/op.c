/* SPDX-License-Identifier: Apache-2.0 */
#include "terms/op.h"

#include <assert.h>
#include <string.h>

#include "base/own.h"

static const char *const names[] = {
	[ABI_OP_READ] = "read",
	[ABI_OP_WRITE] = "write",
	[ABI_OP_APPEND] = "append",
	[ABI_OP_CREATE] = "create",
	[ABI_OP_DELETE] = "delete",
	[ABI_OP_META] = "meta",
	[ABI_OP_EXEC] = "exec",
	[ABI_OP_CONNECT] = "connect",
	[ABI_OP_LISTEN] = "listen",
	[ABI_OP_SEND] = "send",
	[ABI_OP_DNS] = "dns",
	[ABI_OP_PTRACE] = "ptrace",
	[ABI_OP_NAMESPACE] = "namespace",
	[ABI_OP_KEYRING] = "keyring",
	[ABI_OP_IO_URING] = "io_uring",
	[ABI_OP_USERFAULTFD] = "userfaultfd",
	[ABI_OP_PERF] = "perf",
	[ABI_OP_NETLINK] = "netlink",
	[ABI_OP_VSOCK] = "vsock",
	[ABI_OP_SOCKET_OTHER] = "socket_other",
	[ABI_OP_PERSONALITY] = "personality",
	[ABI_OP_PRIORITY] = "priority",
	[ABI_OP_MOUNT] = "mount",
	[ABI_OP_CHROOT] = "chroot",
	[ABI_OP_BPF] = "bpf",
	[ABI_OP_MODULE] = "module",
	[ABI_OP_KEXEC] = "kexec",
	[ABI_OP_MKNOD] = "mknod",
	[ABI_OP_RAW] = "raw",
	[ABI_OP_PACKET] = "packet",
	[ABI_OP_SIGNAL_OUTSIDE] = "signal_outside",
	[ABI_OP_IPC_OUTSIDE] = "ipc_outside",
	[ABI_OP_TIME] = "time",
	[ABI_OP_SYSLOG] = "syslog",
	[ABI_OP_QUOTA] = "quota",
	[ABI_OP_SWAP] = "swap",
	[ABI_OP_REBOOT] = "reboot",
	[ABI_OP_START] = "start",
	[ABI_OP_FORK] = "fork",
	[ABI_OP_EXECUTED] = "exec",
	[ABI_OP_EXIT] = "exit",
	[ABI_OP_END] = "end",
	[ABI_OP_HOLD] = "hold",
	[ABI_OP_APPROVE] = "approve",
	[ABI_OP_REFUSE] = "deny",
	[ABI_OP_TIMEOUT] = "timeout",
	[ABI_OP_GRANT] = "grant",
	[ABI_OP_REVOKE] = "revoke",
};

static_assert(ARRAY_SIZE(names) == ABI_OPS, "a name for each operation");

static const struct {
	const char *word;
	uint32_t mask;
} file_words[] = {
	{ "read", OPS_READ },	  { "write", OPS_WRITE },
	{ "append", OPS_APPEND }, { "create", OPS_CREATE },
	{ "delete", OPS_DELETE }, { "meta", OPS_META },
	{ "modify", OPS_MODIFY },
};

const char *op_name(enum abi_op op)
{
	return (unsigned)op < ABI_OPS && names[op] ? names[op] : "?";
}

bool op_parse(const char *name, enum abi_op *out_op)
{
	for (unsigned i = 0; i < ABI_OPS; i++) {
		if (names[i] && strcmp(name, names[i]) == 0) {
			*out_op = (enum abi_op)i;
			return true;
		}
	}
	return false;
}

uint32_t op_file_mask(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(file_words); i++)
		if (strcmp(word, file_words[i].word) == 0)
			return file_words[i].mask;
	return 0;
}
