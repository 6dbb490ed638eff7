/* SPDX-License-Identifier: Apache-2.0 */
/* units.h - sizes, times and shares as people write them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* "4G", "512K": a whole number with B, K, M, G or T (of 1024). */
bool units_size(const char *text, uint64_t *out_bytes);

/* "90s", "5m", "2h", "1d": a whole number with ms, s, m, h or d. */
bool units_time(const char *text, uint64_t *out_ms);

/* "200%": a whole percentage from 1 on. */
bool units_share(const char *text, uint64_t *out_percent);

/* A whole number from 1 on. */
bool units_count(const char *text, uint64_t *out_count);

/* --- and back, in the largest unit that is exact; each returns BUF -------- */

#define UNITS_TEXT_MAX 32

const char *units_size_text(uint64_t bytes, char buf[UNITS_TEXT_MAX]);
const char *units_time_text(uint64_t ms, char buf[UNITS_TEXT_MAX]);
const char *units_share_text(uint64_t percent, char buf[UNITS_TEXT_MAX]);
const char *units_count_text(uint64_t count, char buf[UNITS_TEXT_MAX]);
