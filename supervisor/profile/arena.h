/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arena.h - memory that is made piece by piece and freed at once.
 *
 * A profile and a policy are many small texts that live exactly as long as
 * the whole; one owner is easier to get right than a thousand.
 */
#pragma once

#include <stddef.h>

struct arena;

/* An empty arena, or NULL where there is no memory. */
struct arena *arena_new(void);

/* Frees the arena and all that was made in it; ARENA may be NULL. */
void arena_free(struct arena *arena);

/* SIZE zeroed bytes, aligned for any type, or NULL. */
void *arena_alloc(struct arena *arena, size_t size);

/*
 * Room for one more item of SIZE bytes behind the COUNT at ITEMS (NULL where
 * COUNT is 0): ITEMS itself or a larger copy, or NULL. The same array must be
 * grown by this call alone.
 */
void *arena_grow(struct arena *arena, void *items, size_t count, size_t size);

/* A copy of LEN bytes at TEXT, terminated, or NULL. */
char *arena_copy(struct arena *arena, const char *text, size_t len);

/* The formatted text, or NULL. */
char *arena_format(struct arena *arena, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* For CLEANUP(arena_freep). */
static inline void arena_freep(struct arena **arena)
{
	arena_free(*arena);
	*arena = NULL;
}
