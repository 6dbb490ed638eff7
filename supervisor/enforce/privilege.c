/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/privilege.h"

#include <linux/securebits.h>
#include <sched.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/error.h"
#include "base/own.h"

#define SECURE_BITS                                                            \
	(SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |       \
	 SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |             \
	 SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED)

int privilege_freeze(struct error *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_set(err, -errno, "no_new_privs");
	return 0;
}

static int bounding_set_empty(struct error *err)
{
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		if (cap_drop_bound(cap) < 0)
			return error_set(err, -errno, "bounding set");
	return 0;
}

/* The raw calls change this thread alone; glibc's would change them all. */
static int ids_take(const struct identity *id, struct error *err)
{
	if (id->set_groups &&
	    syscall(SYS_setgroups, id->group_count, id->groups) < 0)
		return error_set(err, -errno, "setgroups");
	if (syscall(SYS_setresgid, id->gid, id->gid, id->gid) < 0)
		return error_set(err, -errno, "group id %u", id->gid);
	if (syscall(SYS_setresuid, id->uid, id->uid, id->uid) < 0)
		return error_set(err, -errno, "user id %u", id->uid);
	return 0;
}

static void cap_closep(cap_t *caps)
{
	cap_free(*caps);
}

/* Without libpsx in the program, libcap too changes this thread alone. */
static int capabilities_empty(struct error *err)
{
	CLEANUP(cap_closep) cap_t none = cap_init();

	if (!none)
		return error_set(err, -ENOMEM, "capabilities");
	if (cap_reset_ambient() < 0)
		return error_set(err, -errno, "ambient capabilities");
	if (cap_set_proc(none) < 0)
		return error_set(err, -errno, "capabilities");
	return 0;
}

int privilege_drop(const struct identity *identity, struct error *err)
{
	int r = bounding_set_empty(err);

	if (r < 0)
		return r;
	if (cap_set_secbits(SECURE_BITS) < 0)
		return error_set(err, -errno, "secure bits");
	r = ids_take(identity, err);
	if (r < 0)
		return r;
	return capabilities_empty(err);
}

bool privilege_is_root(void)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(unshare(CLONE_NEWNS) == 0 ? 0 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}
