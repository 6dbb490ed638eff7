/* SPDX-License-Identifier: Apache-2.0 */
#include "run/stdio.h"

#include "base/error.h"
#include "base/own.h"

int stdio_silence(int null_fd, struct error *err)
{
	for (int to = 0; to <= 2; to++)
		if (dup2(null_fd, to) < 0)
			return error_set(err, -errno, "/dev/null");
	return 0;
}
