/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/profile_args.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "base/text.h"
#include "cmd/quote.h"
#include "policy/compile.h"
#include "policy/policy.h"
#include "profile/parse.h"
#include "profile/variables.h"
#include "run/denials.h"
#include "run/host.h"

/* One more of something that has a limit. False: it said that it is full. */
static bool has_room(size_t count, size_t max, const char *what)
{
	if (count < max)
		return true;
	complain("more than %zu %s", max, what);
	return false;
}

bool profile_args_name(struct profile_args *args, const char *name)
{
	if (!has_room(args->profile_count, PROFILE_NAMES_MAX, "-p"))
		return false;
	args->profiles[args->profile_count++] = name;
	return true;
}

bool profile_args_define(struct profile_args *args, const char *text)
{
	if (!has_room(args->define_count, PROFILE_DEFINES_MAX, "-D"))
		return false;
	args->defines[args->define_count++] = text;
	return true;
}

bool profile_args_change(struct profile_args *args, enum profile_flag flag,
			 const char *value)
{
	if (!has_room(args->change_count, PROFILE_CHANGES_MAX,
		      "flags that change the scope"))
		return false;
	args->changes[args->change_count++] =
		(struct profile_change){ flag, value };
	return true;
}

bool profile_args_take(void *ctx, int key, const char *value)
{
	struct profile_args *args = ctx;

	switch (key) {
	case ARG_PROFILE:
		return profile_args_name(args, value);
	case ARG_DEFINE:
		return profile_args_define(args, value);
	case ARG_DIR:
		args->dir = value;
		break;
	case ARG_TASK:
		args->task = value;
		break;
	default:
		args->json = true;
	}
	return true;
}

int profile_args_place(struct profile_args *args, struct error *err)
{
	args->variables = variables_new();
	if (!args->variables)
		return error_set(err, -ENOMEM, "profile");
	if (places_find(args->user, args->dir, &args->places, err) < 0 ||
	    places_variables(&args->places, args->task, args->variables, err) <
		    0)
		return err->code;
	if (args->run &&
	    variables_add(args->variables, "run", args->run, err) < 0)
		return err->code;
	for (size_t i = 0; i < args->define_count; i++)
		if (variables_define(args->variables, args->defines[i], err) <
		    0)
			return err->code;
	return 0;
}

/* What every jail can read, to learn why something was denied. */
static int denials_append(struct profile_args *args, struct error *err)
{
	static const char text[] = "agentjail: 1\n"
				   "files:\n"
				   "  - allow read: [" DENIALS_PATH "]\n"
				   "    reason: why something was denied\n";
	CLEANUP(profile_freep) struct profile *own = NULL;

	if (!args->run)
		return 0;
	if (profile_parse("agentjail", text, strlen(text), args->variables,
			  &own, err) < 0 ||
	    profile_set_append(args->set, own, err) < 0)
		return err->code;
	own = NULL; /* the set's */
	return 0;
}

/* The flags are the last profile of the chain. */
static int changes_append(struct profile_args *args, struct error *err)
{
	CLEANUP(profile_freep) struct profile *flags = NULL;

	if (!args->change_count)
		return 0;
	flags = profile_flags_new();
	if (!flags)
		return error_set(err, -ENOMEM, "command line");
	for (size_t i = 0; i < args->change_count; i++)
		if (profile_flags_add(flags, args->changes[i].flag,
				      args->changes[i].value,
				      args->places.workdir, args->variables,
				      err) < 0)
			return err->code;
	if (profile_set_append(args->set, flags, err) < 0)
		return err->code;
	flags = NULL; /* the set's */
	return 0;
}

int profile_args_load(struct profile_args *args, struct error *err)
{
	static const char *const usual[] = { "coder" };
	const char *const *names = args->profile_count ? args->profiles : usual;
	const size_t count = args->profile_count ? args->profile_count : 1;

	if (profile_args_place(args, err) < 0)
		return err->code;
	if (profile_load_all(names, count, &args->places.search,
			     args->variables, &args->set, err) < 0)
		return err->code;
	if (denials_append(args, err) < 0)
		return err->code;
	return changes_append(args, err);
}

int profile_args_compile(struct profile_args *args, bool names,
			 struct policy **out_policy, struct error *err)
{
	CLEANUP(host_memory_freep)
	struct host_memory *memory = host_memory_new();
	const struct policy_host host = {
		.context = memory, /* NULL will do */
		.resolve = host_here.resolve,
	};

	if (profile_args_load(args, err) < 0)
		return err->code;
	return policy_compile(args->set, names ? NULL : &host, out_policy, err);
}

static void word_write(FILE *out, const char *option, const char *word)
{
	fprintf(out, "%s ", option);
	quote_shell(out, word, strlen(word));
	fputc(' ', out);
}

void profile_args_write(const struct profile_args *args, FILE *out)
{
	if (!args->profile_count)
		word_write(out, "-p", "coder");
	for (size_t i = 0; i < args->profile_count; i++)
		word_write(out, "-p", args->profiles[i]);
	for (size_t i = 0; i < args->define_count; i++)
		word_write(out, "-D", args->defines[i]);
	if (args->dir)
		word_write(out, "-C", args->dir);
	if (args->task)
		word_write(out, "--task", args->task);
}

void profile_args_endp(struct profile_args *args)
{
	profile_set_free(args->set);
	variables_free(args->variables);
}

void print_text(const char *text)
{
	text_escape(stdout, text, strlen(text));
}

/* Escaped text is exact where it has no \xHH. */
static bool is_exact(const char *escaped)
{
	for (const char *c = strchr(escaped, '\\'); c; c = strchr(c + 2, '\\'))
		if (c[1] == 'x')
			return false;
	return true;
}

/* TEXT as a JSON string, escaped where JSON could not say it exactly. */
struct json_object *json_text(const char *text)
{
	const size_t size = text ? 4 * strlen(text) + 1 : 1;
	CLEANUP(freep) char *escaped = malloc(size);

	if (!text || !escaped)
		return NULL;
	text_escaped(escaped, size, text);
	return json_object_new_string(is_exact(escaped) ? text : escaped);
}

void json_add_text(struct json_object *object, const char *key,
		   const char *text)
{
	json_object_object_add(object, key, json_text(text));
}

void print_quoted(const char *text)
{
	struct json_object *json = json_text(text);

	fputs(json_object_to_json_string_ext(json,
					     JSON_C_TO_STRING_NOSLASHESCAPE),
	      stdout);
	json_object_put(json);
}

void json_print(struct json_object *object)
{
	puts(json_object_to_json_string_ext(
		object,
		JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}
