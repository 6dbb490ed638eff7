/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/umask.h"

#include <sys/stat.h>

#include "broker/work.h"

int umask_take(struct work *work)
{
	struct caller_status status;
	int r = caller_status(&work->caller, &status);

	if (r < 0)
		return r;
	umask(status.umask);
	return 0;
}
