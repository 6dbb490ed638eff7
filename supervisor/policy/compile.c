/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/compile.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "policy/body.h"
#include "profile/arena.h"
#include "profile/load.h"
#include "terms/op.h"
#include "terms/verdict.h"

/* A policy in the making. */
struct compiler {
	struct policy *policy;
	const struct profile_set *set;
	const struct policy_host *host;
};

/* Where a rule was written, and what of it all its objects share. */
struct origin {
	int profile;
	struct place at;
	struct policy_rule rule; /* but for its object */
};

static char *copy(const struct compiler *c, const char *text)
{
	return arena_copy(c->policy->arena, text, strlen(text));
}

/* Appends a rule on OBJECT; its index in *out_index. */
static int rule_add(struct compiler *c, const struct origin *origin,
		    const char *object, int *out_index, struct error *err)
{
	struct policy *policy = c->policy;
	const size_t n = policy->rule_count;

	if (n >= POLICY_RULES_MAX)
		return place_error(err, &origin->at,
				   "too many rules, expected at most %d with "
				   "all that is extended",
				   POLICY_RULES_MAX);
	policy->rules = arena_grow(policy->arena, policy->rules, n,
				   sizeof(*policy->rules));
	policy->bodies = arena_grow(policy->arena, policy->bodies, n,
				    sizeof(*policy->bodies));
	if (!policy->rules || !policy->bodies)
		return place_no_memory(err);
	policy->rules[n] = origin->rule;
	policy->rules[n].object = copy(c, object);
	if (!policy->rules[n].object)
		return place_no_memory(err);
	policy->bodies[n] =
		(struct policy_body){ .profile = origin->profile, .next = -1 };
	policy->rule_count = n + 1;
	*out_index = (int)n;
	return 0;
}

/* The operations on which A and B would have to agree. */
static uint32_t shared_ops(const struct policy_rule *a,
			   const struct policy_rule *b)
{
	uint32_t ops = a->ops & b->ops;

	/* A rule that names append beats one that does not. */
	if (a->names_append != b->names_append)
		ops &= ~OPS_APPEND;
	return ops;
}

static int contradiction(const struct compiler *c, const struct origin *origin,
			 int rule, int other, struct error *err)
{
	const struct policy_rule *a = &c->policy->rules[rule];
	const struct policy_rule *b = &c->policy->rules[other];

	return place_error(err, &origin->at,
			   "%s of %s contradicts %s in line %d, expected one "
			   "verdict for an operation on an object",
			   verdict_name(a->verdict), a->object,
			   verdict_name(b->verdict), b->line);
}

/* The rule of the same profile in GROUP that contradicts RULE, or -1. */
static int find_contradiction(const struct policy *policy,
			      const struct paths_group *group, int rule)
{
	const struct policy_rule *new = &policy->rules[rule];

	for (const struct paths_entry *e = group->entries; e; e = e->next) {
		const struct policy_rule *old = &policy->rules[e->rule];

		if (e->rule != rule && e->is_by_name &&
		    policy->bodies[e->rule].profile ==
			    policy->bodies[rule].profile &&
		    old->verdict != new->verdict &&shared_ops(old, new))
			return e->rule;
	}
	return -1;
}

/*
 * /proc/self is whoever acts, and so is what leads through it, as /dev/fd
 * does: where it leads while the policy is made is nobody's business.
 */
static bool is_of_actor(const char *path)
{
	static const char *const names[] = { "/proc/self",
					     "/proc/thread-self" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const size_t len = strlen(names[i]);

		if (strncmp(path, names[i], len) == 0 &&
		    (!path[len] || path[len] == '/'))
			return true;
	}
	return false;
}

/* Takes "/proc/NUMBER", where a link led, for the acting process. */
static void binding_to_actor(const char *anchor, struct policy_binding *binding)
{
	static const char proc[] = "/proc/";
	const size_t len = strlen(proc);
	const size_t digits = strspn(binding->path + len, "0123456789");
	char rest[PATH_MAX];

	if (strncmp(binding->path, proc, len) != 0 || !digits ||
	    strncmp(anchor, proc, len) == 0)
		return;
	strcpy(rest, binding->path + len + digits);
	snprintf(binding->path, sizeof(binding->path), "%sself%.4080s", proc,
		 rest);
	binding->exists = false;
	binding->found = len - 1; /* /proc itself */
}

/* Binds rule INDEX where its path led: another name, and an identity. */
static int bind_canonical(struct compiler *c, int index, uint32_t named,
			  struct error *err)
{
	struct policy *policy = c->policy;
	struct policy_path *path = &policy->bodies[index].path;
	struct policy_binding binding = { .exists = false };
	uint32_t node = named;

	if (!c->host || is_of_actor(path->anchor) ||
	    c->host->resolve(c->host->context, path->anchor, &binding) < 0)
		return 0;
	binding_to_actor(path->anchor, &binding);
	if (strcmp(binding.path, path->anchor) != 0) {
		path->canonical = copy(c, binding.path);
		if (!path->canonical ||
		    !paths_add(policy->paths, path->kind, path->canonical,
			       path->tail, index, false, &node))
			return place_no_memory(err);
	}
	path->found = binding.found;
	path->exists = binding.exists;
	path->is_directory = binding.is_directory;
	path->dev = binding.dev;
	path->ino = binding.ino;
	if (path->exists &&
	    (path->kind == PATH_TREE || path->kind == PATH_SELF) &&
	    !paths_bind(policy->paths, node, path->dev, path->ino))
		return place_no_memory(err);
	return 0;
}

static int path_add(struct compiler *c, const struct origin *origin,
		    const struct path_object *object, const char *text,
		    struct error *err)
{
	struct policy *policy = c->policy;
	struct policy_path *path;
	struct paths_group *group;
	uint32_t node = 0;
	int index = -1, other;

	if (rule_add(c, origin, text, &index, err) < 0)
		return err->code;
	policy->bodies[index].has_path = true;
	path = &policy->bodies[index].path;
	path->kind = object->kind;
	path->anchor = copy(c, object->anchor);
	path->canonical = path->anchor;
	path->tail = object->tail ? copy(c, object->tail) : NULL;
	if (!path->anchor || (object->tail && !path->tail))
		return place_no_memory(err);
	group = paths_add(policy->paths, path->kind, path->anchor, path->tail,
			  index, true, &node);
	if (!group)
		return place_no_memory(err);
	other = find_contradiction(policy, group, index);
	if (other >= 0)
		return contradiction(c, origin, index, other, err);
	return bind_canonical(c, index, node, err);
}

static bool same_network(const struct network_object *a,
			 const struct network_object *b)
{
	return a->kind == b->kind && a->is_udp == b->is_udp &&
	       a->port_low == b->port_low && a->port_high == b->port_high &&
	       a->prefix == b->prefix &&
	       memcmp(a->address, b->address, sizeof(a->address)) == 0 &&
	       (!a->name || strcmp(a->name, b->name) == 0);
}

/* Puts rule INDEX among the rules on the same object, or first on its own. */
static int network_join(struct compiler *c, const struct origin *origin,
			int index, struct error *err)
{
	struct policy *policy = c->policy;
	struct policy_body *bodies = policy->bodies;
	int *last = NULL;

	for (size_t i = 0; !last && i < policy->network_count; i++)
		if (same_network(&bodies[policy->networks[i]].network,
				 &bodies[index].network))
			last = &policy->networks[i];
	for (; last && *last >= 0; last = &bodies[*last].next)
		if (bodies[*last].profile == origin->profile &&
		    policy->rules[*last].verdict != origin->rule.verdict &&
		    shared_ops(&policy->rules[*last], &origin->rule))
			return contradiction(c, origin, index, *last, err);
	if (last) {
		*last = index;
		return 0;
	}
	policy->networks = arena_grow(policy->arena, policy->networks,
				      policy->network_count, sizeof(int));
	if (!policy->networks)
		return place_no_memory(err);
	policy->networks[policy->network_count++] = index;
	return 0;
}

static int network_add(struct compiler *c, const struct origin *origin,
		       const struct network_object *object, struct error *err)
{
	struct policy *policy = c->policy;
	struct network_object *own;
	int index = -1;

	if (object->kind == NETWORK_UNIX_PATH)
		return path_add(c, origin, &object->path, object->text, err);
	if (rule_add(c, origin, object->text, &index, err) < 0)
		return err->code;
	if (c->set->profiles[origin->profile]->no_network &&
	    object->kind == NETWORK_ANY && origin->rule.verdict == ABI_DENY)
		policy->no_network = index;
	policy->bodies[index].has_network = true;
	own = &policy->bodies[index].network;
	*own = *object;
	own->text = policy->rules[index].object;
	own->name = object->name ? copy(c, object->name) : NULL;
	if (object->name && !own->name)
		return place_no_memory(err);
	return network_join(c, origin, index, err);
}

static int power_add(struct compiler *c, struct origin *origin,
		     const struct profile_object *object, struct error *err)
{
	int index = -1;

	for (size_t i = 0; i < c->policy->rule_count; i++) {
		const struct policy_rule *other = &c->policy->rules[i];

		if (other->cls == PROFILE_POWERS &&
		    other->power == object->power &&
		    c->policy->bodies[i].profile == origin->profile &&
		    other->verdict != origin->rule.verdict) {
			if (rule_add(c, origin, object->text, &index, err) < 0)
				return err->code;
			return contradiction(c, origin, index, (int)i, err);
		}
	}
	origin->rule.power = object->power;
	return rule_add(c, origin, object->text, &index, err);
}

/* A rule that binds nothing stays, so that a person can be told. */
static int empty_add(struct compiler *c, const struct origin *origin,
		     const struct profile_object *object, struct error *err)
{
	struct origin empty = *origin;
	int index = -1;

	empty.rule.binds_nothing = true;
	return rule_add(c, &empty, object->text, &index, err);
}

static int object_add(struct compiler *c, struct origin *origin,
		      const struct profile_object *object, struct error *err)
{
	int r = 0;

	origin->at = object->at;
	if (origin->rule.cls == PROFILE_POWERS)
		return power_add(c, origin, object, err);
	if (!object->paths.count && !object->networks.count)
		return empty_add(c, origin, object, err);
	for (size_t i = 0; r == 0 && i < object->paths.count; i++)
		r = path_add(c, origin, &object->paths.items[i],
			     object->paths.items[i].text, err);
	for (size_t i = 0; r == 0 && i < object->networks.count; i++)
		r = network_add(c, origin, &object->networks.items[i], err);
	return r;
}

static int profile_add(struct compiler *c, int index, struct error *err)
{
	const struct profile *profile = c->set->profiles[index];
	const char *base = copy(c, profile->base);
	const char *owner = profile->owner ? copy(c, profile->owner) : NULL;

	if (!base || (profile->owner && !owner))
		return place_no_memory(err);
	for (size_t i = 0; i < profile->rule_count; i++) {
		const struct profile_rule *rule = &profile->rules[i];
		struct origin origin = {
			.profile = index,
			.at = rule->at,
			.rule = { .profile = base,
				  .line = rule->at.line,
				  .verdict = rule->verdict,
				  .ops = rule->ops,
				  .lock = rule->lock,
				  .cls = rule->cls,
				  .names_append = rule->names_append,
				  .owner = owner },
		};

		if (rule->reason &&
		    !(origin.rule.reason = copy(c, rule->reason)))
			return place_no_memory(err);
		for (size_t j = 0; j < rule->object_count; j++)
			if (object_add(c, &origin, &rule->objects[j], err) < 0)
				return err->code;
	}
	return 0;
}

/* What decides over agents is out of every agent's reach. */
static int protect(struct compiler *c, const char *path, struct error *err)
{
	const struct path_object object = { PATH_TREE, path, NULL, path };
	const struct origin origin = {
		.profile = POLICY_SYNTHETIC,
		.at = { .file = "agentjail" },
		.rule = { .profile = "agentjail",
			  .reason = "agentjail's own configuration",
			  .verdict = ABI_DENY,
			  .ops = OPS_MODIFY,
			  .lock = true,
			  .cls = PROFILE_FILES },
	};

	return path_add(c, &origin, &object, path, err);
}

static int protect_all(struct compiler *c, struct error *err)
{
	static const char *const dirs[] = { "/usr/share/agentjail",
					    "/etc/agentjail" };
	const struct profile_set *set = c->set;
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (protect(c, dirs[i], err) < 0)
			return err->code;
	for (size_t i = 0; i < set->count; i++)
		if ((set->paths[i] && protect(c, set->paths[i], err) < 0) ||
		    (set->names[i] && protect(c, set->names[i], err) < 0))
			return err->code;
	if (!set->home)
		return 0;
	if (snprintf(path, sizeof(path), "%s/.config/agentjail", set->home) >=
	    (int)sizeof(path))
		return error_say(err, -EINVAL, "the home's path is too long");
	return protect(c, path, err);
}

/* The one rule that opens something without being asked for. */
static int own_sockets_add(struct compiler *c, struct error *err)
{
	const struct origin origin = {
		.profile = POLICY_SYNTHETIC,
		.at = { .file = "agentjail" },
		.rule = { .profile = "agentjail",
			  .reason = "a socket of this jail",
			  .verdict = ABI_ALLOW,
			  .ops = OP_BIT(ABI_OP_CONNECT),
			  .cls = PROFILE_NETWORK },
	};

	return rule_add(c, &origin, "own:*", &c->policy->own_sockets, err);
}

/* An empty policy for SET. */
static struct policy *policy_new(const struct profile_set *set)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new();
	struct policy *policy;

	if (!arena)
		return NULL;
	policy = arena_alloc(arena, sizeof(*policy));
	if (!policy)
		return NULL;
	policy->paths = paths_new(arena);
	if (!policy->paths)
		return NULL;
	policy->profile_count = set->count;
	memcpy(policy->inherits, set->inherits, sizeof(policy->inherits));
	policy->no_network = -1;
	policy->arena = TAKE_PTR(arena);
	return policy;
}

int policy_compile(const struct profile_set *set,
		   const struct policy_host *host, struct policy **out_policy,
		   struct error *err)
{
	CLEANUP(policy_freep) struct policy *policy = policy_new(set);
	struct compiler c = { policy, set, host };

	if (!policy)
		return place_no_memory(err);
	for (size_t i = 0; i < set->count; i++)
		if (profile_add(&c, (int)i, err) < 0)
			return err->code;
	if (own_sockets_add(&c, err) < 0 || protect_all(&c, err) < 0 ||
	    policy_merge(policy, set, err) < 0)
		return err->code;
	*out_policy = TAKE_PTR(policy);
	return 0;
}
