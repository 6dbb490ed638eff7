/* SPDX-License-Identifier: Apache-2.0 */
/* profile_test.h - `profile test`: a profile's own tests. */
#pragma once

struct error;
struct profile_args;

/*
 * Runs them, by names alone, so that they come to the same on every machine.
 * Returns 0 where all passed, 1 where one did not, or -errno.
 */
int profile_test(struct profile_args *args, struct error *err);
