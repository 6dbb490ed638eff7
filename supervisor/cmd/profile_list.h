/* SPDX-License-Identifier: Apache-2.0 */
/* profile_list.h - `profile list`: the profiles that there are, by name. */
#pragma once

struct error;
struct profile_args;

/* Prints each with its maturity and description. Returns 0 or -errno. */
int profile_list(struct profile_args *args, struct error *err);
