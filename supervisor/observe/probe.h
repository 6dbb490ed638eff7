/* SPDX-License-Identifier: Apache-2.0 */
/* probe.h - whether tracing works here, found by letting it see something. */
#pragma once

struct error;

/*
 * Opens an observer, enrolls a throwaway process and lets it fork, exec and
 * end. 0 where all three were seen; else *err says what refused, or which did
 * not come. Takes some 10 ms. Nothing is left of it.
 */
int observer_probe(struct error *err);
