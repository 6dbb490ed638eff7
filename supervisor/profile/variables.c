/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/variables.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "profile/arena.h"
#include "profile/limits.h"

struct variable {
	const char *name;
	size_t count;
	const char **values;
};

struct variables {
	struct arena *arena;
	size_t count;
	struct variable *items;
};

static const char *const own_names[] = {
	"workdir", "home", "user", "uid",    "tmp",
	"runtime", "task", "run",  "gitdir",
};

struct variables *variables_new(void)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct variables *variables;

	if (!arena)
		return NULL;
	variables = arena_alloc(arena, sizeof(*variables));
	if (!variables)
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(own_names); i++) {
		variables->items = arena_grow(arena, variables->items, i,
					      sizeof(*variables->items));
		if (!variables->items)
			return NULL;
		variables->items[i] = (struct variable){ .name = own_names[i] };
		variables->count++;
	}
	variables->arena = TAKE_PTR(arena);
	return variables;
}

void variables_free(struct variables *variables)
{
	if (variables)
		arena_free(variables->arena);
}

static struct variable *find(const struct variables *variables,
			     const char *name, size_t len)
{
	for (size_t i = 0; i < variables->count; i++) {
		struct variable *item = &variables->items[i];

		if (strlen(item->name) == len &&
		    memcmp(item->name, name, len) == 0)
			return item;
	}
	return NULL;
}

const char *variables_value(const struct variables *variables, const char *name)
{
	const struct variable *item = find(variables, name, strlen(name));

	return item && item->count ? item->values[0] : NULL;
}

static int value_add(struct variables *variables, struct variable *item,
		     const char *value, struct error *err)
{
	for (const char *c = value; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return error_say(err, -EINVAL,
					 "variable %s: a control character, "
					 "expected a value without",
					 item->name);
	if (!*value)
		return 0;
	item->values = arena_grow(variables->arena, item->values, item->count,
				  sizeof(*item->values));
	if (!item->values)
		return place_no_memory(err);
	item->values[item->count] =
		arena_copy(variables->arena, value, strlen(value));
	if (!item->values[item->count])
		return place_no_memory(err);
	item->count++;
	return 0;
}

int variables_add(struct variables *variables, const char *name,
		  const char *value, struct error *err)
{
	struct variable *item = find(variables, name, strlen(name));

	if (!item)
		return error_say(err, -EINVAL, "variable %s: not known", name);
	return value_add(variables, item, value, err);
}

static size_t name_length(const char *text)
{
	size_t len = 0;

	if (isdigit((unsigned char)text[0]))
		return 0;
	while (isalnum((unsigned char)text[len]) || text[len] == '_')
		len++;
	return len;
}

int variables_define(struct variables *variables, const char *text,
		     struct error *err)
{
	const size_t len = name_length(text);
	struct variable *item;

	if (!len || text[len] != '=')
		return error_say(err, -EINVAL,
				 "-D: expected KEY=VALUE, KEY of letters, "
				 "digits and _");
	for (size_t i = 0; i < ARRAY_SIZE(own_names); i++)
		if (strlen(own_names[i]) == len &&
		    memcmp(own_names[i], text, len) == 0)
			return error_say(err, -EINVAL,
					 "-D %s: the language's own variable, "
					 "expected another name",
					 own_names[i]);
	item = find(variables, text, len);
	if (!item) {
		variables->items =
			arena_grow(variables->arena, variables->items,
				   variables->count, sizeof(*variables->items));
		if (!variables->items)
			return place_no_memory(err);
		item = &variables->items[variables->count];
		*item = (struct variable){
			.name = arena_copy(variables->arena, text, len),
		};
		if (!item->name)
			return place_no_memory(err);
		variables->count++;
	}
	item->count = 0;
	item->values = NULL;
	return value_add(variables, item, text + len + 1, err);
}

static int unknown_variable(const struct variables *variables,
			    const struct place *at, const char *name,
			    size_t len, struct error *err)
{
	char known[512];
	size_t used = 0;

	known[0] = '\0';
	for (size_t i = 0; i < variables->count && used < sizeof(known); i++)
		used += (size_t)snprintf(known + used, sizeof(known) - used,
					 " $%s", variables->items[i].name);
	return place_error(err, at,
			   "unknown variable \"$%.*s\", expected one of%s, one "
			   "given by -D, or $$ for a dollar sign",
			   (int)len, name, known);
}

/* The texts made so far, each to be continued. */
struct expansion {
	struct arena *arena;
	size_t count;
	char *items[PROFILE_EXPANSIONS_MAX];
};

static int append(struct expansion *e, const char *text, size_t len,
		  struct error *err)
{
	for (size_t i = 0; i < e->count; i++) {
		e->items[i] = arena_format(e->arena, "%s%.*s", e->items[i],
					   (int)len, text);
		if (!e->items[i])
			return place_no_memory(err);
	}
	return 0;
}

static int append_variable(struct expansion *e, const struct variable *item,
			   const struct place *at, struct error *err)
{
	const size_t before = e->count;
	char *old[PROFILE_EXPANSIONS_MAX];

	if (before * item->count > PROFILE_EXPANSIONS_MAX)
		return place_error(err, at,
				   "too many values, expected at most %d",
				   PROFILE_EXPANSIONS_MAX);
	memcpy(old, e->items, sizeof(old));
	e->count = 0;
	for (size_t i = 0; i < before; i++) {
		for (size_t j = 0; j < item->count; j++) {
			char *joined = arena_format(e->arena, "%s%s", old[i],
						    item->values[j]);

			if (!joined)
				return place_no_memory(err);
			e->items[e->count++] = joined;
		}
	}
	return 0;
}

/* Takes the "$..." at TEXT; its length is in *out_len. */
static int append_dollar(struct expansion *e, const struct variables *variables,
			 const struct place *at, const char *text,
			 size_t *out_len, struct error *err)
{
	const bool braced = text[1] == '{';
	const char *name = text + 1 + braced;
	const size_t len = name_length(name);
	const struct variable *item;

	if (text[1] == '$') {
		*out_len = 2;
		return append(e, "$", 1, err);
	}
	if (!len || (braced && name[len] != '}'))
		return place_error(err, at,
				   "a lone \"$\", expected $name, ${name}, or "
				   "$$ for a dollar sign");
	item = find(variables, name, len);
	if (!item)
		return unknown_variable(variables, at, name, len, err);
	*out_len = 1 + len + (braced ? 2 : 0);
	return append_variable(e, item, at, err);
}

/* Takes LEN bytes that name no variable. */
static int append_plain(struct expansion *e, const char *text, size_t len,
			bool is_path, struct error *err)
{
	char *run = arena_copy(e->arena, text, len);

	if (!run)
		return place_no_memory(err);
	for (size_t i = 0; is_path && i < len; i++) {
		if (run[i] == '*')
			run[i] = PATTERN_STAR;
		else if (run[i] == '?')
			run[i] = PATTERN_ONE;
	}
	return append(e, run, len, err);
}

int variables_expand(const struct variables *variables, struct arena *arena,
		     const struct place *at, const char *text, bool is_path,
		     struct texts *out_texts, struct error *err)
{
	struct expansion e = { .arena = arena, .count = 1, .items = { "" } };
	size_t at_byte = 0;
	const char **items;

	if (is_path && text[0] == '~' && (!text[1] || text[1] == '/')) {
		if (append_variable(&e, find(variables, "home", 4), at, err) <
		    0)
			return err->code;
		at_byte = 1;
	}
	while (text[at_byte]) {
		size_t len = strcspn(text + at_byte, "$");
		int r = len ? append_plain(&e, text + at_byte, len, is_path,
					   err)
			    : append_dollar(&e, variables, at, text + at_byte,
					    &len, err);

		if (r < 0)
			return r;
		at_byte += len;
	}
	items = arena_alloc(arena, e.count * sizeof(*items) + 1);
	if (!items)
		return place_no_memory(err);
	for (size_t i = 0; i < e.count; i++)
		items[i] = e.items[i];
	out_texts->items = items;
	out_texts->count = e.count;
	return 0;
}
