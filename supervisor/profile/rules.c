/* SPDX-License-Identifier: Apache-2.0 */
/* rules.c - the rules of a profile: VERDICT OP...: [OBJECT...]. */
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "profile/arena.h"
#include "profile/limits.h"
#include "profile/parse.h"
#include "profile/yaml.h"
#include "terms/op.h"
#include "terms/verdict.h"

#define FILE_WORDS "read, write, append, create, delete, meta or modify"
#define VERDICTS "allow, audit, ask, pause, deny or kill"

static const struct {
	const char *word;
	uint32_t mask;
} network_words[] = {
	{ "connect", OP_BIT(ABI_OP_CONNECT) },
	{ "listen", OP_BIT(ABI_OP_LISTEN) },
};

static uint32_t op_mask(enum profile_class cls, const char *word)
{
	if (cls == PROFILE_FILES)
		return op_file_mask(word);
	for (size_t i = 0; i < ARRAY_SIZE(network_words); i++)
		if (cls == PROFILE_NETWORK &&
		    strcmp(word, network_words[i].word) == 0)
			return network_words[i].mask;
	return 0;
}

static int op_error(enum profile_class cls, const struct place *at,
		    const char *word, struct error *err)
{
	static const char *const expected[] = {
		[PROFILE_FILES] = FILE_WORDS,
		[PROFILE_EXEC] = "a verdict alone",
		[PROFILE_NETWORK] = "connect or listen",
		[PROFILE_POWERS] = "a verdict alone",
	};

	if (!*word)
		return place_error(err, at, "no operation, expected %s",
				   expected[cls]);
	return place_error(err, at, "unknown operation \"%s\", expected %s",
			   word, expected[cls]);
}

/* The rule's key: "VERDICT OP..." of files and network, else "VERDICT". */
static int parse_words(const char *words, const struct place *at,
		       struct profile_rule *rule, struct error *err)
{
	char copy[128];
	char *rest = NULL, *word;

	if (strlen(words) >= sizeof(copy))
		return place_error(err, at,
				   "too many words, expected a "
				   "verdict and operations");
	strcpy(copy, words);
	word = strtok_r(copy, " ", &rest);
	if (!word || !verdict_parse(word, &rule->verdict))
		return place_error(err, at,
				   "unknown verdict \"%s\", expected " VERDICTS,
				   word ? word : "");
	while ((word = strtok_r(NULL, " ", &rest))) {
		const uint32_t mask = op_mask(rule->cls, word);

		if (!mask)
			return op_error(rule->cls, at, word, err);
		rule->ops |= mask;
		rule->names_append = rule->names_append ||
				     strcmp(word, "append") == 0;
	}
	if (rule->cls == PROFILE_EXEC)
		rule->ops = OP_BIT(ABI_OP_EXEC);
	else if (!rule->ops && rule->cls != PROFILE_POWERS)
		return op_error(rule->cls, at, "", err);
	return 0;
}

static int parse_power(const struct profile_rule *rule,
		       struct profile_object *object, struct error *err)
{
	enum abi_op op = ABI_OPS;

	if (!op_parse(object->text, &op) || !op_is_power(op))
		return place_error(
			err, &object->at,
			"unknown power \"%s\", expected ptrace, "
			"namespace, keyring, io_uring, userfaultfd, "
			"perf, netlink, vsock, socket_other, "
			"personality, priority, or one that is never "
			"allowed (mount, chroot, bpf, module, kexec, "
			"mknod, raw, packet, signal_outside, "
			"ipc_outside, time, syslog, quota, swap, "
			"reboot)",
			object->text);
	if (op_is_never_allowed(op) && rule->verdict < ABI_DENY)
		return place_error(err, &object->at,
				   "%s of the power \"%s\", which is never "
				   "allowed: expected deny or kill",
				   verdict_name(rule->verdict), object->text);
	object->power = op;
	return 0;
}

static int parse_object(const struct parser *parser,
			const struct profile_rule *rule,
			struct profile_object *object, struct error *err)
{
	struct arena *arena = parser->profile->arena;

	switch (rule->cls) {
	case PROFILE_FILES:
	case PROFILE_EXEC:
		return path_parse(arena, parser->variables, &object->at,
				  object->text, &object->paths, err);
	case PROFILE_NETWORK:
		return network_parse(arena, parser->variables, &object->at,
				     object->text, &object->networks, err);
	default:
		return parse_power(rule, object, err);
	}
}

static int append_rule(const struct parser *parser,
		       const struct profile_rule *rule, struct error *err)
{
	struct profile *profile = parser->profile;
	struct profile_rule *rules =
		arena_grow(profile->arena, (void *)profile->rules,
			   profile->rule_count, sizeof(*rules));

	if (!rules)
		return place_no_memory(err);
	if (profile->rule_count >= POLICY_RULES_MAX)
		return place_error(err, &rule->at,
				   "too many rules, expected at most %d",
				   POLICY_RULES_MAX);
	rules[profile->rule_count++] = *rule;
	profile->rules = rules;
	return 0;
}

static int parse_objects(const struct parser *parser, struct profile_rule *rule,
			 const struct yaml *yaml, struct error *err)
{
	static const char *const what[] = {
		[PROFILE_FILES] = "paths",
		[PROFILE_EXEC] = "paths",
		[PROFILE_NETWORK] = "HOST:PORT, unix:/path or unix:@name",
		[PROFILE_POWERS] = "powers",
	};
	const struct yaml *const *items = NULL;
	struct profile_object *objects;
	size_t count = 0;

	if (parse_texts(yaml, what[rule->cls], &items, &count, err) < 0)
		return err->code;
	objects = arena_alloc(parser->profile->arena, count * sizeof(*objects));
	if (!objects)
		return place_no_memory(err);
	for (size_t i = 0; i < count; i++) {
		const struct yaml *item = items ? items[i] : yaml;

		objects[i].at = item->at;
		objects[i].text = item->text;
		if (parse_object(parser, rule, &objects[i], err) < 0)
			return err->code;
	}
	rule->objects = objects;
	rule->object_count = count;
	return 0;
}

static bool is_extra(const struct yaml *key)
{
	return strcmp(key->text, "reason") == 0 ||
	       strcmp(key->text, "lock") == 0;
}

/* What stands beside the rule's own key: reason and lock. */
static int parse_extra(struct profile_rule *rule, const struct yaml *key,
		       const struct yaml *value, struct error *err)
{
	const char *text;

	if (strcmp(key->text, "reason") == 0)
		return yaml_text(value, "a text", &rule->reason, err);
	if (!is_extra(key))
		return place_error(err, &key->at,
				   "unknown key \"%s\", expected reason or "
				   "lock after the rule",
				   key->text);
	if (yaml_text(value, "true or false", &text, err) < 0)
		return err->code;
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return place_error(err, &value->at,
				   "\"%s\", expected true or false", text);
	rule->lock = text[0] == 't';
	return 0;
}

static int parse_rule(const struct parser *parser, enum profile_class cls,
		      const struct yaml *yaml, struct error *err)
{
	struct profile_rule rule = { .cls = cls };
	size_t own = 0;

	if (yaml->kind != YAML_MAP || !yaml->count)
		return place_error(
			err, &yaml->at, "%s, expected VERDICT%s: [OBJECT...]",
			yaml->kind == YAML_MAP ? "an empty map"
					       : yaml_kind_name(yaml),
			cls == PROFILE_FILES || cls == PROFILE_NETWORK
				? " OP..."
				: "");
	while (own + 1 < yaml->count && is_extra(yaml->keys[own]))
		own++;
	rule.at = yaml->keys[own]->at;
	if (parse_words(yaml->keys[own]->text, &rule.at, &rule, err) < 0 ||
	    parse_objects(parser, &rule, yaml->items[own], err) < 0)
		return err->code;
	for (size_t i = 0; i < yaml->count; i++)
		if (i != own &&
		    parse_extra(&rule, yaml->keys[i], yaml->items[i], err) < 0)
			return err->code;
	return append_rule(parser, &rule, err);
}

int parse_rules(const struct parser *parser, enum profile_class cls,
		const struct yaml *yaml, struct error *err)
{
	if (yaml->kind != YAML_LIST)
		return place_error(err, &yaml->at,
				   "%s, expected a list of rules",
				   yaml_kind_name(yaml));
	for (size_t i = 0; i < yaml->count; i++)
		if (parse_rule(parser, cls, yaml->items[i], err) < 0)
			return err->code;
	return 0;
}

int parse_rule_text(const struct parser *parser, enum profile_class cls,
		    const char *words, const struct place *at,
		    const char *object, struct error *err)
{
	struct profile_rule rule = { .cls = cls, .at = *at };
	struct arena *arena = parser->profile->arena;
	struct profile_object *item = arena_alloc(arena, sizeof(*item));

	if (!item)
		return place_no_memory(err);
	item->at = *at;
	item->text = arena_copy(arena, object, strlen(object));
	if (!item->text)
		return place_no_memory(err);
	if (parse_words(words, at, &rule, err) < 0 ||
	    parse_object(parser, &rule, item, err) < 0)
		return err->code;
	rule.objects = item;
	rule.object_count = 1;
	return append_rule(parser, &rule, err);
}
