/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mounts.h - the jail's own view of the host's mount tree.
 *
 * Knows mount(2) and its new calls. Knows nothing of rules: which directories
 * are treated how is the caller's to say. All of it acts on the mount
 * namespace that the caller stands in, which must be its own.
 */
#pragma once

#include <stdbool.h>

struct error;

/* Cuts the tree off from the host's and takes setuid from all of it. */
int mounts_isolate(struct error *err);

/* What a mount does not let happen, beside setuid and devices. */
struct mount_limits {
	bool read_only;
	bool no_exec;
};

/*
 * Copies what is mounted at and below PATH, and limits the copy; it is in no
 * tree yet. Returns a descriptor of it, owned by the caller, or -errno.
 */
int mounts_copy(const char *path, const struct mount_limits *limits,
		struct error *err);

/* Limits all that is mounted at and below PATH. */
int mounts_limit(const char *path, const struct mount_limits *limits,
		 struct error *err);

/* Puts the copy FD over PATH. */
int mounts_attach(int fd, const char *path, struct error *err);

/* Puts an empty, closed directory over PATH, if there is one. */
int mounts_hide(const char *path, struct error *err);

/*
 * Mounts the procfs of the calling process's pid namespace at /proc, with
 * what could change the machine read-only in it.
 */
int mounts_proc(struct error *err);

/*
 * Makes a new /dev that is in no tree yet: null, zero, full, random, urandom,
 * tty, a pts of its own, shm, the links to /proc/self/fd; and each further
 * device of EXTRA (a list of paths below /dev that ends in NULL; one that is
 * not there is left out). FILE, where it is not NULL, is bound read-only at AT,
 * a path below /dev, too. Returns a descriptor of it, owned by the caller, or
 * -errno.
 */
int mounts_dev(const char *const *extra, const char *file, const char *at,
	       struct error *err);
