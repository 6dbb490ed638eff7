/* SPDX-License-Identifier: Apache-2.0 */
/* devices.h - which devices beyond the basic ones a policy opens. */
#pragma once

struct policy;

/*
 * The paths below /dev that loose rules name, in a list that ends in NULL, for
 * devices_freep(); NULL where there is no memory.
 */
char **devices_of(const struct policy *policy);
void devices_freep(char ***devices);
