/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/gitdir.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"

/*
 * The path in the one-line file NAME of DIR, behind PREFIX; relative ones are
 * from DIR. Canonical, freed by the caller; NULL where there is none.
 */
static char *path_in(const char *dir, const char *name, const char *prefix)
{
	CLEANUP(freep) char *text = NULL;
	struct error err = { 0 };
	struct stat st;
	char path[PATH_MAX], target[PATH_MAX];
	const char *value;
	size_t len = 0;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
		    (int)sizeof(path) ||
	    lstat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
	    io_read_file(AT_FDCWD, path, PATH_MAX, &text, &len, &err) < 0 ||
	    strncmp(text, prefix, strlen(prefix)) != 0)
		return NULL;
	value = text + strlen(prefix);
	text[strcspn(text, "\r\n")] = '\0';
	if (snprintf(target, sizeof(target), "%s%s%s",
		     value[0] == '/' ? "" : dir, value[0] == '/' ? "" : "/",
		     value) >= (int)sizeof(target))
		return NULL;
	return realpath(target, NULL);
}

void gitdir_find(const char *workdir, char out_path[PATH_MAX])
{
	CLEANUP(freep) char *own = path_in(workdir, ".git", "gitdir: ");
	CLEANUP(freep) char *back = own ? path_in(own, "gitdir", "") : NULL;
	CLEANUP(freep)
	char *common = own ? path_in(own, "commondir", "") : NULL;
	char expected[PATH_MAX];
	size_t len = common ? strlen(common) : 0;

	out_path[0] = '\0';
	if (!back || !common ||
	    snprintf(expected, sizeof(expected), "%s/.git", workdir) >=
		    (int)sizeof(expected) ||
	    strcmp(back, expected) != 0 || strncmp(own, common, len) != 0 ||
	    strncmp(own + len, "/worktrees/", strlen("/worktrees/")) != 0)
		return;
	snprintf(out_path, PATH_MAX, "%s", common);
}
