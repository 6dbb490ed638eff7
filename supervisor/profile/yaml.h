/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml.h - the part of YAML that profiles use, as a tree with places.
 *
 * Texts, lists and maps from text to anything. Anchors, aliases, tags, a
 * second document and a key that stands twice are errors: each of them makes
 * a text mean what a reader does not see. Every scalar is a text, whatever
 * YAML would take it for. Knows nothing of profiles.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "profile/place.h"

struct arena;
struct error;

enum yaml_kind { YAML_TEXT, YAML_LIST, YAML_MAP };

struct yaml {
	enum yaml_kind kind;
	struct place at;
	const char *text; /* of a YAML_TEXT; holds no NUL */
	bool is_null;	  /* an unquoted nothing, "~" or "null" */
	size_t count;	  /* items of a list, pairs of a map */
	struct yaml **items;
	struct yaml **keys; /* of a map: texts, as many as items */
};

/*
 * The document in TEXT (LEN bytes) as a tree made in ARENA; FILE, which
 * places point to, must live as long.
 *
 *   -EINVAL   it is no such document; *err says where and what was expected
 *   -ENOMEM
 */
int yaml_parse(struct arena *arena, const char *file, const char *text,
	       size_t len, const struct yaml **out_yaml, struct error *err);

/* "a text", "a list" or "a map", for messages. */
const char *yaml_kind_name(const struct yaml *yaml);

/*
 * The text of YAML, a text that is no bare null, in *out_text. WHAT names what
 * was expected ("a path").
 */
int yaml_text(const struct yaml *yaml, const char *what, const char **out_text,
	      struct error *err);
