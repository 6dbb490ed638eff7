/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/profile_args.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "base/text.h"
#include "policy/compile.h"
#include "policy/policy.h"
#include "profile/variables.h"
#include "run/host.h"

bool profile_args_take(void *ctx, int key, const char *value)
{
	struct profile_args *args = ctx;

	switch (key) {
	case ARG_PROFILE:
		args->profile = value;
		break;
	case ARG_DEFINE:
		if (args->define_count == PROFILE_DEFINES_MAX) {
			complain("more than %d -D", PROFILE_DEFINES_MAX);
			return false;
		}
		args->defines[args->define_count++] = value;
		break;
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
	if (places_find(args->dir, &args->places, err) < 0 ||
	    places_variables(&args->places, args->task, args->variables, err) <
		    0)
		return err->code;
	for (size_t i = 0; i < args->define_count; i++)
		if (variables_define(args->variables, args->defines[i], err) <
		    0)
			return err->code;
	return 0;
}

int profile_args_load(struct profile_args *args, struct error *err)
{
	if (profile_args_place(args, err) < 0)
		return err->code;
	return profile_load(args->profile ? args->profile : "coder",
			    &args->places.search, args->variables, &args->set,
			    err);
}

int profile_args_compile(struct profile_args *args, bool names,
			 struct policy **out_policy, struct error *err)
{
	if (profile_args_load(args, err) < 0)
		return err->code;
	return policy_compile(args->set, names ? NULL : &host_here, out_policy,
			      err);
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
