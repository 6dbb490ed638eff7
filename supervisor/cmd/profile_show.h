/* SPDX-License-Identifier: Apache-2.0 */
/* profile_show.h - a profile as its parents and its own text make it. */
#pragma once

struct error;
struct profile_args;

/* Prints it, variables replaced, each rule with its place. 0 or -errno. */
int profile_show(struct profile_args *args, struct error *err);
