/* SPDX-License-Identifier: Apache-2.0 */
/* words.h - the dictionary of a trace: each text once, or nearly. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct error;
struct sqlite3;
struct words;

/* The dictionary of the open trace DB, whose table `word` is there. */
int words_create(struct sqlite3 *db, struct words **out_words,
		 struct error *err);

/*
 * The id of TEXT, which is added where it is not remembered. Memory is
 * bounded: a text that was not seen for long may be added again.
 */
int words_id(struct words *words, const char *text, size_t len, int64_t *out_id,
	     struct error *err);

void words_free(struct words *words);
