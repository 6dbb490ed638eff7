/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listener.h - the kernel's end of seccomp user notification.
 *
 * Knows the ioctls of a listener. Knows nothing of what a call means.
 * Source: seccomp_unotify(2).
 */
#pragma once

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdint.h>

/* Asks for direct hand-over between agent and worker where it exists. */
void listener_tune(int listener);

/*
 * Waits for the next call. Returns 0; -ENOENT where the caller died meanwhile
 * or nobody is left behind the filter; -EINTR.
 */
int listener_receive(int listener, struct seccomp_notif *out_notice);

/* False once nobody is left behind the filter. Does not wait. */
bool listener_has_callers(int listener);

/* True while the call ID still waits, so that its task is who it was. */
bool listener_is_waiting(int listener, uint64_t id);

/* Ends the call ID with a negative errno, or with VALUE where that is 0. */
int listener_answer(int listener, uint64_t id, int error, int64_t value);

/* Lets the kernel run the call ID as the agent's memory has it by then. */
int listener_continue(int listener, uint64_t id);

/*
 * Puts a copy of FD into the caller's table and gives its number there. The
 * call still waits: the caller's copy is closed before it is answered, else
 * the agent would run while the broker still holds the file.
 */
int listener_inject(int listener, uint64_t id, int fd, bool close_on_exec);
