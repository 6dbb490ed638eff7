/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/paths.h"

#include <string.h>

#include "profile/arena.h"

/* Open addressing; a slot holds a node's index + 1, 0 where it is free. */
struct table {
	uint32_t *slots;
	size_t size; /* a power of two */
	size_t used;
};

struct binding {
	uint64_t dev, ino;
	uint32_t node;
	uint32_t next; /* in the chain of its slot, index + 1 */
};

struct paths {
	struct arena *arena;
	uint32_t count;
	struct paths_node *nodes;
	struct table table;
	uint32_t binding_count;
	struct binding *bindings;
	struct table bound;
};

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t len)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ bytes[i]) * 0x100000001b3;
	return hash ^ hash >> 29;
}

static uint64_t hash_name(uint32_t parent, const char *name, size_t len)
{
	return hash_bytes(0xcbf29ce484222325 ^ parent, name, len);
}

static uint64_t hash_identity(uint64_t dev, uint64_t ino)
{
	return hash_bytes(hash_bytes(0xcbf29ce484222325, &dev, sizeof(dev)),
			  &ino, sizeof(ino));
}

const struct paths_node *paths_node(const struct paths *paths, uint32_t node)
{
	return &paths->nodes[node];
}

/* The slot where the child is, or the free one where it would be. */
static size_t child_slot(const struct paths *paths, uint32_t parent,
			 const char *name, size_t len)
{
	const size_t mask = paths->table.size - 1;
	size_t slot = hash_name(parent, name, len) & mask;

	for (;; slot = (slot + 1) & mask) {
		const uint32_t at = paths->table.slots[slot];
		const struct paths_node *node;

		if (!at)
			return slot;
		node = &paths->nodes[at - 1];
		if (node->parent == parent && node->name_len == len &&
		    memcmp(node->name, name, len) == 0)
			return slot;
	}
}

uint32_t paths_child(const struct paths *paths, uint32_t node, const char *name,
		     size_t len)
{
	const uint32_t at =
		paths->table.slots[child_slot(paths, node, name, len)];

	return at ? at - 1 : PATHS_NONE;
}

static bool table_grow(struct paths *paths)
{
	struct table old = paths->table;
	struct table new = { .size = old.size * 2, .used = old.used };

	new.slots = arena_alloc(paths->arena, new.size * sizeof(*new.slots));
	if (!new.slots)
		return false;
	paths->table = new;
	for (size_t i = 0; i < old.size; i++) {
		const struct paths_node *node;

		if (!old.slots[i])
			continue;
		node = &paths->nodes[old.slots[i] - 1];
		new.slots[child_slot(paths, node->parent, node->name,
				     node->name_len)] = old.slots[i];
	}
	return true;
}

/* A new node that no name leads to, or PATHS_NONE. */
static uint32_t node_new(struct paths *paths, uint32_t parent)
{
	struct paths_node *nodes = arena_grow(paths->arena, paths->nodes,
					      paths->count, sizeof(*nodes));

	if (!nodes)
		return PATHS_NONE;
	nodes[paths->count] = (struct paths_node){
		.parent = parent,
		.anywhere = PATHS_NONE,
	};
	paths->nodes = nodes;
	return paths->count++;
}

/* The child of NODE, made where there is none. PATHS_NONE: no memory. */
static uint32_t child_make(struct paths *paths, uint32_t parent,
			   const char *name, size_t len)
{
	uint32_t child = paths_child(paths, parent, name, len);
	struct paths_node *node;

	if (child != PATHS_NONE)
		return child;
	if (2 * (paths->table.used + 1) > paths->table.size &&
	    !table_grow(paths))
		return PATHS_NONE;
	child = node_new(paths, parent);
	if (child == PATHS_NONE)
		return PATHS_NONE;
	node = &paths->nodes[child];
	node->name = arena_copy(paths->arena, name, len);
	if (!node->name)
		return PATHS_NONE;
	node->name_len = (uint32_t)len;
	node->depth = paths->nodes[parent].depth + 1;
	node->path_len = paths->nodes[parent].path_len + 1 + (uint32_t)len;
	paths->table.slots[child_slot(paths, parent, name, len)] = child + 1;
	paths->table.used++;
	return child;
}

/* The node for PATH, which begins at FROM; slashes only part. */
static uint32_t path_make(struct paths *paths, uint32_t from, const char *path,
			  const char *end)
{
	while (path < end && from != PATHS_NONE) {
		size_t len = strcspn(path, "/");

		if (len > (size_t)(end - path))
			len = (size_t)(end - path);
		if (len)
			from = child_make(paths, from, path, len);
		path += len + 1;
	}
	return from;
}

struct paths *paths_new(struct arena *arena)
{
	struct paths *paths = arena_alloc(arena, sizeof(*paths));

	if (!paths)
		return NULL;
	paths->arena = arena;
	paths->table.size = paths->bound.size = 64;
	paths->table.slots = arena_alloc(arena, 64 * sizeof(uint32_t));
	paths->bound.slots = arena_alloc(arena, 64 * sizeof(uint32_t));
	if (!paths->table.slots || !paths->bound.slots ||
	    node_new(paths, PATHS_NONE) == PATHS_NONE)
		return NULL;
	return paths;
}

static struct paths_group *group_make(struct paths *paths, uint32_t at,
				      enum path_kind kind, const char *tail)
{
	struct paths_node *node = &paths->nodes[at];
	struct paths_group *group;

	for (group = node->groups; group; group = group->next)
		if (group->kind == kind &&
		    (!tail || strcmp(group->tail, tail) == 0))
			return group;
	group = arena_alloc(paths->arena, sizeof(*group));
	if (!group)
		return NULL;
	*group = (struct paths_group){ kind, tail, NULL, node->groups };
	node->groups = group;
	return group;
}

/*
 * The node where a "**" pattern's rules stand: its tail below the anchor's
 * own root of tails. A pattern in the last component stays *io_tail.
 */
static uint32_t tail_make(struct paths *paths, uint32_t anchor,
			  const char **io_tail)
{
	const char *tail = *io_tail;
	const char *last = strrchr(tail, '/');
	uint32_t root = paths->nodes[anchor].anywhere;

	last = last ? last + 1 : tail;
	if (root == PATHS_NONE) {
		root = node_new(paths, anchor);
		if (root == PATHS_NONE)
			return PATHS_NONE;
		paths->nodes[anchor].anywhere = root;
	}
	if (path_component_is_pattern(last, strlen(last))) {
		*io_tail = last;
		return path_make(paths, root, tail, last);
	}
	*io_tail = NULL;
	return path_make(paths, root, tail, tail + strlen(tail));
}

struct paths_group *paths_add(struct paths *paths, enum path_kind kind,
			      const char *anchor, const char *tail, int rule,
			      bool is_by_name, uint32_t *out_node)
{
	uint32_t node = path_make(paths, 0, anchor, anchor + strlen(anchor));
	uint32_t at = node;
	struct paths_group *group;
	struct paths_entry *entry;

	if (node == PATHS_NONE)
		return NULL;
	if (kind == PATH_ANYWHERE) {
		at = tail_make(paths, node, &tail);
		kind = tail ? PATH_GLOB : PATH_TREE;
	}
	if (at == PATHS_NONE)
		return NULL;
	group = group_make(paths, at, kind, tail);
	entry = arena_alloc(paths->arena, sizeof(*entry));
	if (!group || !entry)
		return NULL;
	*entry = (struct paths_entry){ rule, is_by_name, group->entries };
	group->entries = entry;
	*out_node = node;
	return group;
}

static bool bound_grow(struct paths *paths)
{
	struct table new = { .size = paths->bound.size * 2 };

	new.slots = arena_alloc(paths->arena, new.size * sizeof(*new.slots));
	if (!new.slots)
		return false;
	for (uint32_t i = 0; i < paths->binding_count; i++) {
		struct binding *b = &paths->bindings[i];
		uint32_t *slot = &new.slots[hash_identity(b->dev, b->ino) &
					    (new.size - 1)];

		b->next = *slot;
		*slot = i + 1;
	}
	paths->bound = new;
	return true;
}

bool paths_bind(struct paths *paths, uint32_t node, uint64_t dev, uint64_t ino)
{
	struct binding *bindings;
	uint32_t *slot, at = PATHS_NONE;

	while ((at = paths_bound(paths, dev, ino, at)) != PATHS_NONE)
		if (at == node)
			return true;
	if (paths->binding_count >= paths->bound.size && !bound_grow(paths))
		return false;
	bindings = arena_grow(paths->arena, paths->bindings,
			      paths->binding_count, sizeof(*bindings));
	if (!bindings)
		return false;
	slot = &paths->bound.slots[hash_identity(dev, ino) &
				   (paths->bound.size - 1)];
	bindings[paths->binding_count] =
		(struct binding){ dev, ino, node, *slot };
	*slot = ++paths->binding_count;
	paths->bindings = bindings;
	return true;
}

uint32_t paths_bound(const struct paths *paths, uint64_t dev, uint64_t ino,
		     uint32_t after)
{
	uint32_t at = paths->bound.slots[hash_identity(dev, ino) &
					 (paths->bound.size - 1)];
	bool is_past = after == PATHS_NONE;

	for (; at; at = paths->bindings[at - 1].next) {
		const struct binding *b = &paths->bindings[at - 1];

		if (b->dev != dev || b->ino != ino)
			continue;
		if (is_past)
			return b->node;
		is_past = b->node == after;
	}
	return PATHS_NONE;
}

uint32_t paths_find(const struct paths *paths, const char *path,
		    bool *out_exact)
{
	uint32_t node = 0;

	while (*path == '/' && path[1]) {
		const size_t len = strcspn(path + 1, "/");
		const uint32_t child = paths_child(paths, node, path + 1, len);

		if (child == PATHS_NONE) {
			*out_exact = false;
			return node;
		}
		node = child;
		path += len + 1;
	}
	*out_exact = true;
	return node;
}
