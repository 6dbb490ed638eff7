/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"

#define CHUNK 16384

struct chunk {
	struct chunk *next;
	size_t used;
	size_t size;
	max_align_t data[];
};

struct arena {
	struct chunk *chunks; /* the first has room left */
};

struct arena *arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	while (arena->chunks) {
		struct chunk *chunk = arena->chunks;

		arena->chunks = chunk->next;
		free(chunk);
	}
	free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	const size_t rounded = (size + align - 1) & ~(align - 1);
	struct chunk *chunk = arena->chunks;
	void *data;

	if (rounded < size)
		return NULL;
	if (!chunk || chunk->size - chunk->used < rounded) {
		const size_t room = rounded > CHUNK ? rounded : CHUNK;

		chunk = calloc(1, sizeof(*chunk) + room);
		if (!chunk)
			return NULL;
		chunk->size = room;
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	data = (char *)chunk->data + chunk->used;
	chunk->used += rounded;
	return data;
}

void *arena_grow(struct arena *arena, void *items, size_t count, size_t size)
{
	void *larger;

	/* The room is always the next power of two: full at each of them. */
	if (count && (count & (count - 1)))
		return items;
	if (count > SIZE_MAX / 2 / size)
		return NULL;
	larger = arena_alloc(arena, (count ? 2 * count : 1) * size);
	if (larger && count)
		memcpy(larger, items, count * size);
	return larger;
}

char *arena_copy(struct arena *arena, const char *text, size_t len)
{
	char *copy = arena_alloc(arena, len + 1);

	if (copy && len)
		memcpy(copy, text, len);
	return copy;
}

char *arena_format(struct arena *arena, const char *fmt, ...)
{
	CLEANUP(freep) char *text = NULL;
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (len < 0) {
		text = NULL;
		return NULL;
	}
	return arena_copy(arena, text, (size_t)len);
}
