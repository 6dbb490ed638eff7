/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text.h - strings that come from a jail, made safe to print.
 *
 * A file name may hold any byte but NUL and '/'. Whatever is printed goes
 * through here, so that no name forges a line, a prompt or a colour.
 */
#pragma once

#include <stddef.h>
#include <stdio.h>

/*
 * Writes the LEN bytes at TEXT to OUT. Control bytes, DEL, a backslash and
 * every byte that is no part of valid, printable UTF-8 come out as \n, \t,
 * \\ or \xHH (bidirectional controls and line separators included).
 */
void text_escape(FILE *out, const char *text, size_t len);

/* How many of the LEN bytes at TEXT, from the first on, are valid UTF-8. */
size_t text_valid_length(const char *text, size_t len);

/*
 * Escapes into BUF of SIZE bytes, always terminated; what does not fit ends
 * in "...". Returns BUF.
 */
char *text_escaped(char *buf, size_t size, const char *text);
