/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/name.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "broker/resolve.h"
#include "broker/work.h"

int name_look(struct name *name)
{
	fd_closep(&name->fd);
	name->fd = openat(name->dir_fd, name->text,
			  O_PATH | O_NOFOLLOW | O_CLOEXEC);
	name->exists = name->fd >= 0;
	if (!name->exists)
		return errno == ENOENT ? 0 : -errno;
	return fstat(name->fd, &name->st) < 0 ? -errno : 0;
}

int name_find(struct work *work, int dir_fd, uint64_t address,
	      struct name *out_name)
{
	const struct resolve_start start = {
		.caller = &work->caller,
		.dir_fd = dir_fd,
	};
	char path[PATH_MAX];
	bool slash = false;
	ssize_t n = caller_read_string(&work->caller, address, path);

	if (n < 0)
		return (int)n;
	out_name->dir_fd = resolve_parent(&start, path, out_name->text, &slash);
	if (out_name->dir_fd < 0)
		return out_name->dir_fd;
	snprintf(out_name->act, sizeof(out_name->act), "%s%s", out_name->text,
		 slash ? "/" : "");
	out_name->is_odd = !out_name->text[0] ||
			   strcmp(out_name->text, ".") == 0 ||
			   strcmp(out_name->text, "..") == 0;
	return out_name->is_odd ? 0 : name_look(out_name);
}

bool name_is_of_directory(const struct name *name)
{
	return name->act[strlen(name->text)] == '/';
}

void name_endp(struct name *name)
{
	fd_closep(&name->dir_fd);
	fd_closep(&name->fd);
}
