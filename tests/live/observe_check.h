/* SPDX-License-Identifier: Apache-2.0 */
/* observe_check.h - checks that count what fails and let the rest run. */
#pragma once

#include <stdio.h>

static int failures;

#define CHECK(what)                                                            \
	do {                                                                   \
		if (!(what)) {                                                 \
			printf("%s:%d: not so: %s\n", __func__, __LINE__,      \
			       #what);                                         \
			failures++;                                            \
		}                                                              \
	} while (0)
