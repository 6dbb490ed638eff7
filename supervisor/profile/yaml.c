/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/yaml.h"

#include <ctype.h>
#include <libfyaml.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "base/text.h"
#include "profile/arena.h"
#include "profile/limits.h"

/* A document in the making: the lists and maps that are still open. */
struct draft {
	struct arena *arena;
	const char *file;
	struct yaml *root;
	struct yaml *open[PROFILE_DEPTH_MAX];
	struct yaml *key[PROFILE_DEPTH_MAX]; /* of a map: waits for its value */
	int depth;
	int nodes;
	struct place last; /* of the last event that had one */
};

static void diag_unrefp(struct fy_diag **diag)
{
	if (!*diag)
		return;
	/* What was collected is not freed otherwise. */
	fy_diag_reset_error(*diag);
	fy_diag_unref(*diag);
}

static void parser_destroyp(struct fy_parser **parser)
{
	if (*parser)
		fy_parser_destroy(*parser);
}

/* The library would write to stderr; what it found is collected instead. */
static void diag_quiet(struct fy_diag *diag, void *user, const char *buf,
		       size_t len)
{
	(void)diag;
	(void)user;
	(void)buf;
	(void)len;
}

static struct fy_diag *diag_new(void)
{
	struct fy_diag_cfg cfg;
	struct fy_diag *diag;

	fy_diag_cfg_default(&cfg);
	cfg.fp = NULL;
	cfg.output_fn = diag_quiet;
	cfg.level = FYET_ERROR;
	diag = fy_diag_create(&cfg);
	if (diag)
		fy_diag_set_collect_errors(diag, true);
	return diag;
}

const char *yaml_kind_name(const struct yaml *yaml)
{
	static const char *const names[] = {
		[YAML_TEXT] = "a text",
		[YAML_LIST] = "a list",
		[YAML_MAP] = "a map",
	};

	return yaml->is_null ? "nothing" : names[yaml->kind];
}

static int key_check(const struct yaml *map, const struct yaml *key,
		     struct error *err)
{
	if (key->kind != YAML_TEXT)
		return place_error(err, &key->at,
				   "%s as a key, expected a text: quote it",
				   yaml_kind_name(key));
	if (map->count >= PROFILE_KEYS_MAX)
		return place_error(err, &key->at,
				   "too many keys, expected at most %d",
				   PROFILE_KEYS_MAX);
	for (size_t i = 0; i < map->count; i++)
		if (strcmp(map->keys[i]->text, key->text) == 0)
			return place_error(err, &key->at,
					   "the key \"%s\" stands twice "
					   "(first in line %d), expected it "
					   "once; where it is part of a text, "
					   "quote it",
					   key->text, map->keys[i]->at.line);
	return 0;
}

/* Puts ITEM where the document goes on. */
static int draft_put(struct draft *draft, struct yaml *item, struct error *err)
{
	struct yaml *in = draft->depth ? draft->open[draft->depth - 1] : NULL;
	struct yaml **key = draft->depth ? &draft->key[draft->depth - 1] : NULL;

	if (!in) {
		draft->root = item;
		return 0;
	}
	if (in->kind == YAML_MAP && !*key) {
		if (key_check(in, item, err) < 0)
			return err->code;
		*key = item;
		return 0;
	}
	in->items = arena_grow(draft->arena, in->items, in->count,
			       sizeof(*in->items));
	if (!in->items)
		return place_no_memory(err);
	if (in->kind == YAML_MAP) {
		in->keys = arena_grow(draft->arena, in->keys, in->count,
				      sizeof(*in->keys));
		if (!in->keys)
			return place_no_memory(err);
		in->keys[in->count] = TAKE_PTR(*key);
	}
	in->items[in->count++] = item;
	return 0;
}

static int draft_add(struct draft *draft, enum yaml_kind kind,
		     struct yaml **out_item, struct error *err)
{
	struct yaml *item = arena_alloc(draft->arena, sizeof(*item));

	if (!item)
		return place_no_memory(err);
	if (++draft->nodes > PROFILE_NODES_MAX)
		return place_error(err, &draft->last,
				   "too much text, expected at most %d items",
				   PROFILE_NODES_MAX);
	item->kind = kind;
	item->at = draft->last;
	*out_item = item;
	return 0;
}

static int draft_text(struct draft *draft, struct fy_event *event,
		      struct error *err)
{
	struct fy_token *token = event->scalar.value;
	struct yaml *item = NULL;
	size_t len = 0;
	const char *text = token ? fy_token_get_text(token, &len) : "";

	if (event->scalar.tag || event->scalar.anchor)
		return place_error(err, &draft->last,
				   "a text that begins with ! or &, expected a "
				   "plain one: quote it");
	if (!text || memchr(text, '\0', len) || len > PROFILE_TEXT_MAX)
		return place_error(err, &draft->last,
				   "a text with a zero byte or of more than %d "
				   "bytes, expected a shorter one without",
				   PROFILE_TEXT_MAX);
	for (size_t i = 0; i < len; i++)
		if (iscntrl((unsigned char)text[i]) && text[i] != '\n' &&
		    text[i] != '\t')
			return place_error(err, &draft->last,
					   "a text with a control character, "
					   "expected one without");
	if (draft_add(draft, YAML_TEXT, &item, err) < 0)
		return err->code;
	item->text = arena_copy(draft->arena, text, len);
	if (!item->text)
		return place_no_memory(err);
	item->is_null = !token || (fy_token_scalar_style(token) == FYSS_PLAIN &&
				   (!len || strcmp(item->text, "~") == 0 ||
				    strcasecmp(item->text, "null") == 0));
	return draft_put(draft, item, err);
}

static int draft_open(struct draft *draft, struct fy_event *event,
		      struct error *err)
{
	const bool map = event->type == FYET_MAPPING_START;
	struct yaml *item = NULL;

	if (map ? event->mapping_start.tag || event->mapping_start.anchor
		: event->sequence_start.tag || event->sequence_start.anchor)
		return place_error(err, &draft->last,
				   "a tag or an anchor, expected a plain list "
				   "or map; where it is a text, quote it");
	if (draft->depth == PROFILE_DEPTH_MAX)
		return place_error(
			err, &draft->last,
			"nested too deep, expected at most %d levels",
			PROFILE_DEPTH_MAX);
	if (draft_add(draft, map ? YAML_MAP : YAML_LIST, &item, err) < 0 ||
	    draft_put(draft, item, err) < 0)
		return err->code;
	draft->key[draft->depth] = NULL;
	draft->open[draft->depth++] = item;
	return 0;
}

static int draft_event(struct draft *draft, struct fy_event *event,
		       struct error *err)
{
	const struct fy_mark *mark = fy_event_start_mark(event);

	if (mark) {
		draft->last.line = mark->line + 1;
		draft->last.column = mark->column + 1;
	}
	switch (event->type) {
	case FYET_SCALAR:
		return draft_text(draft, event, err);
	case FYET_SEQUENCE_START:
	case FYET_MAPPING_START:
		return draft_open(draft, event, err);
	case FYET_SEQUENCE_END:
	case FYET_MAPPING_END:
		draft->depth--;
		return 0;
	case FYET_ALIAS:
		return place_error(err, &draft->last,
				   "a text that begins with * is an alias in "
				   "YAML, expected a plain one: quote it");
	case FYET_DOCUMENT_START:
		if (draft->root)
			return place_error(err, &draft->last,
					   "a second document, expected one");
		return 0;
	default:
		return 0;
	}
}

/* The byte of TEXT at a place, or 0. */
static char byte_at(const char *text, size_t len, const struct place *at)
{
	const char *end = text + len;
	const char *line = text;

	for (int i = 1; i < at->line && line; i++) {
		line = memchr(line, '\n', (size_t)(end - line));
		line = line ? line + 1 : NULL;
	}
	if (!line || end - line < at->column)
		return 0;
	return line[at->column - 1];
}

/* What the library says of the text, with the cure where it is quotes. */
static int syntax_error(const struct draft *draft, struct fy_diag *diag,
			const char *text, size_t len, struct error *err)
{
	struct place at = draft->last;
	const struct fy_diag_error *found;
	char byte;
	const char *what = "not YAML";
	void *iter = NULL;

	found = fy_diag_errors_iterate(diag, &iter);
	if (found && found->msg)
		what = found->msg;
	if (found && found->line > 0) {
		at.line = found->line;
		at.column = found->column > 0 ? found->column : 1;
	}
	byte = byte_at(text, len, &at);
	if ((byte && strchr("@`%*&!:|>[]{}-,?", byte)) ||
	    strstr(what, "alias") || strstr(what, "nested block mapping") ||
	    strstr(what, "at the end of"))
		return place_error(err, &at,
				   "%s, expected YAML: where it is a text, "
				   "quote it",
				   what);
	return place_error(err, &at, "%s, expected YAML", what);
}

static int draft_run(struct draft *draft, struct fy_parser *parser,
		     struct error *err)
{
	struct fy_event *event;
	int r = 0;

	while (r == 0 && (event = fy_parser_parse(parser))) {
		r = draft_event(draft, event, err);
		fy_parser_event_free(parser, event);
	}
	return r;
}

/* The library would stop at such a byte, as if the text ended there. */
static int text_check(const struct place *start, const char *text, size_t len,
		      struct error *err)
{
	const char *zero = memchr(text, '\0', len);
	const size_t valid = text_valid_length(text, len);
	const size_t end = zero && (size_t)(zero - text) < valid
				   ? (size_t)(zero - text)
				   : valid;
	struct place at = *start;

	if (end == len)
		return 0;
	for (size_t i = 0; i < end; i++) {
		/* What continues a character is no column. */
		at.column += (text[i] & 0xc0) != 0x80;
		if (text[i] != '\n')
			continue;
		at.line++;
		at.column = 1;
	}
	return place_error(err, &at, "%s, expected a text in UTF-8",
			   text[end] ? "not UTF-8" : "a zero byte");
}

int yaml_parse(struct arena *arena, const char *file, const char *text,
	       size_t len, const struct yaml **out_yaml, struct error *err)
{
	CLEANUP(diag_unrefp) struct fy_diag *diag = diag_new();
	const struct fy_parse_cfg cfg = {
		.flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 |
			 FYPCF_JSON_NONE,
		.diag = diag,
	};
	CLEANUP(parser_destroyp)
	struct fy_parser *parser = diag ? fy_parser_create(&cfg) : NULL;
	struct draft draft = {
		.arena = arena,
		.file = file,
		.last = { .file = file, .line = 1, .column = 1 },
	};

	if (!parser)
		return place_no_memory(err);
	if (text_check(&draft.last, text, len, err) < 0)
		return err->code;
	if (fy_parser_set_string(parser, text, len) < 0)
		return place_no_memory(err);
	if (draft_run(&draft, parser, err) < 0)
		return err->code;
	if (fy_parser_get_stream_error(parser))
		return syntax_error(&draft, diag, text, len, err);
	if (!draft.root)
		return place_error(err, &draft.last,
				   "an empty file, expected a profile");
	*out_yaml = draft.root;
	return 0;
}

int yaml_text(const struct yaml *yaml, const char *what, const char **out_text,
	      struct error *err)
{
	if (yaml->kind != YAML_TEXT)
		return place_error(err, &yaml->at,
				   "%s, expected %s: where it is one, quote it",
				   yaml_kind_name(yaml), what);
	if (yaml->is_null)
		return *yaml->text
			       ? place_error(err, &yaml->at,
					     "%s is nothing in YAML, expected "
					     "%s: quote it",
					     yaml->text, what)
			       : place_error(err, &yaml->at,
					     "nothing, expected %s", what);
	*out_text = yaml->text;
	return 0;
}
