/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec.h - execve and execveat: judged, then left to the kernel.
 *
 * Nobody can execute on another's behalf, so the call goes on after all that
 * the kernel will execute was judged: the file, a script's interpreters, the
 * loader. And mmap of a file to be executed, which a loader does on demand.
 */
#pragma once

struct work;

int execve_answer(struct work *work);
int execveat_answer(struct work *work);
int mmap_answer(struct work *work);
