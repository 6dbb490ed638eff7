/* SPDX-License-Identifier: Apache-2.0 */
#include "observe/refusal.h"

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <string.h>
#include <sys/capability.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"
#include "base/text.h"

#define BTF_PATH "/sys/kernel/btf/vmlinux"
#define LOCKDOWN_PATH "/sys/kernel/security/lockdown"
#define LOCKDOWN_MAX 256

/* libbpf's first complaint since refusal_listen(), of this thread. */
static __thread char complaint[256];

static int __attribute__((format(printf, 2, 0)))
keep(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (level == LIBBPF_WARN && !*complaint) {
		vsnprintf(complaint, sizeof(complaint), fmt, ap);
		complaint[strcspn(complaint, "\n")] = '\0';
	}
	return 0;
}

void refusal_listen(void)
{
	*complaint = '\0';
	libbpf_set_print(keep);
}

static bool may_load(void)
{
	static const cap_value_t needed[] = { CAP_BPF, CAP_PERFMON };
	cap_t caps = cap_get_proc();
	cap_flag_value_t all = CAP_CLEAR;
	bool ok = true;

	if (!caps)
		return false;
	cap_get_flag(caps, CAP_SYS_ADMIN, CAP_EFFECTIVE, &all);
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		cap_flag_value_t value = CAP_CLEAR;

		cap_get_flag(caps, needed[i], CAP_EFFECTIVE, &value);
		ok = ok && value == CAP_SET;
	}
	cap_free(caps);
	return ok || all == CAP_SET;
}

static bool is_locked_down(void)
{
	CLEANUP(freep) char *text = NULL;
	struct error err = { 0 };
	size_t len = 0;

	if (io_read_file(AT_FDCWD, LOCKDOWN_PATH, LOCKDOWN_MAX, &text, &len,
			 &err) < 0)
		return false;
	return strstr(text, "[confidentiality]");
}

static const struct {
	int code;
	const char *cause;
} causes[] = {
	{ -EPERM, "this kernel refuses such programs to everybody (some "
		  "vendors' kernels and containers do): use another kernel, or "
		  "the engine notify without tracing" },
	{ -EACCES, "the kernel's verifier did not take the program: report "
		   "this kernel's version" },
	{ -EINVAL, "the kernel lacks something that the program needs: it "
		   "takes Linux 6.1 or newer" },
	{ -ENOENT, "the kernel lacks a tracepoint: it takes Linux 6.1 or newer "
		   "with CONFIG_TRACEPOINTS and CONFIG_BPF_SYSCALL" },
	{ -ESRCH, "the kernel's BTF lacks a tracepoint: it takes Linux 6.1 or "
		  "newer" },
	{ -ENOSYS, "the kernel has no bpf(2): it takes CONFIG_BPF_SYSCALL" },
	{ -ENOMEM, "memory is short: see the limit of the control group that "
		   "agentjail runs in" },
	{ -E2BIG, "the ring is larger than the kernel allows" },
};

static const char *cause_of(int code)
{
	if (access(BTF_PATH, R_OK) < 0)
		return "the kernel does not describe itself: it takes "
		       "CONFIG_DEBUG_INFO_BTF, which makes " BTF_PATH;
	if (code == -EPERM && !may_load())
		return "it takes root, outside any container: CAP_BPF and "
		       "CAP_PERFMON, or CAP_SYS_ADMIN";
	if (is_locked_down())
		return "the kernel is locked down for confidentiality "
		       "(" LOCKDOWN_PATH "): boot it with lockdown=integrity";
	for (size_t i = 0; i < ARRAY_SIZE(causes); i++)
		if (causes[i].code == code)
			return causes[i].cause;
	return "no known cause: report this kernel's version";
}

int refusal_explain(int code, const char *what, struct error *err)
{
	char said[512];

	if (!*complaint)
		return error_say(err, code, "%s: %s (%s)", what,
				 strerror(-code), cause_of(code));
	text_escaped(said, sizeof(said), complaint);
	return error_say(err, code, "%s: %s (%s; %s)", what, strerror(-code),
			 cause_of(code), said);
}
