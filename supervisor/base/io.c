/* SPDX-License-Identifier: Apache-2.0 */
#include "base/io.h"

#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>

#include "base/error.h"
#include "base/own.h"

int io_write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int io_write_line(int fd, const char *text)
{
	const size_t len = strlen(text);
	const struct iovec parts[] = {
		{ (void *)text, len },
		{ (void *)"\n", 1 },
	};
	ssize_t n;
	int r = 0;

	do
		n = writev(fd, parts, ARRAY_SIZE(parts));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if ((size_t)n < len)
		r = io_write_all(fd, text + n, len - (size_t)n);
	if (r == 0 && (size_t)n <= len)
		r = io_write_all(fd, "\n", 1);
	return r;
}

ssize_t io_read_all(int fd, void *data, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = read(fd, (char *)data + have, len - have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		have += (size_t)n;
	}
	return (ssize_t)have;
}

int io_read_file(int dir_fd, const char *path, size_t max, char **out_data,
		 size_t *out_len, struct error *err)
{
	CLEANUP(fd_closep) int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC);
	CLEANUP(freep) char *data = NULL;
	ssize_t len;

	if (fd < 0)
		return error_set(err, -errno, "%s", path);
	data = malloc(max + 1);
	if (!data)
		return error_set(err, -ENOMEM, "%s", path);
	len = io_read_all(fd, data, max + 1);
	if (len < 0)
		return error_set(err, (int)len, "%s", path);
	if ((size_t)len > max)
		return error_set(err, -EFBIG, "%s", path);
	data[len] = '\0';
	*out_data = TAKE_PTR(data);
	*out_len = (size_t)len;
	return 0;
}

int io_write_file(int dir_fd, const char *path, const char *text,
		  struct error *err)
{
	CLEANUP(fd_closep) int fd = openat(dir_fd, path, O_WRONLY | O_CLOEXEC);
	int r;

	if (fd < 0)
		return error_set(err, -errno, "%s", path);
	r = io_write_all(fd, text, strlen(text));
	if (r < 0)
		return error_set(err, r, "%s", path);
	return 0;
}
