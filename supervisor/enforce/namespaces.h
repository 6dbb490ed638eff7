/* SPDX-License-Identifier: Apache-2.0 */
/*
 * namespaces.h - what the jail has of its own: mounts, processes, IPC, names,
 * and users where an ordinary user starts it.
 *
 * Sources: namespaces(7), user_namespaces(7), pid_namespaces(7).
 */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

struct error;

/*
 * Moves the calling process, which must have one thread, into mount, IPC and
 * UTS namespaces of its own; with AS_USER first into a user namespace in
 * which UID and GID stand for themselves and nobody else exists.
 *
 *   -EPERM, -ENOSPC   user namespaces are forbidden here; the text says by
 *                     what and how to allow them
 */
int namespaces_enter(bool as_user, uid_t uid, gid_t gid, struct error *err);

/*
 * As fork(), the child being pid 1 of a new pid namespace. Returns the child's
 * pid to the parent, with a pidfd in *out_pidfd, 0 to the child, or -errno.
 */
pid_t namespaces_fork_init(int *out_pidfd, struct error *err);

/*
 * The pid namespace of PID, as PROC_FD (a procfs) numbers it: a descriptor
 * that the caller owns, or -errno. Behind Landlock it is too late for that.
 */
int namespaces_open_pid(int proc_fd, pid_t pid, struct error *err);

/*
 * Makes later children of the calling thread processes of the pid namespace
 * NS_FD. The thread can start no thread from then on.
 */
int namespaces_join_pid(int ns_fd, struct error *err);
