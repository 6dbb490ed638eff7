/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/say.h"

#include <stdbool.h>
#include <string.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

#include "base/own.h"

/* A terminal that is lent to the agent is raw: it adds no return. */
static bool is_raw(void)
{
	struct termios mode;

	return tcgetattr(STDERR_FILENO, &mode) == 0 && !(mode.c_oflag & OPOST);
}

FILE *say_begin(struct say *say)
{
	say->out = open_memstream(&say->text, &say->len);
	if (say->out)
		fputs("agentjail: ", say->out);
	return say->out;
}

char *say_keep(struct say *say)
{
	FILE *out = TAKE_PTR(say->out);

	if (!out)
		return NULL;
	if (fclose(out) != 0)
		freep(&say->text);
	return TAKE_PTR(say->text);
}

void say_line(const char *line)
{
	const char *const before = is_raw() ? "\r" : "";
	const char *const after = is_raw() ? "\r\n" : "\n";
	const struct iovec parts[] = {
		{ (void *)before, strlen(before) },
		{ (void *)line, strlen(line) },
		{ (void *)after, strlen(after) },
	};
	ssize_t n;

	/* Who cannot be told is not told; the trace has it. */
	do
		n = writev(STDERR_FILENO, parts, ARRAY_SIZE(parts));
	while (n < 0 && errno == EINTR);
}

void say_endp(struct say *say)
{
	CLEANUP(freep) char *line = say_keep(say);

	if (line)
		say_line(line);
}
