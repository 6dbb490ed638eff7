/* SPDX-License-Identifier: Apache-2.0 */
#include "enforce/controller.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"
#include "enforce/limits.h"

#define CONTROLLERS_TEXT_MAX 4096

const char *controller_name(enum controller controller)
{
	static const char *const names[] = {
		[CONTROLLER_MEMORY] = "memory",
		[CONTROLLER_PIDS] = "pids",
		[CONTROLLER_CPU] = "cpu",
	};

	_Static_assert(ARRAY_SIZE(names) == CONTROLLERS, "a name for each");
	return names[controller];
}

uint64_t controller_limit(const struct limits *limits,
			  enum controller controller)
{
	switch (controller) {
	case CONTROLLER_MEMORY:
		return limits->memory_bytes;
	case CONTROLLER_PIDS:
		return limits->pids;
	case CONTROLLER_CPU:
		return limits->cpu_percent;
	case CONTROLLERS:
		break;
	}
	return 0;
}

/* What is written where, in this order; TEXT is a format for the value. */
struct knob {
	enum controller controller;
	bool version_2;
	bool is_optional; /* a kernel without swap has no file for it */
	unsigned scale;	  /* the value is multiplied by it */
	const char *file;
	const char *text;
};

static const struct knob knobs[] = {
	{ CONTROLLER_MEMORY, true, false, 1, "memory.max", "%" PRIu64 },
	{ CONTROLLER_MEMORY, true, true, 0, "memory.swap.max", "%" PRIu64 },
	{ CONTROLLER_MEMORY, false, false, 1, "memory.limit_in_bytes",
	  "%" PRIu64 },
	{ CONTROLLER_MEMORY, false, true, 1, "memory.memsw.limit_in_bytes",
	  "%" PRIu64 },
	{ CONTROLLER_PIDS, true, false, 1, "pids.max", "%" PRIu64 },
	{ CONTROLLER_PIDS, false, false, 1, "pids.max", "%" PRIu64 },
	/* Microseconds of 100,000: a percent is 1,000. */
	{ CONTROLLER_CPU, true, false, 1000, "cpu.max", "%" PRIu64 " 100000" },
	{ CONTROLLER_CPU, false, false, 0, "cpu.cfs_period_us", "100000" },
	{ CONTROLLER_CPU, false, false, 1000, "cpu.cfs_quota_us", "%" PRIu64 },
};

static int knob_turn(const struct knob *knob, int dir_fd, uint64_t value,
		     struct error *err)
{
	char text[64];

	if (knob->is_optional && faccessat(dir_fd, knob->file, F_OK, 0) < 0)
		return 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(text, sizeof(text), knob->text, value * knob->scale);
#pragma GCC diagnostic pop
	return io_write_file(dir_fd, knob->file, text, err);
}

int controller_set(enum controller controller, int dir_fd, bool version_2,
		   uint64_t value, struct error *err)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(knobs) && r == 0; i++)
		if (knobs[i].controller == controller &&
		    knobs[i].version_2 == version_2)
			r = knob_turn(&knobs[i], dir_fd, value, err);
	return r;
}

/* The mask of the controllers that groups below DIR_FD have. */
static unsigned enabled(int dir_fd)
{
	CLEANUP(freep) char *text = NULL;
	struct error none = { 0 };
	unsigned mask = 0;
	size_t len = 0;
	char *rest;

	if (io_read_file(dir_fd, "cgroup.subtree_control", CONTROLLERS_TEXT_MAX,
			 &text, &len, &none) < 0)
		return 0;
	rest = text;
	for (char *word; (word = strsep(&rest, " \n"));)
		for (unsigned i = 0; i < CONTROLLERS; i++)
			if (strcmp(word, controller_name(i)) == 0)
				mask |= 1u << i;
	return mask;
}

unsigned controllers_enable(const char *dir, unsigned mask)
{
	CLEANUP(fd_closep)
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct error none = { 0 };
	unsigned have;
	char text[16];

	if (fd < 0)
		return 0;
	have = enabled(fd);
	/* One by one: of what is not there, the others know nothing. */
	for (unsigned i = 0; i < CONTROLLERS; i++) {
		if (!(mask & ~have & 1u << i))
			continue;
		snprintf(text, sizeof(text), "+%s", controller_name(i));
		io_write_file(fd, "cgroup.subtree_control", text, &none);
	}
	return enabled(fd) & mask;
}
