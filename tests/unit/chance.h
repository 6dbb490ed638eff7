/* SPDX-License-Identifier: Apache-2.0 */
/* chance.h - numbers that look random and are the same in every run. */
#pragma once

#include <stdint.h>

#define CHANCE_SEED 0x5eed2718ull

struct chance {
	uint64_t state; /* not 0 */
};

/* A number below LIMIT, which is not 0 (xorshift64*). */
static inline uint32_t chance_below(struct chance *chance, uint32_t limit)
{
	chance->state ^= chance->state >> 12;
	chance->state ^= chance->state << 25;
	chance->state ^= chance->state >> 27;
	return (uint32_t)((chance->state * 0x2545f4914f6cdd1dull) >> 33) %
	       limit;
}
