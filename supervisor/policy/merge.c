/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.c - what a chain of profiles comes to where no objects are ranked:
 * `otherwise` and the settings. A profile's own word beats what it inherits;
 * between several parents the stricter one holds.
 */
#include <string.h>

#include "base/error.h"
#include "base/own.h"
#include "policy/body.h"
#include "profile/arena.h"
#include "profile/load.h"
#include "terms/verdict.h"

static const struct profile_settings defaults = {
	.tmp = TMP_PRIVATE,
	.trace_size = POLICY_TRACE_SIZE,
	.on_supervisor_death = DEATH_KILL,
	.limits = { [LIMIT_TIME_VERDICT] = ABI_PAUSE },
};

/* A number that one profile states, and which of two parents' is stricter. */
struct field {
	bool (*get)(const struct profile *profile, int which,
		    uint64_t *out_value);
	bool is_less_stricter;
};

static bool get_otherwise(const struct profile *profile, int which,
			  uint64_t *out_value)
{
	*out_value = profile->otherwise[which];
	return profile->has_otherwise[which];
}

static bool get_limit(const struct profile *profile, int which,
		      uint64_t *out_value)
{
	*out_value = profile->settings.limits[which];
	return profile->settings.has_limit[which];
}

static bool get_tmp(const struct profile *profile, int which,
		    uint64_t *out_value)
{
	(void)which;
	*out_value = profile->settings.tmp;
	return *out_value != TMP_UNSTATED;
}

static bool get_death(const struct profile *profile, int which,
		      uint64_t *out_value)
{
	(void)which;
	*out_value = profile->settings.on_supervisor_death;
	return *out_value != DEATH_UNSTATED;
}

static bool get_trace(const struct profile *profile, int which,
		      uint64_t *out_value)
{
	(void)which;
	*out_value = profile->settings.trace_size;
	return *out_value != 0;
}

static const struct field otherwise_field = { get_otherwise, false };
static const struct field number_field = { get_limit, true };
static const struct field time_verdict_field = { get_limit, false };
static const struct field tmp_field = { get_tmp, false };
static const struct field death_field = { get_death, false };
static const struct field trace_field = { get_trace, false };

static const struct field *limit_field(int limit)
{
	return limit == LIMIT_TIME_VERDICT ? &time_verdict_field
					   : &number_field;
}

/*
 * The value of a field over the whole chain. False: no profile states it.
 * Those that another one that states it inherits do not count.
 */
static bool field_merge(const struct profile_set *set,
			const struct field *field, int which,
			uint64_t *out_value)
{
	uint64_t hidden = 0, value = 0;
	bool has = false;

	for (size_t i = 0; i < set->count; i++)
		if (field->get(set->profiles[i], which, &value))
			hidden |= set->inherits[i];
	for (size_t i = 0; i < set->count; i++) {
		if ((hidden >> i & 1) ||
		    !field->get(set->profiles[i], which, &value))
			continue;
		if (!has || (value < *out_value) == field->is_less_stricter)
			*out_value = value;
		has = true;
	}
	return has;
}

static char *copy(struct policy *policy, const char *text)
{
	return arena_copy(policy->arena, text, strlen(text));
}

/* Appends TEXTS to the list, each once. */
static int texts_join(struct policy *policy, const struct profile_text *texts,
		      size_t count, const struct profile_text **io_list,
		      size_t *io_count, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		struct profile_text *list;
		bool has = false;

		for (size_t j = 0; !has && j < *io_count; j++)
			has = strcmp((*io_list)[j].text, texts[i].text) == 0;
		if (has)
			continue;
		list = arena_grow(policy->arena, (void *)*io_list, *io_count,
				  sizeof(*list));
		if (!list)
			return place_no_memory(err);
		list[*io_count].at = (struct place){ .file = "" };
		list[*io_count].text = copy(policy, texts[i].text);
		if (!list[*io_count].text)
			return place_no_memory(err);
		*io_list = list;
		++*io_count;
	}
	return 0;
}

/* PROFILE's word on NAME, the last one of flags, or NULL. */
static const struct profile_pair *pair_of(const struct profile *profile,
					  const char *name)
{
	for (size_t i = profile->settings.set_count; i-- > 0;)
		if (strcmp(profile->settings.set[i].name, name) == 0)
			return &profile->settings.set[i];
	return NULL;
}

/* The value of NAME over the whole chain: two parents must agree. */
static int pair_merge(const struct profile_set *set, const char *name,
		      const struct profile_pair **out_pair, struct error *err)
{
	const struct profile_pair *found = NULL;
	uint64_t hidden = 0;

	for (size_t i = 0; i < set->count; i++)
		if (pair_of(set->profiles[i], name))
			hidden |= set->inherits[i];
	for (size_t i = 0; i < set->count; i++) {
		const struct profile_pair *pair =
			pair_of(set->profiles[i], name);

		if (!pair || (hidden >> i & 1))
			continue;
		if (found && strcmp(found->value, pair->value) != 0)
			return place_error(err, &pair->at,
					   "%s is set otherwise by %s, "
					   "expected the profile that extends "
					   "both to set it",
					   name, found->at.file);
		found = pair;
	}
	*out_pair = found;
	return 0;
}

static int pair_add(struct policy *policy, const struct profile_pair *pair,
		    struct error *err)
{
	struct profile_settings *settings = &policy->settings;
	struct profile_pair *list;

	for (size_t i = 0; i < settings->set_count; i++)
		if (strcmp(settings->set[i].name, pair->name) == 0)
			return 0;
	list = arena_grow(policy->arena, (void *)settings->set,
			  settings->set_count, sizeof(*list));
	if (!list)
		return place_no_memory(err);
	list[settings->set_count] = (struct profile_pair){
		.at = { .file = "" },
		.name = copy(policy, pair->name),
		.value = copy(policy, pair->value),
	};
	if (!list[settings->set_count].name || !list[settings->set_count].value)
		return place_no_memory(err);
	settings->set = list;
	settings->set_count++;
	return 0;
}

static int hide_join(struct policy *policy, const struct profile *profile,
		     struct error *err)
{
	struct profile_settings *settings = &policy->settings;

	for (size_t i = 0; i < profile->settings.hide_count; i++) {
		const struct path_object *hide = &profile->settings.hide[i];
		struct path_object *list =
			arena_grow(policy->arena, (void *)settings->hide,
				   settings->hide_count, sizeof(*list));
		char *anchor = copy(policy, hide->anchor);

		if (!list || !anchor)
			return place_no_memory(err);
		list[settings->hide_count++] =
			(struct path_object){ PATH_TREE, anchor, NULL, anchor };
		settings->hide = list;
	}
	return 0;
}

/* Which variables are kept: a child's `only` replaces all that it inherits. */
static int names_join(struct policy *policy, const struct profile_set *set,
		      struct error *err)
{
	struct profile_settings *to = &policy->settings;
	uint64_t hidden = 0;

	for (size_t i = 0; i < set->count; i++)
		if (set->profiles[i]->settings.has_only)
			hidden |= set->inherits[i];
	for (size_t i = 0; i < set->count; i++) {
		const struct profile_settings *from =
			&set->profiles[i]->settings;

		if (hidden >> i & 1)
			continue;
		to->has_only = to->has_only || from->has_only;
		if (texts_join(policy, from->keep, from->keep_count, &to->keep,
			       &to->keep_count, err) < 0 ||
		    texts_join(policy, from->only, from->only_count, &to->only,
			       &to->only_count, err) < 0)
			return err->code;
	}
	if (!to->has_only)
		return 0;
	/* What is kept beside it is one more of them. */
	if (texts_join(policy, to->keep, to->keep_count, &to->only,
		       &to->only_count, err) < 0)
		return err->code;
	to->keep_count = 0;
	return 0;
}

/* What one profile sets and hides. */
static int lists_join(struct policy *policy, const struct profile_set *set,
		      size_t index, struct error *err)
{
	const struct profile_settings *from = &set->profiles[index]->settings;

	for (size_t i = 0; i < from->set_count; i++) {
		const struct profile_pair *pair = NULL;

		if (pair_merge(set, from->set[i].name, &pair, err) < 0 ||
		    pair_add(policy, pair, err) < 0)
			return err->code;
	}
	return hide_join(policy, set->profiles[index], err);
}

static void numbers_merge(struct policy *policy, const struct profile_set *set)
{
	struct profile_settings *settings = &policy->settings;
	uint64_t value = 0;

	for (int cls = 0; cls < PROFILE_CLASSES; cls++) {
		policy->otherwise[cls] = ABI_DENY;
		if (field_merge(set, &otherwise_field, cls, &value))
			policy->otherwise[cls] = (enum abi_verdict)value;
	}
	for (int i = 0; i < PROFILE_LIMITS; i++)
		if (field_merge(set, limit_field(i), i, &settings->limits[i]))
			settings->has_limit[i] = true;
	if (field_merge(set, &tmp_field, 0, &value))
		settings->tmp = (enum profile_tmp)value;
	if (field_merge(set, &death_field, 0, &value))
		settings->on_supervisor_death = (enum profile_death)value;
	if (field_merge(set, &trace_field, 0, &value))
		settings->trace_size = value;
}

/* Flags narrow the limits of the profile, and never widen them. */
static int limits_check(const struct profile_set *set, struct error *err)
{
	const struct profile *flags = set->count ? set->profiles[set->count - 1]
						 : NULL;
	struct profile_set parents = *set;
	char buf[UNITS_TEXT_MAX];

	if (!flags || !flags->is_flags)
		return 0;
	parents.count--;
	for (int i = 0; i < PROFILE_LIMITS; i++) {
		const uint64_t own = flags->settings.limits[i];
		const bool is_time_verdict = i == LIMIT_TIME_VERDICT;
		uint64_t most = 0;

		if (!flags->settings.has_limit[i] ||
		    !field_merge(&parents, limit_field(i), i, &most) ||
		    (is_time_verdict ? own >= most : own <= most))
			continue;
		return place_error(
			err, &(struct place){ .file = "command line: --limit" },
			"%s is wider than the profile's, expected %s%s",
			profile_limit_name(i),
			is_time_verdict ? "" : "at most ",
			profile_limit_text(i, most, buf));
	}
	return 0;
}

int policy_merge(struct policy *policy, const struct profile_set *set,
		 struct error *err)
{
	const struct profile *own = NULL;
	const char *owner = NULL;

	if (limits_check(set, err) < 0)
		return err->code;
	policy->settings = defaults;
	numbers_merge(policy, set);
	for (size_t i = 0; i < set->count; i++) {
		/* The run's own profile is the last one that has a file. */
		if (set->paths[i])
			own = set->profiles[i];
		if (set->profiles[i]->owner)
			owner = set->profiles[i]->owner;
	}
	if (names_join(policy, set, err) < 0)
		return err->code;
	for (size_t i = 0; i < set->count; i++)
		if (lists_join(policy, set, i, err) < 0)
			return err->code;
	policy->name = copy(policy, own ? own->name : "");
	policy->owner = owner ? copy(policy, owner) : NULL;
	if (!policy->name || (owner && !policy->owner))
		return place_no_memory(err);
	return 0;
}
