/* SPDX-License-Identifier: Apache-2.0 */
#include "run/capabilities.h"

#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "enforce/cgroup.h"
#include "observe/probe.h"
#include "run/invoker.h"
#include "run/trial.h"

#define HAS(capability) (1u << (capability))

static int tasks_try(const struct invoker *invoker, char *out_text, size_t size,
		     struct error *err)
{
	int r = observer_probe(err);

	(void)invoker;
	if (r == 0)
		snprintf(out_text, size, "fork, exec and exit were seen");
	return r;
}

static int freezer_try(const struct invoker *invoker, char *out_text,
		       size_t size, struct error *err)
{
	int r = cgroup_probe(false, err);

	(void)invoker;
	if (r == 0)
		snprintf(out_text, size, "a group can be made");
	return r;
}

static int limits_try(const struct invoker *invoker, char *out_text,
		      size_t size, struct error *err)
{
	int r = cgroup_probe(true, err);

	(void)invoker;
	if (r == 0)
		snprintf(out_text, size, "of memory, tasks and processors");
	return r;
}

/*
 * A mechanism, what it gives, and what fires it. Whoever builds a mechanism
 * adds its capability here, and nowhere else.
 */
static const struct {
	const char *name;
	bool is_required;
	uint32_t gives;
	int (*fire)(const struct invoker *invoker, char *out_text, size_t size,
		    struct error *err);
} mechanisms[] = {
	{ "seccomp notify", true,
	  HAS(CAP_FILE_OPEN) | HAS(CAP_FILE_NAMES) | HAS(CAP_FILE_META) |
		  HAS(CAP_EXEC_JUDGED) | HAS(CAP_NET_NOTIFY) | HAS(CAP_POWERS) |
		  HAS(CAP_POWERS_CHOICE),
	  trial_notify },
	{ "Landlock", true, HAS(CAP_FILE_FLOOR) | HAS(CAP_EXEC_FLOOR),
	  trial_landlock },
	/* A run's time ends as a verdict does: the jail is killed. */
	{ "namespaces", true, HAS(CAP_KILL) | HAS(CAP_TIME), trial_namespaces },
	{ "mount tree", true, HAS(CAP_TMP) | HAS(CAP_HIDE), trial_mounts },
	{ "cgroup freezer", false, HAS(CAP_FREEZE), freezer_try },
	{ "cgroup limits", false, HAS(CAP_LIMITS), limits_try },
	{ "eBPF task trace", false, 0, tasks_try },
};

struct capabilities capabilities_of_run(const struct invoker *invoker)
{
	struct capabilities capabilities = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(mechanisms); i++) {
		struct finding finding = { 0 };
		struct error err = { 0 };

		if (mechanisms[i].is_required ||
		    (mechanisms[i].gives &&
		     mechanisms[i].fire(invoker, finding.text,
					sizeof(finding.text), &err) == 0))
			capabilities.bits |= mechanisms[i].gives;
	}
	return capabilities;
}

struct capabilities capabilities_find(const struct invoker *invoker,
				      void (*fn)(void *ctx,
						 const struct finding *finding),
				      void *ctx)
{
	struct capabilities capabilities = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(mechanisms); i++) {
		struct finding finding = {
			.name = mechanisms[i].name,
			.is_required = mechanisms[i].is_required,
		};
		struct error err = { 0 };

		if (!fn && !mechanisms[i].gives)
			continue;
		finding.is_there = mechanisms[i].fire(invoker, finding.text,
						      sizeof(finding.text),
						      &err) == 0;
		if (finding.is_there)
			capabilities.bits |= mechanisms[i].gives;
		else
			snprintf(finding.text, sizeof(finding.text), "%s",
				 err.text);
		if (fn)
			fn(ctx, &finding);
	}
	return capabilities;
}
