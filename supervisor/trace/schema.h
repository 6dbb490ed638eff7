/* SPDX-License-Identifier: Apache-2.0 */
/* schema.h - the tables of a trace, as SQL. */
#pragma once

#define SCHEMA_VERSION "1"

/* The tables, empty; and what is added when the trace is sealed. */
extern const char schema_create[];
extern const char schema_seal[];
