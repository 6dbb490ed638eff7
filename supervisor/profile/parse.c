/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/parse.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "profile/arena.h"
#include "profile/yaml.h"
#include "terms/verdict.h"

typedef int parse_fn(const struct parser *parser, const struct yaml *yaml,
		     struct error *err);

static const char *const class_names[] = {
	[PROFILE_FILES] = "files",
	[PROFILE_EXEC] = "exec",
	[PROFILE_NETWORK] = "network",
	[PROFILE_POWERS] = "powers",
};

static_assert(ARRAY_SIZE(class_names) == PROFILE_CLASSES, "each has a name");

const char *profile_class_name(enum profile_class cls)
{
	return class_names[cls];
}

void profile_free(struct profile *profile)
{
	if (profile)
		arena_free(profile->arena);
}

struct profile *profile_new(const char *file)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	const char *slash;
	struct profile *profile;

	if (!arena)
		return NULL;
	profile = arena_alloc(arena, sizeof(*profile));
	if (!profile)
		return NULL;
	profile->file = arena_copy(arena, file, strlen(file));
	if (!profile->file)
		return NULL;
	slash = strrchr(profile->file, '/');
	profile->base = slash ? slash + 1 : profile->file;
	profile->arena = TAKE_PTR(arena);
	return profile;
}

int parse_texts(const struct yaml *yaml, const char *what,
		const struct yaml *const **out_items, size_t *out_count,
		struct error *err)
{
	const char *text;

	if (yaml->kind == YAML_LIST) {
		if (!yaml->count)
			return place_error(err, &yaml->at,
					   "an empty list, expected %s", what);
		for (size_t i = 0; i < yaml->count; i++)
			if (yaml_text(yaml->items[i], what, &text, err) < 0)
				return err->code;
		*out_items = (const struct yaml *const *)yaml->items;
		*out_count = yaml->count;
		return 0;
	}
	if (yaml_text(yaml, what, &text, err) < 0)
		return err->code;
	*out_items = NULL;
	*out_count = 1;
	return 0;
}

static int parse_version(const struct parser *parser, const struct yaml *yaml,
			 struct error *err)
{
	(void)parser;
	if (yaml->kind != YAML_TEXT || strcmp(yaml->text, "1") != 0)
		return place_error(err, &yaml->at, "version %s, expected 1",
				   yaml->kind == YAML_TEXT
					   ? yaml->text
					   : yaml_kind_name(yaml));
	return 0;
}

static int parse_name(const struct parser *parser, const struct yaml *yaml,
		      struct error *err)
{
	const char *text;

	if (yaml_text(yaml, "a name", &text, err) < 0)
		return err->code;
	if (!*text || text[0] == '.' || strpbrk(text, "/ \t\n"))
		return place_error(err, &yaml->at,
				   "\"%s\" is no name, expected one without / "
				   "or spaces",
				   text);
	parser->profile->name = text;
	return 0;
}

static int parse_description(const struct parser *parser,
			     const struct yaml *yaml, struct error *err)
{
	return yaml_text(yaml, "a text", &parser->profile->description, err);
}

static int parse_owner(const struct parser *parser, const struct yaml *yaml,
		       struct error *err)
{
	return yaml_text(yaml, "a text", &parser->profile->owner, err);
}

static int parse_maturity(const struct parser *parser, const struct yaml *yaml,
			  struct error *err)
{
	static const char *const names[] = {
		[MATURITY_DRAFT] = "draft",
		[MATURITY_LEARNED] = "learned",
		[MATURITY_REVIEWED] = "reviewed",
	};
	const char *text;

	static_assert(ARRAY_SIZE(names) == MATURITIES, "each has a name");
	if (yaml_text(yaml, "draft, learned or reviewed", &text, err) < 0)
		return err->code;
	for (unsigned i = MATURITY_DRAFT; i < MATURITIES; i++) {
		if (strcmp(names[i], text) == 0) {
			parser->profile->maturity = (enum profile_maturity)i;
			return 0;
		}
	}
	return place_error(err, &yaml->at,
			   "maturity \"%s\", expected draft, learned or "
			   "reviewed",
			   text);
}

static int parse_extends(const struct parser *parser, const struct yaml *yaml,
			 struct error *err)
{
	struct profile *profile = parser->profile;
	const struct yaml *const *items = NULL;
	size_t count = 0;
	struct profile_text *texts;

	if (parse_texts(yaml, "a profile's name or path", &items, &count, err) <
	    0)
		return err->code;
	texts = arena_alloc(profile->arena, count * sizeof(*texts));
	if (!texts)
		return place_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		const struct yaml *item = items ? items[i] : yaml;

		if (!*item->text)
			return place_error(err, &item->at,
					   "an empty text, expected a "
					   "profile's name or path");
		texts[i] = (struct profile_text){ item->at, item->text };
	}
	profile->extends = texts;
	profile->extends_count = count;
	return 0;
}

static int parse_test(const struct yaml *yaml, struct profile_test *out_test,
		      struct error *err)
{
	struct profile_test test = { .at = yaml->at };

	if (yaml->kind != YAML_MAP || yaml->count != 1)
		return place_error(
			err, &yaml->at, "%s, expected VERDICT: OP OBJECT",
			yaml->kind == YAML_MAP ? "more or less than one key"
					       : yaml_kind_name(yaml));
	if (!verdict_parse(yaml->keys[0]->text, &test.verdict))
		return place_error(err, &yaml->keys[0]->at,
				   "unknown verdict \"%s\", expected allow, "
				   "audit, ask, pause, deny or kill",
				   yaml->keys[0]->text);
	if (yaml_text(yaml->items[0], "OP OBJECT", &test.question, err) < 0)
		return err->code;
	test.at = yaml->items[0]->at;
	*out_test = test;
	return 0;
}

static int parse_tests(const struct parser *parser, const struct yaml *yaml,
		       struct error *err)
{
	struct profile *profile = parser->profile;
	struct profile_test *tests;

	if (yaml->kind != YAML_LIST)
		return place_error(err, &yaml->at, "%s, expected a list",
				   yaml_kind_name(yaml));
	tests = arena_alloc(profile->arena, yaml->count * sizeof(*tests) + 1);
	if (!tests)
		return place_no_memory(err);
	for (size_t i = 0; i < yaml->count; i++)
		if (parse_test(yaml->items[i], &tests[i], err) < 0)
			return err->code;
	profile->tests = tests;
	profile->test_count = yaml->count;
	return 0;
}

static int parse_files(const struct parser *parser, const struct yaml *yaml,
		       struct error *err)
{
	return parse_rules(parser, PROFILE_FILES, yaml, err);
}

static int parse_exec(const struct parser *parser, const struct yaml *yaml,
		      struct error *err)
{
	return parse_rules(parser, PROFILE_EXEC, yaml, err);
}

static int parse_network(const struct parser *parser, const struct yaml *yaml,
			 struct error *err)
{
	return parse_rules(parser, PROFILE_NETWORK, yaml, err);
}

static int parse_powers(const struct parser *parser, const struct yaml *yaml,
			struct error *err)
{
	return parse_rules(parser, PROFILE_POWERS, yaml, err);
}

static const struct {
	const char *key;
	parse_fn *parse;
} keys[] = {
	{ "agentjail", parse_version },
	{ "name", parse_name },
	{ "description", parse_description },
	{ "extends", parse_extends },
	{ "maturity", parse_maturity },
	{ "owner", parse_owner },
	{ "files", parse_files },
	{ "exec", parse_exec },
	{ "network", parse_network },
	{ "powers", parse_powers },
	{ "otherwise", parse_otherwise },
	{ "environment", parse_environment },
	{ "limits", parse_limits },
	{ "tmp", parse_tmp },
	{ "hide", parse_hide },
	{ "trace", parse_trace },
	{ "on_supervisor_death", parse_death },
	{ "tests", parse_tests },
};

static int parse_key(const struct parser *parser, const struct yaml *key,
		     const struct yaml *value, struct error *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].key, key->text) == 0)
			return keys[i].parse(parser, value, err);
	return place_error(err, &key->at,
			   "unknown key \"%s\", expected agentjail, name, "
			   "description, extends, maturity, owner, files, "
			   "exec, network, powers, otherwise, environment, "
			   "limits, tmp, hide, trace, on_supervisor_death or "
			   "tests",
			   key->text);
}

int profile_parse(const char *file, const char *text, size_t len,
		  const struct variables *variables,
		  struct profile **out_profile, struct error *err)
{
	CLEANUP(profile_freep) struct profile *profile = profile_new(file);
	const struct parser parser = { profile, variables };
	const struct yaml *yaml = NULL;

	if (!profile)
		return place_no_memory(err);
	if (yaml_parse(profile->arena, profile->file, text, len, &yaml, err) <
	    0)
		return err->code;
	if (yaml->kind != YAML_MAP)
		return place_error(err, &yaml->at,
				   "%s, expected a map that begins with "
				   "\"agentjail: 1\"",
				   yaml_kind_name(yaml));
	if (!yaml->count || strcmp(yaml->keys[0]->text, "agentjail") != 0)
		return place_error(err, &yaml->at,
				   "the first key is %s, expected "
				   "\"agentjail: 1\"",
				   yaml->count ? yaml->keys[0]->text
					       : "missing");
	for (size_t i = 0; i < yaml->count; i++)
		if (parse_key(&parser, yaml->keys[i], yaml->items[i], err) < 0)
			return err->code;
	*out_profile = TAKE_PTR(profile);
	return 0;
}
