/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope.h - a transient scope of systemd, which it gives away to its user.
 *
 * Where systemd runs, the cgroup tree is its own, and nobody else makes groups
 * in it but below what it delegated. Source: org.freedesktop.systemd1(5),
 * "Control Group APIs and Delegation".
 */
#pragma once

#include <sys/types.h>

struct error;

/*
 * Asks systemd (root: the system's manager; others: their user's) for the
 * scope agentjail-NAME.scope around PID, and waits until it is there. It goes
 * by itself once nothing is left in it.
 *
 *   -ENOENT      systemd does not run here
 *   -ETIMEDOUT   it does not answer
 *   -errno       it refused; the text says what it said
 */
int scope_start(const char *name, pid_t pid, struct error *err);

/*
 * Whether scope_start() has somebody to ask.
 *
 *   -ENOENT   systemd does not run here
 *   -errno    it cannot be spoken to
 */
int scope_probe(struct error *err);
