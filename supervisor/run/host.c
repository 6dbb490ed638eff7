/* SPDX-License-Identifier: Apache-2.0 */
#include "run/host.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/own.h"

/*
 * The longest part of PATH that exists, without links, and what is left of
 * it. A link that leads nowhere counts as not there.
 */
static int resolve(void *context, const char *path,
		   struct policy_binding *out_binding)
{
	char head[PATH_MAX], whole[PATH_MAX];
	struct stat st;
	size_t cut = strlen(path);

	(void)context;
	if (cut >= PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(head, path, cut + 1);
	while (!realpath(head, whole)) {
		if (errno != ENOENT || cut <= 1)
			return -errno;
		while (cut > 1 && path[cut - 1] == '/')
			cut--;
		while (cut > 1 && path[cut - 1] != '/')
			cut--;
		head[cut] = '\0';
	}
	*out_binding = (struct policy_binding){
		.exists = cut == strlen(path),
	};
	if (snprintf(out_binding->path, PATH_MAX, "%s%s%s", whole,
		     out_binding->exists || !whole[1] ? "" : "/",
		     path + cut) >= PATH_MAX)
		return -ENAMETOOLONG;
	if (!out_binding->exists)
		return 0;
	if (stat(whole, &st) < 0)
		return -errno;
	out_binding->is_directory = S_ISDIR(st.st_mode);
	out_binding->dev = st.st_dev;
	out_binding->ino = st.st_ino;
	return 0;
}

const struct policy_host host_here = { .resolve = resolve };
