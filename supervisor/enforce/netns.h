/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netns.h - a network of the jail's own, with a loopback and nothing else.
 *
 * For what reaches nobody anyway: there what rules forbid is not there at all.
 */
#pragma once

#include <stdbool.h>

struct error;
struct policy;

/*
 * Whether all that POLICY could ever let happen over the network stays among
 * the jail's own sockets and unix sockets that have a path. False where that
 * is not certain.
 */
bool netns_suffices(const struct policy *policy);

/*
 * Enters a new network namespace and brings its loopback up. Needs
 * CAP_SYS_ADMIN and CAP_NET_ADMIN in the user namespace that one is in.
 */
int netns_enter(struct error *err);
