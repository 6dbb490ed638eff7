/* SPDX-License-Identifier: Apache-2.0 */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "base/text.h"
#include "cmd/commands.h"
#include "cmd/options.h"
#include "cmd/profile_args.h"
#include "run/capabilities.h"
#include "run/invoker.h"

enum { OPT_JSON };

static const struct option_row rows[] = {
	{ "json", 0, NULL, "one JSON object a line", OPT_JSON },
};

struct doctor {
	bool json;
	bool is_unfit; /* no jail can be made here */
};

static bool take(void *ctx, int key, const char *value)
{
	struct doctor *doctor = ctx;

	(void)key;
	(void)value;
	doctor->json = true;
	return true;
}

static const struct option_table table = {
	.usage = "doctor [OPTION]...",
	.about = "Says what this machine can enforce and observe, by trying "
		 "it. The status is 1\nwhere no jail can be made.",
	.rows = rows,
	.count = ARRAY_SIZE(rows),
	.take = take,
};

static void finding_print(void *ctx, const struct finding *finding)
{
	struct doctor *doctor = ctx;
	struct json_object *json;

	if (!finding->is_there && finding->is_required)
		doctor->is_unfit = true;
	if (!doctor->json) {
		printf("%-3s %-16s ", finding->is_there ? "ok" : "no",
		       finding->name);
		print_text(finding->text);
		putchar('\n');
		return;
	}
	json = json_object_new_object();
	json_object_object_add(json, "v", json_object_new_int(1));
	json_add_text(json, "mechanism", finding->name);
	json_object_object_add(json, "there",
			       json_object_new_boolean(finding->is_there));
	json_object_object_add(json, "required",
			       json_object_new_boolean(finding->is_required));
	json_add_text(json, "text", finding->text);
	json_print(json);
}

static void root_print(struct doctor *doctor, const struct invoker *invoker)
{
	struct finding finding = {
		.name = "root",
		.is_there = invoker->privileged,
	};

	snprintf(finding.text, sizeof(finding.text), "%s",
		 invoker->privileged
			 ? "CAP_SYS_ADMIN was used"
			 : "an ordinary user: jails are user namespaces");
	finding_print(doctor, &finding);
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor doctor = { 0 };
	struct invoker invoker = { 0 };
	struct error err = { 0 };
	int at = 0;

	switch (options_parse(&table, argc, argv, &doctor, &at)) {
	case OPTIONS_GO:
		break;
	case OPTIONS_DONE:
		return 0;
	case OPTIONS_BAD:
		return EXIT_UNFIT;
	}
	if (at < argc) {
		complain("doctor: expected nothing more than options");
		return EXIT_UNFIT;
	}
	if (invoker_find(NULL, &invoker, &err) < 0) {
		complain("%s", err.text);
		return EXIT_UNFIT;
	}
	root_print(&doctor, &invoker);
	capabilities_find(&invoker, finding_print, &doctor);
	return doctor.is_unfit ? 1 : 0;
}
