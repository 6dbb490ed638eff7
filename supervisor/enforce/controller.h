/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controller.h - what the cgroup controllers call the limits, in version 1 and
 * in version 2.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct error;
struct limits;

enum controller {
	CONTROLLER_MEMORY,
	CONTROLLER_PIDS,
	CONTROLLER_CPU,
	CONTROLLERS
};

/* "memory", "pids", "cpu". */
const char *controller_name(enum controller controller);

/* The limit that LIMITS has for it; 0: none. */
uint64_t controller_limit(const struct limits *limits,
			  enum controller controller);

/* Sets the limit VALUE in the group DIR_FD of version 1 or 2. */
int controller_set(enum controller controller, int dir_fd, bool version_2,
		   uint64_t value, struct error *err);

/*
 * Lets the groups below DIR (of version 2) have the controllers of MASK (1 <<
 * enum controller). Returns the mask of those that they now have.
 */
unsigned controllers_enable(const char *dir, unsigned mask);
