/* SPDX-License-Identifier: Apache-2.0 */
/* as_bare_say.h - what the lines of as_bare.h are made with. */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/securebits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/own.h"

/* One line of the battery; what it says is compared. */
static inline void __attribute__((format(printf, 1, 2)))
say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* What a call returned, or its error's name; valid until the next but 7. */
static inline const char *outcome(long result)
{
	static char texts[8][24];
	static int next;
	char *text = texts[next++ % 8];
	const int code = errno;

	if (result >= 0)
		snprintf(text, 24, "%ld", result);
	else
		snprintf(text, 24, "%s", strerrorname_np(code));
	errno = code;
	return text;
}

/* The same for a call whose number is not to be compared. */
static inline const char *whether(long result)
{
	return outcome(result < 0 ? result : 0);
}

static inline void file_put(const char *path, const char *text, mode_t mode)
{
	CLEANUP(fd_closep) int fd = -1;

	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		say("cannot make %s: %s", path, outcome(-1));
}

/* As floors hold in every jail; an ordinary user has none to give up. */
static inline void privileges_forget(void)
{
	cap_t none = cap_init();

	if (geteuid() == 0) {
		for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++)
			prctl(PR_CAPBSET_DROP, cap);
		prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED);
		if (cap_set_proc(none) < 0)
			exit(3);
	}
	cap_free(none);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}
