/* SPDX-License-Identifier: Apache-2.0 */
/* quote.h - words as a person can copy them into a shell. */
#pragma once

#include <stddef.h>
#include <stdio.h>

/*
 * Writes the LEN bytes at TEXT to OUT as one word of a POSIX shell; what must
 * not reach a terminal comes out in the $'...' form of bash, zsh and ksh.
 */
void quote_shell(FILE *out, const char *text, size_t len);
