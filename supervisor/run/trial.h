/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trial.h - tries a mechanism on a throwaway process: that it loads proves
 * nothing, only that it fires.
 *
 * Each returns 0 with what was seen in OUT_TEXT, or -errno with the reason.
 * Nothing of a trial is left when it returns.
 */
#pragma once

#include <stddef.h>

struct error;
struct invoker;

/* A call waits at a listener and gets the answer that it is given. */
int trial_notify(const struct invoker *invoker, char *out_text, size_t size,
		 struct error *err);

/* An open that no rule allows fails. */
int trial_landlock(const struct invoker *invoker, char *out_text, size_t size,
		   struct error *err);

/* All processes of a pid namespace die with its init. */
int trial_namespaces(const struct invoker *invoker, char *out_text, size_t size,
		     struct error *err);

/* A mount can be made in a mount namespace, and shuts out what it should. */
int trial_mounts(const struct invoker *invoker, char *out_text, size_t size,
		 struct error *err);
