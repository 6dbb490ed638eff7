/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/image.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define HEAD_BYTES 256 /* what the kernel looks at (linux/binfmts.h) */
#define PROGRAM_HEADERS_BYTES_MAX 65536
#define MACHINE EM_X86_64

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* As load_script() takes a line apart. */
static int script_read(const char head[HEAD_BYTES], struct image *out_image)
{
	const char *end = memchr(head, '\n', HEAD_BYTES);
	const char *at = head + 2, *stop;

	if (!end)
		end = memchr(head, '\0', HEAD_BYTES);
	if (!end) /* cut: good as long as the name itself is whole */
		end = head + HEAD_BYTES;
	while (at < end && is_blank(*at))
		at++;
	for (stop = at; stop < end && *stop && !is_blank(*stop); stop++)
		;
	if (stop == at || stop == head + HEAD_BYTES)
		return -ENOEXEC;
	out_image->kind = IMAGE_SCRIPT;
	memcpy(out_image->next, at, (size_t)(stop - at));
	out_image->next[stop - at] = '\0';
	return 0;
}

static int exactly(int fd, void *data, size_t len, uint64_t offset)
{
	ssize_t n = offset > INT64_MAX ? -1
				       : pread(fd, data, len, (off_t)offset);

	if (n < 0 && errno != EINVAL)
		return -errno;
	return n == (ssize_t)len ? 0 : -ENOEXEC;
}

static int loader_read(int fd, const Elf64_Phdr *header,
		       struct image *out_image)
{
	int r;

	if (header->p_filesz < 2 || header->p_filesz > PATH_MAX)
		return -ENOEXEC;
	r = exactly(fd, out_image->next, header->p_filesz, header->p_offset);
	if (r < 0)
		return r;
	return out_image->next[header->p_filesz - 1] ? -ENOEXEC : 0;
}

static int program_read(int fd, const char head[HEAD_BYTES],
			struct image *out_image)
{
	Elf64_Ehdr elf;

	memcpy(&elf, head, sizeof(elf));
	if (elf.e_ident[EI_CLASS] != ELFCLASS64 || elf.e_machine != MACHINE ||
	    (elf.e_type != ET_EXEC && elf.e_type != ET_DYN) ||
	    elf.e_phentsize != sizeof(Elf64_Phdr) ||
	    elf.e_phnum * sizeof(Elf64_Phdr) > PROGRAM_HEADERS_BYTES_MAX)
		return -ENOEXEC;
	out_image->kind = IMAGE_PROGRAM;
	out_image->next[0] = '\0';
	for (unsigned i = 0; i < elf.e_phnum; i++) {
		Elf64_Phdr header = { 0 };
		int r = exactly(fd, &header, sizeof(header),
				elf.e_phoff + i * sizeof(header));

		if (r < 0)
			return r;
		if (header.p_type == PT_INTERP)
			return loader_read(fd, &header, out_image);
	}
	return 0;
}

int image_read(int fd, struct image *out_image)
{
	char head[HEAD_BYTES] = { 0 };
	ssize_t n = pread(fd, head, sizeof(head), 0);

	if (n < 0)
		return -errno;
	if (n >= 2 && head[0] == '#' && head[1] == '!')
		return script_read(head, out_image);
	if (n >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0)
		return program_read(fd, head, out_image);
	/* The kernel may know more, by programs of the host's (binfmt_misc). */
	return -ENOEXEC;
}
