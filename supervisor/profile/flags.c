/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/flags.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "profile/arena.h"
#include "profile/parse.h"

/* What one flag adds to. */
struct adder {
	struct parser parser;
	struct place at; /* "command line: -r" */
	const char *base;
	const char *value;
};

struct row {
	const char *name;
	int (*add)(const struct adder *adder, const struct row *row,
		   struct error *err);
	enum profile_class cls;
	const char *words; /* of the rule that the flag adds */
};

struct profile *profile_flags_new(void)
{
	struct profile *profile = profile_new("command line");

	if (!profile)
		return NULL;
	profile->name = profile->file;
	profile->is_flags = true;
	return profile;
}

static char *copy(const struct adder *adder, const char *text, size_t len)
{
	return arena_copy(adder->parser.profile->arena, text, len);
}

static int add_path(const struct adder *adder, const struct row *row,
		    struct error *err)
{
	const char *path = path_absolute(adder->parser.profile->arena,
					 adder->base, adder->value);

	if (!path)
		return place_no_memory(err);
	return parse_rule_text(&adder->parser, row->cls, row->words, &adder->at,
			       path, err);
}

static int add_net(const struct adder *adder, const struct row *row,
		   struct error *err)
{
	if (strcmp(adder->value, "none") != 0)
		return parse_rule_text(&adder->parser, row->cls, row->words,
				       &adder->at, adder->value, err);
	if (adder->parser.profile->no_network)
		return 0;
	adder->parser.profile->no_network = true;
	return parse_rule_text(&adder->parser, row->cls, "deny connect",
			       &adder->at, "any:*", err);
}

static int add_hide(const struct adder *adder, const struct row *row,
		    struct error *err)
{
	const char *path = path_absolute(adder->parser.profile->arena,
					 adder->base, adder->value);

	(void)row;
	if (!path)
		return place_no_memory(err);
	return parse_hide_path(&adder->parser, &adder->at, path, err);
}

static int add_environment(const struct adder *adder, const struct row *row,
			   struct error *err)
{
	struct profile *profile = adder->parser.profile;
	struct profile_settings *settings = &profile->settings;
	const char *value = strchr(adder->value, '=');
	char *name = copy(adder, adder->value,
			  value ? (size_t)(value - adder->value)
				: strlen(adder->value));
	void *list;

	(void)row;
	if (!name)
		return place_no_memory(err);
	if (parse_environment_name(&adder->at, name, err) < 0)
		return err->code;
	if (!value) {
		list = arena_grow(profile->arena, (void *)settings->keep,
				  settings->keep_count,
				  sizeof(*settings->keep));
		if (!list)
			return place_no_memory(err);
		settings->keep = list;
		((struct profile_text *)list)[settings->keep_count++] =
			(struct profile_text){ adder->at, name };
		return 0;
	}
	if (strchr(name, '*'))
		return place_error(err, &adder->at,
				   "\"%s\" to be set, expected a whole name",
				   name);
	list = arena_grow(profile->arena, (void *)settings->set,
			  settings->set_count, sizeof(*settings->set));
	value = copy(adder, value + 1, strlen(value + 1));
	if (!list || !value)
		return place_no_memory(err);
	settings->set = list;
	((struct profile_pair *)list)[settings->set_count++] =
		(struct profile_pair){ adder->at, name, value };
	return 0;
}

static int add_limit(const struct adder *adder, const struct row *row,
		     struct error *err)
{
	const char *value = strchr(adder->value, '=');
	char *name;

	(void)row;
	if (!value)
		return place_error(err, &adder->at,
				   "\"%s\", expected KEY=VALUE, such as "
				   "memory=4G",
				   adder->value);
	name = copy(adder, adder->value, (size_t)(value - adder->value));
	if (!name)
		return place_no_memory(err);
	return parse_limit(&adder->parser, &adder->at, name, &adder->at,
			   value + 1, err);
}

static const struct row rows[] = {
	[FLAG_READ] = { "-r", add_path, PROFILE_FILES, "allow read" },
	[FLAG_WRITE] = { "-w", add_path, PROFILE_FILES, "allow read modify" },
	[FLAG_EXEC] = { "-x", add_path, PROFILE_EXEC, "allow" },
	[FLAG_NET] = { "--net", add_net, PROFILE_NETWORK, "allow connect" },
	[FLAG_HIDE] = { "--hide", add_hide, PROFILE_FILES, NULL },
	[FLAG_ENV] = { "-e", add_environment, PROFILE_FILES, NULL },
	[FLAG_LIMIT] = { "--limit", add_limit, PROFILE_FILES, NULL },
};

static_assert(ARRAY_SIZE(rows) == PROFILE_FLAGS, "a row for each flag");

int profile_flags_add(struct profile *flags, enum profile_flag flag,
		      const char *value, const char *base,
		      const struct variables *variables, struct error *err)
{
	const struct adder adder = {
		.parser = { flags, variables },
		.at = { .file = arena_format(flags->arena, "command line: %s",
					     rows[flag].name) },
		.base = base,
		.value = value,
	};

	if (!adder.at.file)
		return place_no_memory(err);
	return rows[flag].add(&adder, &rows[flag], err);
}
