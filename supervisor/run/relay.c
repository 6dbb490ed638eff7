/* SPDX-License-Identifier: Apache-2.0 */
#include "run/relay.h"

#include <string.h>

#include "base/error.h"
#include "base/own.h"

#define OUTPUT_BYTES ((size_t)64 * 1024)
#define INPUT_BYTES ((size_t)4 * 1024)

/* What was read and not written yet: LEN bytes from HEAD. */
struct flow {
	char *bytes;
	size_t size, head, len;
};

struct relay {
	int terminal_fd; /* -1: it is gone */
	int pty_fd;	 /* -1: nobody has the other side open */
	struct flow output;
	struct flow input;
	char output_bytes[OUTPUT_BYTES];
	char input_bytes[INPUT_BYTES];
};

int relay_make(int terminal_fd, int pty_fd, struct relay **out_relay,
	       struct error *err)
{
	struct relay *relay = malloc(sizeof(*relay));

	if (!relay)
		return error_set(err, -ENOMEM, "the terminal");
	relay->terminal_fd = terminal_fd;
	relay->pty_fd = pty_fd;
	relay->output = (struct flow){ .bytes = relay->output_bytes,
				       .size = OUTPUT_BYTES };
	relay->input = (struct flow){ .bytes = relay->input_bytes,
				      .size = INPUT_BYTES };
	*out_relay = relay;
	return 0;
}

static bool flow_has_room(const struct flow *flow)
{
	return flow->head + flow->len < flow->size;
}

/* Returns what read(2) does. */
static ssize_t flow_fill(struct flow *flow, int fd)
{
	const size_t end = flow->head + flow->len;
	ssize_t n = read(fd, flow->bytes + end, flow->size - end);

	if (n > 0)
		flow->len += (size_t)n;
	return n;
}

/* Returns what write(2) does; 0 where there is nothing to write. */
static ssize_t flow_empty(struct flow *flow, int fd)
{
	ssize_t n = 0;

	if (flow->len)
		n = write(fd, flow->bytes + flow->head, flow->len);
	if (n > 0) {
		flow->head += (size_t)n;
		flow->len -= (size_t)n;
	}
	if (flow->len == 0)
		flow->head = 0;
	return n;
}

static bool is_later(ssize_t n)
{
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Without any event wanted, a side that hung up would wake us for ever. */
static void wait_for(struct pollfd *poll, int fd, short events)
{
	*poll = (struct pollfd){ .fd = events ? fd : -1, .events = events };
}

void relay_wait(const struct relay *relay, bool input,
		struct pollfd fds[RELAY_POLLS])
{
	wait_for(&fds[0], relay->terminal_fd,
		 (short)((input && flow_has_room(&relay->input) ? POLLIN : 0) |
			 (relay->output.len ? POLLOUT : 0)));
	wait_for(&fds[1], relay->pty_fd,
		 (short)((flow_has_room(&relay->output) ? POLLIN : 0) |
			 (relay->input.len ? POLLOUT : 0)));
}

/* A terminal that is gone reads as ended; one that is not ours, as EIO. */
static bool terminal_read(struct relay *relay, const struct pollfd *poll)
{
	ssize_t n = flow_fill(&relay->input, relay->terminal_fd);

	return n > 0 || is_later(n) || (n < 0 && !(poll->revents & POLLHUP));
}

static void pty_write(struct relay *relay)
{
	ssize_t n = flow_empty(&relay->input, relay->pty_fd);

	if (n < 0 && !is_later(n))
		relay_forget_input(relay);
}

/* Without a terminal it is read all the same, so that nobody waits for us. */
static void pty_read(struct relay *relay)
{
	ssize_t n = flow_fill(&relay->output, relay->pty_fd);

	if (n <= 0 && !is_later(n))
		relay->pty_fd = -1;
	if (relay->terminal_fd < 0)
		relay->output.len = 0;
}

bool relay_turn(struct relay *relay, const struct pollfd fds[RELAY_POLLS])
{
	bool is_there = true;
	ssize_t n;

	if (fds[0].revents & (POLLIN | POLLHUP | POLLERR) &&
	    fds[0].events & POLLIN)
		is_there = terminal_read(relay, &fds[0]);
	if (relay->pty_fd >= 0 && fds[1].events & POLLIN && fds[1].revents)
		pty_read(relay);
	if (relay->pty_fd >= 0)
		pty_write(relay);
	if (relay->terminal_fd < 0)
		return true;
	n = flow_empty(&relay->output, relay->terminal_fd);
	if (n < 0 && !is_later(n))
		is_there = false;
	if (!is_there) {
		relay->terminal_fd = -1;
		relay->output.len = 0;
	}
	return is_there;
}

bool relay_has_output(struct relay *relay)
{
	if (relay->pty_fd >= 0 && flow_has_room(&relay->output))
		pty_read(relay);
	return relay->output.len > 0;
}

void relay_forget_input(struct relay *relay)
{
	relay->input.head = 0;
	relay->input.len = 0;
}
