/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - the parts of a profile that are no rules. */
#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "profile/arena.h"
#include "profile/parse.h"
#include "profile/units.h"
#include "profile/yaml.h"
#include "terms/verdict.h"

static bool parse_time_verdict(const char *text, uint64_t *out_value)
{
	enum abi_verdict verdict = ABI_ALLOW;

	if (!verdict_parse(text, &verdict) ||
	    (verdict != ABI_PAUSE && verdict != ABI_KILL))
		return false;
	*out_value = verdict;
	return true;
}

static const char *time_verdict_text(uint64_t value, char buf[UNITS_TEXT_MAX])
{
	snprintf(buf, UNITS_TEXT_MAX, "%s",
		 verdict_name((enum abi_verdict)value));
	return buf;
}

static const struct {
	const char *name;
	bool (*parse)(const char *text, uint64_t *out_value);
	const char *(*text)(uint64_t value, char buf[UNITS_TEXT_MAX]);
	const char *expected;
} limits[] = {
	[LIMIT_MEMORY] = { "memory", units_size, units_size_text,
			   "a size such as 4G" },
	[LIMIT_PIDS] = { "pids", units_count, units_count_text,
			 "a number such as 512" },
	[LIMIT_CPU] = { "cpu", units_share, units_share_text,
			"a share such as 200%" },
	[LIMIT_TIME] = { "time", units_time, units_time_text,
			 "a time such as 90s, 5m or 2h" },
	[LIMIT_TIME_VERDICT] = { "time_verdict", parse_time_verdict,
				 time_verdict_text, "pause or kill" },
};

static_assert(ARRAY_SIZE(limits) == PROFILE_LIMITS, "a row for each limit");

const char *profile_limit_name(enum profile_limit limit)
{
	return limits[limit].name;
}

const char *profile_limit_text(enum profile_limit limit, uint64_t value,
			       char buf[UNITS_TEXT_MAX])
{
	return limits[limit].text(value, buf);
}

static int is_verdict(const struct yaml *yaml, enum abi_verdict *out_verdict,
		      struct error *err)
{
	const char *text;

	if (yaml_text(yaml, "a verdict", &text, err) < 0)
		return err->code;
	if (!verdict_parse(text, out_verdict))
		return place_error(err, &yaml->at,
				   "unknown verdict \"%s\", expected allow, "
				   "audit, ask, pause, deny or kill",
				   text);
	return 0;
}

static int otherwise_key(struct profile *profile, const struct yaml *key,
			 const struct yaml *value, struct error *err)
{
	for (int cls = 0; cls < PROFILE_CLASSES; cls++) {
		if (strcmp(key->text, profile_class_name(cls)) != 0)
			continue;
		profile->has_otherwise[cls] = true;
		return is_verdict(value, &profile->otherwise[cls], err);
	}
	return place_error(err, &key->at,
			   "unknown class \"%s\", expected files, exec, "
			   "network or powers",
			   key->text);
}

int parse_otherwise(const struct parser *parser, const struct yaml *yaml,
		    struct error *err)
{
	struct profile *profile = parser->profile;
	enum abi_verdict verdict = ABI_DENY;

	if (yaml->kind == YAML_MAP) {
		for (size_t i = 0; i < yaml->count; i++)
			if (otherwise_key(profile, yaml->keys[i],
					  yaml->items[i], err) < 0)
				return err->code;
		return 0;
	}
	if (is_verdict(yaml, &verdict, err) < 0)
		return err->code;
	for (int cls = 0; cls < PROFILE_CLASSES; cls++) {
		profile->has_otherwise[cls] = true;
		profile->otherwise[cls] = verdict;
	}
	return 0;
}

int parse_environment_name(const struct place *at, const char *name,
			   struct error *err)
{
	const size_t len = strlen(name);

	for (size_t i = 0; i < len; i++) {
		const bool star = name[i] == '*' && i == len - 1 && i > 0;

		if (!isalnum((unsigned char)name[i]) && name[i] != '_' && !star)
			return place_error(err, at,
					   "\"%s\" is no variable's name, "
					   "expected letters, digits and _, or "
					   "a prefix that ends in *",
					   name);
	}
	if (!len || isdigit((unsigned char)name[0]))
		return place_error(err, at,
				   "\"%s\" is no variable's name, expected a "
				   "letter or _ first",
				   name);
	return 0;
}

static int environment_names(const struct parser *parser,
			     const struct yaml *yaml,
			     const struct profile_text **out_names,
			     size_t *out_count, struct error *err)
{
	const struct yaml *const *items = NULL;
	struct profile_text *names;
	size_t count = 0;

	/* `only: []` keeps nothing, which a profile may want. */
	if (yaml->kind != YAML_LIST || yaml->count) {
		if (parse_texts(yaml, "variable names", &items, &count, err) <
		    0)
			return err->code;
	}
	names = arena_alloc(parser->profile->arena, count * sizeof(*names) + 1);
	if (!names)
		return place_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		const struct yaml *item = items ? items[i] : yaml;

		if (parse_environment_name(&item->at, item->text, err) < 0)
			return err->code;
		names[i] = (struct profile_text){ item->at, item->text };
	}
	*out_names = names;
	*out_count = count;
	return 0;
}

static int environment_set(const struct parser *parser, const struct yaml *yaml,
			   struct error *err)
{
	struct profile_settings *settings = &parser->profile->settings;
	struct profile_pair *pairs;

	if (yaml->kind != YAML_MAP)
		return place_error(err, &yaml->at,
				   "%s, expected a map from names to values",
				   yaml_kind_name(yaml));
	pairs = arena_alloc(parser->profile->arena,
			    yaml->count * sizeof(*pairs) + 1);
	if (!pairs)
		return place_no_memory(err);
	for (size_t i = 0; i < yaml->count; i++) {
		const struct yaml *key = yaml->keys[i];

		if (parse_environment_name(&key->at, key->text, err) < 0)
			return err->code;
		if (strchr(key->text, '*'))
			return place_error(err, &key->at,
					   "\"%s\" to be set, expected a whole "
					   "name",
					   key->text);
		pairs[i] = (struct profile_pair){ .at = key->at,
						  .name = key->text };
		if (yaml_text(yaml->items[i], "a value", &pairs[i].value, err) <
		    0)
			return err->code;
	}
	settings->set = pairs;
	settings->set_count = yaml->count;
	return 0;
}

static int environment_key(const struct parser *parser, const struct yaml *key,
			   const struct yaml *value, struct error *err)
{
	struct profile_settings *settings = &parser->profile->settings;

	if (strcmp(key->text, "keep") == 0)
		return environment_names(parser, value, &settings->keep,
					 &settings->keep_count, err);
	if (strcmp(key->text, "set") == 0)
		return environment_set(parser, value, err);
	if (strcmp(key->text, "only") != 0)
		return place_error(err, &key->at,
				   "unknown key \"%s\", expected keep, only or "
				   "set",
				   key->text);
	settings->has_only = true;
	return environment_names(parser, value, &settings->only,
				 &settings->only_count, err);
}

int parse_environment(const struct parser *parser, const struct yaml *yaml,
		      struct error *err)
{
	if (yaml->kind != YAML_MAP)
		return place_error(err, &yaml->at,
				   "%s, expected a map of keep, only and set",
				   yaml_kind_name(yaml));
	for (size_t i = 0; i < yaml->count; i++)
		if (environment_key(parser, yaml->keys[i], yaml->items[i],
				    err) < 0)
			return err->code;
	return 0;
}

int parse_limit(const struct parser *parser, const struct place *name_at,
		const char *name, const struct place *at, const char *value,
		struct error *err)
{
	struct profile_settings *settings = &parser->profile->settings;

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		if (strcmp(limits[i].name, name) != 0)
			continue;
		if (!limits[i].parse(value, &settings->limits[i]))
			return place_error(err, at, "%s: \"%s\", expected %s",
					   name, value, limits[i].expected);
		settings->has_limit[i] = true;
		return 0;
	}
	return place_error(err, name_at,
			   "unknown limit \"%s\", expected memory, pids, cpu, "
			   "time or time_verdict",
			   name);
}

int parse_limits(const struct parser *parser, const struct yaml *yaml,
		 struct error *err)
{
	const char *value;

	if (yaml->kind != YAML_MAP)
		return place_error(err, &yaml->at,
				   "%s, expected a map of limits",
				   yaml_kind_name(yaml));
	for (size_t i = 0; i < yaml->count; i++) {
		const struct yaml *key = yaml->keys[i];
		const struct yaml *item = yaml->items[i];

		if (yaml_text(item, "a value", &value, err) < 0 ||
		    parse_limit(parser, &key->at, key->text, &item->at, value,
				err) < 0)
			return err->code;
	}
	return 0;
}

int parse_tmp(const struct parser *parser, const struct yaml *yaml,
	      struct error *err)
{
	const char *text;

	if (yaml_text(yaml, "private or host", &text, err) < 0)
		return err->code;
	if (strcmp(text, "private") != 0 && strcmp(text, "host") != 0)
		return place_error(err, &yaml->at,
				   "\"%s\", expected private or host", text);
	parser->profile->settings.tmp = text[0] == 'p' ? TMP_PRIVATE : TMP_HOST;
	return 0;
}

int parse_death(const struct parser *parser, const struct yaml *yaml,
		struct error *err)
{
	const char *text;

	if (yaml_text(yaml, "kill or freeze", &text, err) < 0)
		return err->code;
	if (strcmp(text, "kill") != 0 && strcmp(text, "freeze") != 0)
		return place_error(err, &yaml->at,
				   "\"%s\", expected kill or freeze", text);
	parser->profile->settings.on_supervisor_death =
		text[0] == 'k' ? DEATH_KILL : DEATH_FREEZE;
	return 0;
}

int parse_hide_path(const struct parser *parser, const struct place *at,
		    const char *text, struct error *err)
{
	struct profile_settings *settings = &parser->profile->settings;
	struct path_objects paths = { 0 };

	if (path_parse(parser->profile->arena, parser->variables, at, text,
		       &paths, err) < 0)
		return err->code;
	for (size_t i = 0; i < paths.count; i++) {
		struct path_object *hide;

		if (paths.items[i].kind != PATH_TREE ||
		    strcmp(paths.items[i].anchor, "/") == 0)
			return place_error(err, at,
					   "\"%s\" to be hidden, expected a "
					   "plain path below /",
					   text);
		hide = arena_grow(parser->profile->arena,
				  (void *)settings->hide, settings->hide_count,
				  sizeof(*hide));
		if (!hide)
			return place_no_memory(err);
		hide[settings->hide_count++] = paths.items[i];
		settings->hide = hide;
	}
	return 0;
}

int parse_hide(const struct parser *parser, const struct yaml *yaml,
	       struct error *err)
{
	const struct yaml *const *items = NULL;
	size_t count = 0;

	if (parse_texts(yaml, "paths", &items, &count, err) < 0)
		return err->code;
	for (size_t i = 0; i < count; i++) {
		const struct yaml *item = items ? items[i] : yaml;

		if (parse_hide_path(parser, &item->at, item->text, err) < 0)
			return err->code;
	}
	return 0;
}

int parse_trace(const struct parser *parser, const struct yaml *yaml,
		struct error *err)
{
	const char *text;

	if (yaml->kind != YAML_MAP || yaml->count != 1 ||
	    strcmp(yaml->keys[0]->text, "size") != 0)
		return place_error(
			err, &yaml->at,
			"unknown trace setting, expected {size: 2G}");
	if (yaml_text(yaml->items[0], "a size", &text, err) < 0)
		return err->code;
	if (!units_size(text, &parser->profile->settings.trace_size))
		return place_error(err, &yaml->items[0]->at,
				   "\"%s\", expected a size such as 2G", text);
	return 0;
}
