/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/net_own.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>

#include "base/own.h"
#include "broker/net_address.h"
#include "broker/net_diag.h"
#include "broker/socket.h"

void net_own_init(struct net_own *own)
{
	pthread_mutex_init(&own->lock, NULL);
	for (size_t i = 0; i < NET_FILES_MAX; i++)
		own->files[i].fd = -1;
}

/* Multipath TCP listens as TCP does, and shares its ports. */
static int base_protocol(int protocol)
{
	return protocol == IPPROTO_MPTCP ? IPPROTO_TCP : protocol;
}

/* What the socket is bound to. Returns 0 where that is nothing to note. */
static int note_make(const struct socket *socket, struct net_note *note)
{
	struct net_address address;
	unsigned long long cookie;
	const char *name;
	struct stat st;

	if (net_address_own(socket->fd, &address) < 0 ||
	    socket_cookie(socket, &cookie) < 0 || fstat(socket->fd, &st) < 0)
		return 0;
	*note = (struct net_note){ .cookie = cookie, .ino = st.st_ino };
	if (socket_is_inet(socket)) {
		note->protocol = socket->protocol;
		note->port = net_address_port(&address);
		return note->port != 0;
	}
	name = net_address_name(&address, &note->name_len);
	if (!name)
		return 0;
	memcpy(note->name, name, note->name_len);
	return 1;
}

static bool note_is_same(const struct net_note *a, const struct net_note *b)
{
	return a->cookie == b->cookie && a->port == b->port &&
	       a->name_len == b->name_len;
}

static void note_put(struct net_own *own, const struct net_note *note)
{
	for (size_t i = 0; i < NET_NOTES_MAX; i++)
		if (note_is_same(&own->notes[i], note))
			return;
	own->notes[own->next_note] = *note;
	own->next_note = (own->next_note + 1) % NET_NOTES_MAX;
}

static void file_put(struct net_own *own, const struct socket *socket, int fd)
{
	struct net_file *file = &own->files[own->next_file];
	unsigned long long cookie;
	struct stat st;

	if (fstat(fd, &st) < 0 || socket_cookie(socket, &cookie) < 0) {
		fd_closep(&fd);
		return;
	}
	own->next_file = (own->next_file + 1) % NET_FILES_MAX;
	fd_closep(&file->fd);
	*file = (struct net_file){
		.cookie = cookie,
		.fd = fd,
		.dev = st.st_dev,
		.ino = st.st_ino,
	};
}

void net_own_note(struct net_own *own, const struct socket *socket, int file_fd)
{
	struct net_note note;
	const int has = note_make(socket, &note);

	pthread_mutex_lock(&own->lock);
	if (has)
		note_put(own, &note);
	if (file_fd >= 0)
		file_put(own, socket, file_fd);
	pthread_mutex_unlock(&own->lock);
}

/* A question to the kernel, and what its answers come to. */
struct search {
	struct net_own *own;
	uint8_t address[16];
	const char *name;
	size_t name_len;
	int type;
	int own_count, other_count;
};

/*
 * What the kernel lists for a listener of multipath TCP is a socket within,
 * which has another cookie and the same inode number.
 */
static bool is_noted(struct net_own *own, const struct net_diag_socket *socket)
{
	for (size_t i = 0; i < NET_NOTES_MAX; i++) {
		const struct net_note *note = &own->notes[i];

		if (note->cookie && note->cookie == socket->cookie)
			return true;
		if (note->protocol == IPPROTO_MPTCP && socket->ino &&
		    note->ino == socket->ino)
			return true;
	}
	return false;
}

static void count(struct search *search, const struct net_diag_socket *socket)
{
	if (is_noted(search->own, socket))
		search->own_count++;
	else
		search->other_count++;
}

static void inet_found(void *ctx, const struct net_diag_socket *socket)
{
	static const uint8_t each4[16] = { [10] = 0xff, [11] = 0xff };
	static const uint8_t each[16] = { 0 };
	struct search *search = ctx;

	/* One at :: may take IPv4 too; one at 0.0.0.0 takes nothing else. */
	if (memcmp(socket->address, each, 16) == 0 ||
	    memcmp(socket->address, search->address, 16) == 0 ||
	    (memcmp(socket->address, each4, 16) == 0 &&
	     memcmp(search->address, each4, 12) == 0))
		count(search, socket);
}

static void name_found(void *ctx, const struct net_diag_socket *socket)
{
	struct search *search = ctx;

	if (socket->name && socket->is_taking && socket->type == search->type &&
	    socket->name_len == search->name_len &&
	    memcmp(socket->name, search->name, search->name_len) == 0)
		count(search, socket);
}

static bool note_may_match(const struct net_note *note, uint16_t port,
			   const char *name, size_t len)
{
	if (!note->cookie || note->port != port || note->name_len != len)
		return false;
	return !name || (!note->protocol && memcmp(note->name, name, len) == 0);
}

/* Most addresses are nobody's here: then the kernel need not be asked. */
static bool has_hint(struct net_own *own, uint16_t port, const char *name,
		     size_t len)
{
	for (size_t i = 0; i < NET_NOTES_MAX; i++)
		if (note_may_match(&own->notes[i], port, name, len))
			return true;
	return false;
}

bool net_own_has(struct net_own *own, const uint8_t address[16], uint16_t port,
		 int protocol)
{
	struct search search = { .own = own };
	int r = -ENOENT;

	memcpy(search.address, address, 16);
	pthread_mutex_lock(&own->lock);
	if (has_hint(own, port, NULL, 0))
		r = net_diag_port(base_protocol(protocol), port, inet_found,
				  &search);
	pthread_mutex_unlock(&own->lock);
	return r == 0 && search.own_count && !search.other_count;
}

bool net_own_has_name(struct net_own *own, const char *name, size_t len,
		      int type)
{
	struct search search = {
		.own = own,
		.name = name,
		.name_len = len,
		.type = type,
	};
	int r = -ENOENT;

	pthread_mutex_lock(&own->lock);
	if (has_hint(own, 0, name, len))
		r = net_diag_unix(name_found, &search);
	pthread_mutex_unlock(&own->lock);
	return r == 0 && search.own_count && !search.other_count;
}

bool net_own_has_file(struct net_own *own, const struct stat *st)
{
	bool found = false;

	pthread_mutex_lock(&own->lock);
	for (size_t i = 0; i < NET_FILES_MAX && !found; i++)
		found = own->files[i].fd >= 0 &&
			own->files[i].dev == st->st_dev &&
			own->files[i].ino == st->st_ino;
	pthread_mutex_unlock(&own->lock);
	return found;
}

int net_own_file(struct net_own *own, const struct socket *socket)
{
	unsigned long long cookie;
	int fd = -1;

	if (socket_cookie(socket, &cookie) < 0)
		return -1;
	pthread_mutex_lock(&own->lock);
	for (size_t i = 0; i < NET_FILES_MAX && fd < 0; i++)
		if (own->files[i].fd >= 0 && own->files[i].cookie == cookie)
			fd = fcntl(own->files[i].fd, F_DUPFD_CLOEXEC, 0);
	pthread_mutex_unlock(&own->lock);
	return fd;
}
