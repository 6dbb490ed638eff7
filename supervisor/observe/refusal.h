/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refusal.h - why a kernel would not take eBPF programs, in words for a person.
 *
 * Knows what libbpf and the kernel say. Knows no program.
 */
#pragma once

struct error;

/* From here on libbpf prints nothing; its first complaint is kept instead. */
void refusal_listen(void);

/*
 * States that WHAT failed with CODE (negative errno), what the likely cause
 * is and what to do about it, and what libbpf said. Returns CODE.
 */
int refusal_explain(int code, const char *what, struct error *err);
