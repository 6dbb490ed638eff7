/* SPDX-License-Identifier: Apache-2.0 */
#include "run/invoker.h"

#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"

static void text_copy(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

/* What the user database says; without an entry, what can be said at all. */
static void entry_take(struct invoker *invoker, const struct passwd *entry)
{
	const char *home = getenv("HOME");

	if (entry) {
		text_copy(invoker->name, sizeof(invoker->name), entry->pw_name);
		text_copy(invoker->home, sizeof(invoker->home), entry->pw_dir);
		text_copy(invoker->shell, sizeof(invoker->shell),
			  entry->pw_shell);
		return;
	}
	snprintf(invoker->name, sizeof(invoker->name), "%u",
		 invoker->identity.uid);
	text_copy(invoker->home, sizeof(invoker->home), home ? home : "/");
	text_copy(invoker->shell, sizeof(invoker->shell), "/bin/sh");
}

static int groups_take(struct invoker *invoker, struct error *err)
{
	struct identity *identity = &invoker->identity;

	identity->group_count = IDENTITY_GROUPS_MAX;
	if (getgrouplist(invoker->name, identity->gid, identity->groups,
			 &identity->group_count) < 0)
		return error_say(err, -E2BIG, "%s is in more than %d groups",
				 invoker->name, IDENTITY_GROUPS_MAX);
	identity->set_groups = true;
	return 0;
}

static const struct passwd *user_find(const char *user)
{
	const struct passwd *entry = getpwnam(user);
	char *end = NULL;
	unsigned long id;

	if (entry)
		return entry;
	id = strtoul(user, &end, 10);
	return *user && !*end ? getpwuid((uid_t)id) : NULL;
}

static int other_take(struct invoker *invoker, const char *user,
		      struct error *err)
{
	const struct passwd *entry = user_find(user);

	if (!entry)
		return error_say(err, -ENOENT, "no user \"%s\"", user);
	if (!invoker->privileged)
		return error_say(err, -EPERM,
				 "another user's run needs root (--user %s)",
				 user);
	invoker->is_other = true;
	invoker->identity.uid = entry->pw_uid;
	invoker->identity.gid = entry->pw_gid;
	entry_take(invoker, entry);
	return groups_take(invoker, err);
}

int invoker_find(const char *user, struct invoker *out_invoker,
		 struct error *err)
{
	const char *sudo_uid = getenv("SUDO_UID");
	struct invoker invoker = {
		.privileged = privilege_is_root(),
		.identity = { .uid = getuid(), .gid = getgid() },
	};
	const char *home = getenv("HOME");
	int r = 0;

	if (user) {
		r = other_take(&invoker, user, err);
	} else if (invoker.privileged && getuid() == 0 && sudo_uid &&
		   strcmp(sudo_uid, "0") != 0) {
		invoker.sudo = true;
		r = other_take(&invoker, sudo_uid, err);
	} else {
		entry_take(&invoker, getpwuid(getuid()));
		/* One's own HOME is where one says it is. */
		if (home && home[0] == '/')
			text_copy(invoker.home, sizeof(invoker.home), home);
		if (invoker.privileged)
			r = groups_take(&invoker, err);
	}
	if (r < 0)
		return r;
	*out_invoker = invoker;
	return 0;
}
