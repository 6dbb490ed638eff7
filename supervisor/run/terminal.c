/* SPDX-License-Identifier: Apache-2.0 */
#include "run/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

#include "base/error.h"
#include "base/own.h"

struct terminal {
	int fd;
	bool taken;
	struct termios modes; /* to be given back, while it is taken */
};

/* What a crash restores. A process has one terminal. */
static struct terminal *taken;

static const int crashes[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

/* The handler goes with its first call: the signal then does what it does. */
static void on_crash(int sig)
{
	if (taken)
		tcsetattr(taken->fd, TCSANOW, &taken->modes);
	raise(sig);
}

static void crashes_watch(bool watch)
{
	const struct sigaction action = {
		.sa_handler = watch ? on_crash : SIG_DFL,
		.sa_flags = (int)(watch ? SA_RESETHAND : 0),
	};

	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		sigaction(crashes[i], &action, NULL);
}

unsigned terminal_which(void)
{
	unsigned which = 0;

	for (int fd = 0; fd <= 2; fd++)
		if (isatty(fd))
			which |= 1u << fd;
	return which;
}

#define ANCESTORS_MAX 64

bool terminal_has_shell(void)
{
	pid_t pid = getppid();

	/* Up through those of our own group, as a script that started us. */
	for (int i = 0; i < ANCESTORS_MAX && pid > 0; i++) {
		CLEANUP(file_closep) FILE *file = NULL;
		char path[32], line[512];
		const char *at;
		int parent, group, session;

		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		file = fopen(path, "re");
		if (!file || !fgets(line, sizeof(line), file))
			return false;
		at = strrchr(line, ')');
		if (!at || sscanf(at, ") %*c %d %d %d", &parent, &group,
				  &session) != 3)
			return false;
		if (group != getpgrp())
			return session == getsid(0);
		pid = parent;
	}
	return false;
}

/*
 * The shell has the same description as we: to make it non-blocking would
 * outlive us. Another user's terminal (after su) opens by /dev/tty alone.
 */
static int reopen(int fd)
{
	const int flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	char path[32];
	int opened;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	opened = open(path, flags);
	return opened >= 0 ? opened : open("/dev/tty", flags);
}

int terminal_open(unsigned which, struct terminal **out_terminal,
		  struct error *err)
{
	CLEANUP(freep) struct terminal *terminal = calloc(1, sizeof(*terminal));

	if (!terminal)
		return error_set(err, -ENOMEM, "the terminal");
	terminal->fd = reopen(__builtin_ctz(which));
	if (terminal->fd < 0)
		return error_set(err, -errno, "the terminal");
	*out_terminal = TAKE_PTR(terminal);
	return 0;
}

void terminal_freep(struct terminal **terminal)
{
	if (*terminal) {
		terminal_give(*terminal);
		fd_closep(&(*terminal)->fd);
	}
	free(*terminal);
	*terminal = NULL;
}

int terminal_fd(const struct terminal *terminal)
{
	return terminal->fd;
}

bool terminal_is_ours(const struct terminal *terminal)
{
	const pid_t group = tcgetpgrp(terminal->fd);

	return group < 0 || group == getpgrp();
}

void terminal_take(struct terminal *terminal)
{
	struct termios raw;

	/* Taken again, since a shell may have set its own in between. */
	if (!terminal->taken && tcgetattr(terminal->fd, &terminal->modes) < 0)
		return;
	raw = terminal->modes;
	cfmakeraw(&raw);
	raw.c_cflag = terminal->modes.c_cflag;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	taken = terminal;
	crashes_watch(true);
	terminal->taken = tcsetattr(terminal->fd, TCSANOW, &raw) == 0;
}

void terminal_give(struct terminal *terminal)
{
	if (!terminal->taken)
		return;
	terminal->taken = false;
	taken = NULL;
	crashes_watch(false);
	if (!terminal_is_ours(terminal))
		return; /* whoever has it now has set its modes */
	tcsetattr(terminal->fd, TCSANOW, &terminal->modes);
	tcflush(terminal->fd, TCIFLUSH);
}

void terminal_line(const struct terminal *terminal, bool begin)
{
	struct termios modes;

	if (!terminal->taken || tcgetattr(terminal->fd, &modes) < 0)
		return;
	if (begin)
		modes.c_oflag |= OPOST | ONLCR;
	else
		modes.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(terminal->fd, TCSANOW, &modes);
}

void terminal_copy_size(const struct terminal *terminal, int pty_fd)
{
	struct winsize size;

	if (ioctl(terminal->fd, TIOCGWINSZ, &size) == 0)
		ioctl(pty_fd, TIOCSWINSZ, &size);
}

void terminal_copy_modes(const struct terminal *terminal, int pty_fd)
{
	struct termios modes;

	if (tcgetattr(terminal->fd, &modes) == 0 && modes.c_lflag & ICANON)
		tcsetattr(pty_fd, TCSANOW, &modes);
}
