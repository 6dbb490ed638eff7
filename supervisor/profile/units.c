/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/units.h"

#include <ctype.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"

struct unit {
	const char *word;
	uint64_t factor;
};

static const struct unit sizes[] = {
	{ "B", 1 },
	{ "K", 1ull << 10 },
	{ "M", 1ull << 20 },
	{ "G", 1ull << 30 },
	{ "T", 1ull << 40 },
	{ "KiB", 1ull << 10 },
	{ "MiB", 1ull << 20 },
	{ "GiB", 1ull << 30 },
	{ "TiB", 1ull << 40 },
};

static const struct unit times[] = {
	{ "ms", 1 },	  { "s", 1000 },     { "m", 60000 },
	{ "h", 3600000 }, { "d", 86400000 },
};

static const struct unit shares[] = { { "%", 1 } };
static const struct unit counts[] = { { "", 1 } };

/* A whole number from 1 on, then one of the words. */
static bool units_parse(const struct unit *units, size_t count,
			const char *text, uint64_t *out_value)
{
	uint64_t value = 0;

	if (!isdigit((unsigned char)*text))
		return false;
	for (; isdigit((unsigned char)*text); text++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*text - '0'),
					   &value))
			return false;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, units[i].word) != 0)
			continue;
		if (!value ||
		    __builtin_mul_overflow(value, units[i].factor, &value))
			return false;
		*out_value = value;
		return true;
	}
	return false;
}

bool units_size(const char *text, uint64_t *out_bytes)
{
	return units_parse(sizes, ARRAY_SIZE(sizes), text, out_bytes);
}

bool units_time(const char *text, uint64_t *out_ms)
{
	return units_parse(times, ARRAY_SIZE(times), text, out_ms);
}

bool units_share(const char *text, uint64_t *out_percent)
{
	return units_parse(shares, ARRAY_SIZE(shares), text, out_percent);
}

bool units_count(const char *text, uint64_t *out_count)
{
	return units_parse(counts, ARRAY_SIZE(counts), text, out_count);
}

static const char *units_text(const struct unit *units, size_t count,
			      uint64_t value, char buf[UNITS_TEXT_MAX])
{
	const struct unit *best = &units[0];

	for (size_t i = 1; i < count; i++)
		if (value && value % units[i].factor == 0 &&
		    units[i].factor > best->factor)
			best = &units[i];
	snprintf(buf, UNITS_TEXT_MAX, "%" PRIu64 "%s", value / best->factor,
		 best->word);
	return buf;
}

const char *units_size_text(uint64_t bytes, char buf[UNITS_TEXT_MAX])
{
	return units_text(sizes, ARRAY_SIZE(sizes), bytes, buf);
}

const char *units_time_text(uint64_t ms, char buf[UNITS_TEXT_MAX])
{
	return units_text(times, ARRAY_SIZE(times), ms, buf);
}

const char *units_share_text(uint64_t percent, char buf[UNITS_TEXT_MAX])
{
	return units_text(shares, ARRAY_SIZE(shares), percent, buf);
}

const char *units_count_text(uint64_t count, char buf[UNITS_TEXT_MAX])
{
	return units_text(counts, ARRAY_SIZE(counts), count, buf);
}
