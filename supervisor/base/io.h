/* SPDX-License-Identifier: Apache-2.0 */
/* io.h - whole reads and writes, where read(2) and write(2) may do less. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct error;

/* Writes all LEN bytes. Returns 0 or -errno. */
int io_write_all(int fd, const void *data, size_t len);

/*
 * Writes TEXT and a newline, at once as far as the file takes it: what others
 * write there does not come between. Returns 0 or -errno.
 */
int io_write_line(int fd, const char *text);

/*
 * Reads up to LEN bytes, fewer only at the end of the file. Returns the count
 * or -errno.
 */
ssize_t io_read_all(int fd, void *data, size_t len);

/*
 * The whole file PATH (relative to DIR_FD), at most MAX bytes, NUL-terminated
 * in *out_data (freed by the caller) with its length in *out_len.
 *
 *   -EFBIG   the file is longer than MAX
 *   -errno   of openat(2) or read(2)
 */
int io_read_file(int dir_fd, const char *path, size_t max, char **out_data,
		 size_t *out_len, struct error *err);

/* Writes TEXT into the existing file PATH, as for files of /proc. */
int io_write_file(int dir_fd, const char *path, const char *text,
		  struct error *err);
