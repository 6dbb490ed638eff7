/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/question.h"

#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "profile/arena.h"
#include "profile/network.h"
#include "profile/path.h"
#include "terms/op.h"

#define WORDS                                                                  \
	"read, write, append, create, delete, meta or modify PATH, exec "      \
	"PATH, "                                                               \
	"connect HOST:PORT, listen PORT, or a power"

/* What is being asked, while it is taken apart. */
struct asker {
	struct arena *arena;
	const struct variables *variables;
	const struct place *at;
	struct question *question;
};

static int take_files(const struct asker *asker, const char *text,
		      struct error *err)
{
	struct question *question = asker->question;
	struct path_objects paths = { 0 };

	if (path_parse_plain(asker->arena, asker->variables, asker->at, text,
			     &paths, err) < 0)
		return err->code;
	question->files = arena_alloc(
		asker->arena, paths.count * sizeof(*question->files) + 1);
	if (!question->files)
		return place_no_memory(err);
	for (size_t i = 0; i < paths.count; i++) {
		const struct path_object *path = &paths.items[i];

		question->files[i].path = path->anchor;
		question->files[i].is_written = path->kind == PATH_WRITTEN;
	}
	question->count = paths.count;
	return 0;
}

/* One address of each class, none of them in another class. */
static const struct {
	enum network_kind kind;
	const char *address;
	uint32_t known;
} samples[] = {
	{ NETWORK_NAME, "9.9.9.9", 0 },
	{ NETWORK_LOOPBACK, "127.0.0.1", 0 },
	{ NETWORK_OWN, "127.0.0.1", NET_OWN },
	{ NETWORK_RESOLVER, "9.9.9.9", NET_RESOLVER },
	{ NETWORK_PRIVATE, "10.0.0.1", 0 },
	{ NETWORK_PUBLIC, "9.9.9.9", 0 },
};

static int take_inet(const struct asker *asker,
		     const struct network_object *from, struct net_object *net,
		     struct error *err)
{
	net->kind = NET_INET;
	net->is_udp = from->is_udp;
	net->port = from->port_low;
	net->host = from->kind == NETWORK_NAME ? from->name : NULL;
	if (from->port_low != from->port_high)
		return place_error(err, asker->at,
				   "\"%s\": several ports, expected one",
				   from->text);
	if (from->kind == NETWORK_ADDRESS && from->prefix == 128) {
		memcpy(net->address, from->address, sizeof(net->address));
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		if (samples[i].kind != from->kind)
			continue;
		net->known = samples[i].known;
		network_address_parse(samples[i].address,
				      strlen(samples[i].address), net->address);
		return 0;
	}
	return place_error(err, asker->at,
			   "\"%s\": many addresses, expected one, a name, "
			   "loopback, own, resolver, private or public",
			   from->text);
}

static int take_net(const struct asker *asker,
		    const struct network_object *from, struct net_object *net,
		    struct error *err)
{
	if (from->kind == NETWORK_UNIX_PATH) {
		if (from->path.tail)
			return place_error(err, asker->at,
					   "\"%s\": a pattern, expected one "
					   "path",
					   from->text);
		net->kind = NET_UNIX_PATH;
		net->file.path = from->path.anchor;
		return 0;
	}
	if (from->kind == NETWORK_UNIX_NAME) {
		net->kind = NET_UNIX_NAME;
		net->name = from->name;
		net->name_len = (uint32_t)strlen(from->name);
		return 0;
	}
	return take_inet(asker, from, net, err);
}

static int take_nets(const struct asker *asker, const char *text,
		     struct error *err)
{
	struct question *question = asker->question;
	struct network_objects objects = { 0 };

	/* A listener that names no address means each of the host's. */
	if (question->kind == QUESTION_LISTEN && !strchr(text, ':')) {
		text = arena_format(asker->arena, "0.0.0.0:%s", text);
		if (!text)
			return place_no_memory(err);
	}
	if (network_parse(asker->arena, asker->variables, asker->at, text,
			  &objects, err) < 0)
		return err->code;
	question->nets = arena_alloc(
		asker->arena, objects.count * sizeof(*question->nets) + 1);
	if (!question->nets)
		return place_no_memory(err);
	for (size_t i = 0; i < objects.count; i++)
		if (take_net(asker, &objects.items[i], &question->nets[i],
			     err) < 0)
			return err->code;
	question->count = objects.count;
	return 0;
}

/* Takes the file operations that TEXT begins with. Returns what follows. */
static const char *take_ops(const char *text, uint32_t *out_ops)
{
	*out_ops = 0;
	for (;;) {
		const size_t len = strcspn(text, " ");
		char word[16];
		uint32_t mask;

		if (len >= sizeof(word))
			return text;
		memcpy(word, text, len);
		word[len] = '\0';
		mask = op_file_mask(word);
		if (!mask)
			return text;
		*out_ops |= mask;
		text += len;
		text += strspn(text, " ");
	}
}

/* What follows WORD and spaces in TEXT, or NULL where it begins otherwise. */
static const char *after_word(const char *text, const char *word)
{
	const size_t len = strlen(word);

	if (strncmp(text, word, len) != 0 || text[len] != ' ')
		return NULL;
	return text + len + strspn(text + len, " ");
}

static int take_power(const struct asker *asker, const char *text,
		      struct error *err)
{
	enum abi_op op = ABI_OPS;

	if (!op_parse(text, &op) || !op_is_power(op))
		return place_error(err, asker->at, "\"%s\", expected " WORDS,
				   text);
	asker->question->kind = QUESTION_POWER;
	asker->question->power = op;
	asker->question->count = 1;
	return 0;
}

static int take_question(const struct asker *asker, const char *text,
			 struct error *err)
{
	struct question *question = asker->question;
	const char *rest = take_ops(text, &question->ops);

	if (question->ops) {
		question->kind = QUESTION_FILE;
		return take_files(asker, rest, err);
	}
	if ((rest = after_word(text, "exec"))) {
		question->kind = QUESTION_EXEC;
		return take_files(asker, rest, err);
	}
	if ((rest = after_word(text, "connect"))) {
		question->kind = QUESTION_CONNECT;
		return take_nets(asker, rest, err);
	}
	if ((rest = after_word(text, "listen"))) {
		question->kind = QUESTION_LISTEN;
		return take_nets(asker, rest, err);
	}
	return take_power(asker, text, err);
}

int question_parse(struct arena *arena, const struct variables *variables,
		   const struct place *at, const char *text,
		   struct question *out_question, struct error *err)
{
	struct question question = { .kind = QUESTION_POWER };
	const struct asker asker = { arena, variables, at, &question };

	if (take_question(&asker, text, err) < 0)
		return err->code;
	*out_question = question;
	return 0;
}

void question_decide(const struct policy *policy,
		     const struct question *question, size_t index,
		     struct decision *out_decision)
{
	switch (question->kind) {
	case QUESTION_FILE:
		decide_file(policy, question->ops, &question->files[index],
			    out_decision);
		break;
	case QUESTION_EXEC:
		decide_exec(policy, &question->files[index], out_decision);
		break;
	case QUESTION_CONNECT:
		decide_connect(policy, &question->nets[index], out_decision);
		break;
	case QUESTION_LISTEN:
		decide_listen(policy, &question->nets[index], out_decision);
		break;
	default:
		decide_power(policy, question->power, out_decision);
		break;
	}
}
