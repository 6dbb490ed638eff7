/* SPDX-License-Identifier: Apache-2.0 */
#include "run/environment.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/io.h"
#include "base/own.h"
#include "policy/decide.h"
#include "policy/policy.h"
#include "run/invoker.h"
#include "terms/op.h"
#include "terms/verdict.h"

#define VARIABLES_MAX 4096
#define SUDO_ENVIRON_MAX ((size_t)1 << 20)

/* What every jail has of its caller, unless the profile says `only`. */
static const char *const kept[] = {
	"PATH",
	"HOME",
	"USER",
	"LOGNAME",
	"SHELL",
	"TERM",
	"COLORTERM",
	"LANG",
	"LC_*",
	"TZ",
	"http_proxy",
	"HTTP_PROXY",
	"https_proxy",
	"HTTPS_PROXY",
	"ftp_proxy",
	"FTP_PROXY",
	"all_proxy",
	"ALL_PROXY",
	"no_proxy",
	"NO_PROXY",
	"SSL_CERT_FILE",
	"SSL_CERT_DIR",
	"NODE_EXTRA_CA_CERTS",
	"NO_COLOR",
	"EDITOR",
	"PAGER",
	"VIRTUAL_ENV",
	"TMPDIR",
};

struct list {
	size_t count;
	char **items; /* VARIABLES_MAX and the NULL */
};

void environment_free(char **list)
{
	for (size_t i = 0; list && list[i]; i++)
		free(list[i]);
	free(list);
}

static void list_endp(struct list *list)
{
	environment_free(list->items);
}

/* Sets NAME, in place of what it was. */
static int list_set(struct list *list, const char *name, const char *value,
		    struct error *err)
{
	const size_t len = strlen(name);
	char *text = NULL;
	size_t i;

	if (asprintf(&text, "%s=%s", name, value) < 0)
		return error_set(err, -ENOMEM, "environment");
	for (i = 0; i < list->count; i++)
		if (strncmp(list->items[i], text, len + 1) == 0)
			break;
	if (i == VARIABLES_MAX) {
		free(text);
		return error_set(err, -E2BIG, "environment");
	}
	free(list->items[i]);
	list->items[i] = text;
	if (i == list->count)
		list->count++;
	return 0;
}

static bool is_kept(const struct profile_settings *settings, const char *name)
{
	if (settings->has_only) {
		for (size_t i = 0; i < settings->only_count; i++)
			if (fnmatch(settings->only[i].text, name, 0) == 0)
				return true;
		return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (fnmatch(kept[i], name, 0) == 0)
			return true;
	for (size_t i = 0; i < settings->keep_count; i++)
		if (fnmatch(settings->keep[i].text, name, 0) == 0)
			return true;
	return false;
}

static int list_keep(struct list *list, const struct profile_settings *settings,
		     const char *variable, struct error *err)
{
	CLEANUP(freep) char *name = NULL;
	const char *equals = strchr(variable, '=');

	if (!equals || equals == variable)
		return 0;
	name = strndup(variable, (size_t)(equals - variable));
	if (!name)
		return error_set(err, -ENOMEM, "environment");
	if (!is_kept(settings, name))
		return 0;
	return list_set(list, name, equals + 1, err);
}

/* The fields of /proc/PID/stat that matter: the name and the parent. */
static bool process_stat(pid_t pid, char name[32], pid_t *out_parent)
{
	CLEANUP(freep) char *text = NULL;
	char path[64];
	struct error err;
	size_t len = 0;
	char *end;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (io_read_file(AT_FDCWD, path, 4096, &text, &len, &err) < 0)
		return false;
	end = strrchr(text, ')');
	if (!end || !strchr(text, '('))
		return false;
	*end = '\0';
	snprintf(name, 32, "%s", strchr(text, '(') + 1);
	*out_parent = (pid_t)strtol(end + 4, NULL, 10);
	return true;
}

/*
 * The environment that the nearest sudo above us was started with: the user's
 * own, before sudo cut it. "NAME=VALUE" texts, each ended by a NUL.
 */
static char *sudo_environ(size_t *out_len)
{
	char name[32], path[64];
	struct error err;
	pid_t pid = getppid(), parent = 0;

	for (int i = 0; i < 8 && pid > 1; i++, pid = parent) {
		char *text = NULL;

		if (!process_stat(pid, name, &parent))
			return NULL;
		if (strcmp(name, "sudo") != 0)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/environ", pid);
		if (io_read_file(AT_FDCWD, path, SUDO_ENVIRON_MAX, &text,
				 out_len, &err) < 0)
			return NULL;
		return text;
	}
	return NULL;
}

static int keep_all(struct list *list, const struct profile_settings *settings,
		    const struct invoker *invoker, char *const *from,
		    struct error *err)
{
	CLEANUP(freep) char *sudo = NULL;
	size_t len = 0;
	int r = 0;

	for (; *from && r == 0; from++)
		r = list_keep(list, settings, *from, err);
	if (invoker->sudo)
		sudo = sudo_environ(&len);
	for (size_t at = 0; sudo && at < len && r == 0;
	     at += strlen(sudo + at) + 1)
		r = list_keep(list, settings, sudo + at, err);
	return r;
}

/* Who the agent is, where that is not who agentjail was started as. */
static int set_identity(struct list *list, const struct invoker *invoker,
			struct error *err)
{
	int r = list_set(list, "HOME", invoker->home, err);

	if (r == 0)
		r = list_set(list, "USER", invoker->name, err);
	if (r == 0)
		r = list_set(list, "LOGNAME", invoker->name, err);
	if (r == 0)
		r = list_set(list, "SHELL", invoker->shell, err);
	return r;
}

/* The value of NAME, or NULL. */
static const char *list_value(const struct list *list, const char *name)
{
	const size_t len = strlen(name);

	for (size_t i = 0; i < list->count; i++)
		if (strncmp(list->items[i], name, len) == 0 &&
		    list->items[i][len] == '=')
			return list->items[i] + len + 1;
	return NULL;
}

/* Where the agent may make no files there is no place for temporary ones. */
static int mend_tmpdir(struct list *list, const struct policy *policy,
		       struct error *err)
{
	const char *dir = list_value(list, "TMPDIR");
	const struct file_object object = { .path = dir };
	struct decision decision;

	if (!dir)
		return 0;
	decide_file(policy, OPS_CREATE | OPS_DELETE, &object, &decision);
	if (policy_settings(policy)->tmp != TMP_PRIVATE &&
	    verdict_is_loose(decision.verdict))
		return 0;
	return list_set(list, "TMPDIR", "/tmp", err);
}

int environment_make(const struct policy *policy,
		     const struct environment_spec *spec, char ***out_list,
		     struct error *err)
{
	const struct profile_settings *settings = policy_settings(policy);
	const struct invoker *invoker = spec->invoker;
	CLEANUP(list_endp)
	struct list list = {
		.items = calloc(VARIABLES_MAX + 1, sizeof(char *)),
	};
	int r;

	if (!list.items)
		return error_set(err, -ENOMEM, "environment");
	r = keep_all(&list, settings, invoker, spec->from, err);
	if (r == 0 && invoker->is_other && !settings->has_only)
		r = set_identity(&list, invoker, err);
	if (r == 0)
		r = mend_tmpdir(&list, policy, err);
	for (size_t i = 0; i < settings->set_count && r == 0; i++)
		r = list_set(&list, settings->set[i].name,
			     settings->set[i].value, err);
	if (r == 0)
		r = list_set(&list, "AGENTJAIL_RUN", spec->run_id, err);
	if (r == 0)
		r = list_set(&list, "AGENTJAIL_DENIED", spec->denials, err);
	if (r < 0)
		return r;
	*out_list = TAKE_PTR(list.items);
	return 0;
}
