/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/words.h"

#include <sqlite3.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"

#define PLACES 8192    /* words that are remembered */
#define LENGTH_MAX 512 /* bytes of one; longer ones are written each time */

/* One remembered word; a later one of the same place takes it. */
struct word {
	int64_t id;
	size_t len;
	char *text;
};

struct words {
	sqlite3 *db;
	sqlite3_stmt *add;
	struct word places[PLACES];
};

/* FNV-1a: an agent that makes words collide only makes its trace longer. */
static uint32_t hash(const char *text, size_t len)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)text[i]) * 16777619u;
	return h;
}

int words_create(sqlite3 *db, struct words **out_words, struct error *err)
{
	struct words *words = calloc(1, sizeof(*words));

	if (!words)
		return error_set(err, -ENOMEM, "trace");
	words->db = db;
	if (sqlite3_prepare_v3(db, "INSERT INTO word VALUES (NULL, ?)", -1,
			       SQLITE_PREPARE_PERSISTENT, &words->add,
			       NULL) != SQLITE_OK) {
		free(words);
		return error_say(err, -EIO, "trace: %s", sqlite3_errmsg(db));
	}
	*out_words = words;
	return 0;
}

static int add(struct words *words, const char *text, size_t len,
	       int64_t *out_id, struct error *err)
{
	int r;

	sqlite3_bind_text(words->add, 1, text, (int)len, SQLITE_STATIC);
	r = sqlite3_step(words->add);
	sqlite3_reset(words->add);
	if (r != SQLITE_DONE)
		return error_say(err, -EIO, "trace: %s",
				 sqlite3_errmsg(words->db));
	*out_id = sqlite3_last_insert_rowid(words->db);
	return 0;
}

int words_id(struct words *words, const char *text, size_t len, int64_t *out_id,
	     struct error *err)
{
	struct word *word = &words->places[hash(text, len) % PLACES];
	char *copy;
	int r;

	if (word->text && word->len == len &&
	    memcmp(word->text, text, len) == 0) {
		*out_id = word->id;
		return 0;
	}
	r = add(words, text, len, out_id, err);
	if (r < 0)
		return r;
	if (len > LENGTH_MAX)
		return 0;
	copy = realloc(word->text, len + 1);
	if (!copy)
		return 0; /* it is on disk; it is just not remembered */
	memcpy(copy, text, len);
	word->text = copy;
	word->len = len;
	word->id = *out_id;
	return 0;
}

void words_free(struct words *words)
{
	if (!words)
		return;
	sqlite3_finalize(words->add);
	for (size_t i = 0; i < PLACES; i++)
		free(words->places[i].text);
	free(words);
}
