/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/path.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "profile/arena.h"
#include "profile/limits.h"
#include "profile/variables.h"

#define WRITTEN "written:"

/* "**" as variables_expand() leaves it. */
static const char everywhere[] = { PATTERN_STAR, PATTERN_STAR, '\0' };

bool path_component_is_pattern(const char *tail, size_t len)
{
	return memchr(tail, PATTERN_STAR, len) ||
	       memchr(tail, PATTERN_ONE, len);
}

bool path_component_matches(const char *tail, size_t tail_len, const char *name,
			    size_t len, bool dots)
{
	size_t t = 0, n = 0;
	size_t star = SIZE_MAX, from = 0; /* where the last star resumes */

	if (!dots && tail_len && len && name[0] == '.' && tail[0] != '.')
		return false;
	while (n < len) {
		if (t < tail_len && tail[t] == PATTERN_STAR) {
			star = t++;
			from = n;
		} else if (t < tail_len &&
			   (tail[t] == PATTERN_ONE || tail[t] == name[n])) {
			t++;
			n++;
		} else if (star != SIZE_MAX) {
			t = star + 1;
			n = ++from;
		} else {
			return false;
		}
	}
	while (t < tail_len && tail[t] == PATTERN_STAR)
		t++;
	return t == tail_len;
}

char *path_readable(struct arena *arena, const char *prefix, const char *text)
{
	char *copy = arena_format(arena, "%s%s", prefix, text);

	for (char *c = copy; c && *c; c++) {
		if (*c == PATTERN_STAR)
			*c = '*';
		else if (*c == PATTERN_ONE)
			*c = '?';
	}
	return copy;
}

/* A path that is being taken apart, component by component. */
struct scan {
	const struct place *at;
	const char *shown; /* for messages */
	const char *text;
	const char *anchor_end; /* where a pattern begins, or NULL */
	const char *tail;
	int tail_count;
	bool is_self;
	bool is_anywhere;
};

static int component_error(const struct scan *scan, const char *what,
			   struct error *err)
{
	return place_error(err, scan->at, "\"%s\": %s", scan->shown, what);
}

static int take_pattern(struct scan *scan, const char *start, size_t len,
			bool last, struct error *err)
{
	if (!last)
		return component_error(scan,
				       "a pattern before the last component, "
				       "expected * and ? in the last one, or "
				       "** as one of its own",
				       err);
	if (memmem(start, len, everywhere, 2))
		return component_error(scan,
				       "** within a component, expected it as "
				       "one of its own, or a single *",
				       err);
	if (!scan->tail) {
		scan->anchor_end = start;
		scan->tail = start;
	}
	return 0;
}

static int take_everywhere(struct scan *scan, const char *start, bool last,
			   struct error *err)
{
	if (scan->is_anywhere)
		return component_error(scan, "** twice, expected it once", err);
	if (last)
		return component_error(scan,
				       "** at the end, expected a name after "
				       "it (a directory without ** already "
				       "covers all below it)",
				       err);
	scan->is_anywhere = true;
	scan->anchor_end = start;
	scan->tail = start + 3;
	return 0;
}

static int take_component(struct scan *scan, const char *start, size_t len,
			  bool last, struct error *err)
{
	if (!len && !last)
		return component_error(
			scan, "an empty component, expected a single /", err);
	if (len == 2 && memcmp(start, "..", 2) == 0)
		return component_error(
			scan, "\"..\" in a path, expected one without", err);
	if (len == 1 && start[0] == '.') {
		if (!last || scan->tail)
			return component_error(scan,
					       "\".\" within a path or after a "
					       "pattern, expected it at the "
					       "end of a plain path only",
					       err);
		scan->is_self = true;
		return 0;
	}
	if (len == 2 && memcmp(start, everywhere, 2) == 0)
		return take_everywhere(scan, start, last, err);
	if (scan->is_anywhere && len && ++scan->tail_count > PATH_TAIL_MAX)
		return component_error(scan,
				       "too many components after **, expected "
				       "at most 4",
				       err);
	if (path_component_is_pattern(start, len))
		return take_pattern(scan, start, len, last, err);
	return 0;
}

_Static_assert(PATH_TAIL_MAX == 4, "the message above says 4");

static int scan_path(struct scan *scan, struct error *err)
{
	const char *start;
	size_t len = strlen(scan->text);

	if (scan->text[0] != '/')
		return component_error(scan,
				       "not an absolute path, expected one "
				       "that begins with /, ~ or a variable",
				       err);
	if (len > PATH_TEXT_MAX)
		return component_error(
			scan, "too long, expected at most 4095 bytes", err);
	start = scan->text + 1;
	for (;;) {
		const size_t n = strcspn(start, "/");
		/* One slash at the end is how people write a directory. */
		const bool last = !start[n] || !start[n + 1];

		if (take_component(scan, start, n, last, err) < 0)
			return err->code;
		if (last)
			return 0;
		start += n + 1;
	}
}

_Static_assert(PATH_TEXT_MAX == 4095, "the message above says 4095");

/* The bytes from START to END, or to the end, without slashes at the end. */
static char *trimmed(struct arena *arena, const char *start, const char *end)
{
	size_t len = end ? (size_t)(end - start) : strlen(start);

	while (len > 1 && start[len - 1] == '/')
		len--;
	return arena_copy(arena, start, len);
}

static int object_make(struct arena *arena, const struct scan *scan,
		       bool is_written, struct path_object *out_object,
		       struct error *err)
{
	const char *end = scan->anchor_end;
	struct path_object object = { .kind = PATH_TREE };

	if (is_written && (scan->tail || scan->is_self))
		return component_error(scan,
				       "a pattern after written:, expected a "
				       "plain path",
				       err);
	if (is_written)
		object.kind = PATH_WRITTEN;
	else if (scan->is_anywhere)
		object.kind = PATH_ANYWHERE;
	else if (scan->tail)
		object.kind = PATH_GLOB;
	else if (scan->is_self) {
		object.kind = PATH_SELF;
		end = scan->text + strlen(scan->text);
		end -= end[-1] == '/' ? 2 : 1;
	}
	object.anchor = trimmed(arena, scan->text, end);
	object.text =
		path_readable(arena, is_written ? WRITTEN : "", scan->text);
	if (scan->tail)
		object.tail = trimmed(arena, scan->tail, NULL);
	if (!object.anchor || !object.text || (scan->tail && !object.tail))
		return place_no_memory(err);
	*out_object = object;
	return 0;
}

/*
 * The first character of TEXT that other programs take for a pattern's, but
 * for those of ${name}; NULL where there is none.
 */
static const char *foreign_pattern(const char *text)
{
	const char *at = text;

	while ((at = strpbrk(at, "$[]{}\\"))) {
		if (*at != '$')
			return at;
		at++;
		if (*at == '{')
			at += strcspn(at, "}");
		at += *at != '\0';
	}
	return NULL;
}

static int check_text(const struct place *at, const char *text,
		      struct error *err)
{
	if (strcmp(text, "") == 0)
		return place_error(err, at, "an empty text, expected a path");
	for (const char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return place_error(err, at,
					   "\"%s\": a control character, "
					   "expected a path without",
					   text);
	if (text[0] == '~' && text[1] && text[1] != '/')
		return place_error(err, at,
				   "\"%s\": another user's home, expected ~ "
				   "alone, or its path",
				   text);
	return 0;
}

/*
 * What other programs take for a pattern would be taken for a name here, and
 * bind nothing: better to say so.
 */
static int check_pattern(const struct place *at, const char *text,
			 struct error *err)
{
	if (foreign_pattern(text))
		return place_error(err, at,
				   "\"%s\": [ ] { } or \\ in a path, expected "
				   "no pattern but *, ? and **; a name with "
				   "such a character is given by -D and $",
				   text);
	return 0;
}

/* The texts that TEXT stands for. */
static int expand(struct arena *arena, const struct variables *variables,
		  const struct place *at, const char *text, bool is_plain,
		  struct texts *out_texts, struct error *err)
{
	if (check_text(at, text, err) < 0 ||
	    (!is_plain && check_pattern(at, text, err) < 0) ||
	    variables_expand(variables, arena, at, text, true, out_texts, err) <
		    0)
		return err->code;
	for (size_t i = 0; is_plain && i < out_texts->count; i++) {
		out_texts->items[i] =
			path_readable(arena, "", out_texts->items[i]);
		if (!out_texts->items[i])
			return place_no_memory(err);
	}
	return 0;
}

static int parse(struct arena *arena, const struct variables *variables,
		 const struct place *at, const char *text, bool is_plain,
		 struct path_objects *out_objects, struct error *err)
{
	const bool is_written = strncmp(text, WRITTEN, strlen(WRITTEN)) == 0;
	const char *path = text + (is_written ? strlen(WRITTEN) : 0);
	struct texts texts = { 0 };
	struct path_object *items;

	if (expand(arena, variables, at, path, is_plain, &texts, err) < 0)
		return err->code;
	items = arena_alloc(arena, texts.count * sizeof(*items) + 1);
	if (!items)
		return place_no_memory(err);
	for (size_t i = 0; i < texts.count; i++) {
		struct scan scan = {
			.at = at,
			.shown = text,
			.text = texts.items[i],
		};

		/* A variable that is "/" with a path behind it. */
		if (path[0] != '/' && strncmp(scan.text, "//", 2) == 0)
			scan.text++;
		if (scan_path(&scan, err) < 0 ||
		    object_make(arena, &scan, is_written, &items[i], err) < 0)
			return err->code;
	}
	out_objects->count = texts.count;
	out_objects->items = items;
	return 0;
}

int path_parse(struct arena *arena, const struct variables *variables,
	       const struct place *at, const char *text,
	       struct path_objects *out_objects, struct error *err)
{
	return parse(arena, variables, at, text, false, out_objects, err);
}

int path_parse_plain(struct arena *arena, const struct variables *variables,
		     const struct place *at, const char *text,
		     struct path_objects *out_objects, struct error *err)
{
	return parse(arena, variables, at, text, true, out_objects, err);
}

const char *path_absolute(struct arena *arena, const char *base,
			  const char *text)
{
	size_t len = strcmp(base, "/") == 0 ? 0 : strlen(base);

	if (!*text || strchr("/~$", *text) ||
	    strncmp(text, WRITTEN, strlen(WRITTEN)) == 0)
		return text;
	for (;;) {
		if (strncmp(text, "./", 2) == 0) {
			text += 2;
		} else if (strcmp(text, ".") == 0) {
			text += 1;
		} else if (strncmp(text, "../", 3) == 0 ||
			   strcmp(text, "..") == 0) {
			while (len && base[len - 1] != '/')
				len--;
			len -= len > 0;
			text += text[2] ? 3 : 2;
		} else {
			break;
		}
	}
	return arena_format(arena, "%.*s%s%s", (int)len, base,
			    *text || !len ? "/" : "", text);
}
