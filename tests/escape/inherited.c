/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inherited.c - what a careless parent hands down: a descriptor of a file
 * outside the scope, a secret in the environment.
 */
#include "escape_ways.h"

#define HELD 9 /* as tests/lib/escape opens it */

static int way_descriptor(void)
{
	return escape_got(write(HELD, "escaped", 7));
}

static int way_any_descriptor(void)
{
	for (int fd = 3; fd < 256; fd++)
		if (write(fd, "escaped", 7) == 7)
			return ESCAPED;
	return PREVENTED;
}

static int way_reopen(void)
{
	return escape_got(open("/proc/self/fd/9", O_WRONLY | O_APPEND));
}

static int way_environment(void)
{
	return getenv("ESCAPE_SECRET") ? ESCAPED : PREVENTED;
}

static int has_secret(const char *path)
{
	char buf[65536];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf));

	for (ssize_t i = 0; i + 13 < n; i++)
		if (memcmp(buf + i, "ESCAPE_SECRET", 13) == 0)
			return ESCAPED;
	return PREVENTED;
}

static int way_own_procfs(void)
{
	return has_secret("/proc/self/environ");
}

/* Of whoever is above; in a jail, of its first processes. */
static int way_parents_procfs(void)
{
	char path[64];

	for (int pid = 1; pid < 6; pid++) {
		if (getenv("ESCAPE_ALL"))
			break;
		snprintf(path, sizeof(path), "/proc/%d/environ", pid);
		if (has_secret(path) == ESCAPED)
			return ESCAPED;
	}
	snprintf(path, sizeof(path), "/proc/%d/environ", getppid());
	return has_secret(path);
}

static const struct escape_way ways[] = {
	{ "the descriptor", way_descriptor },
	{ "any descriptor", way_any_descriptor },
	{ "re-opened", way_reopen },
	{ "the environment", way_environment },
	{ "/proc/self/environ", way_own_procfs },
	{ "a parent's environ", way_parents_procfs },
};

static int attack(void)
{
	return escape_ways(ways, sizeof(ways) / sizeof(*ways));
}

static int verify(void)
{
	return escape_file_has(escape_outside_path("held"), "escaped")
		       ? ESCAPED
		       : PREVENTED;
}

int main(int argc, char **argv)
{
	return escape_main(
		argc, argv,
		&(struct escape){ .attack = attack, .verify = verify });
}
