/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_bind.c - bind and listen on the agent's behalf.
 *
 * A stream is judged when it listens, by the address that it has then;
 * datagrams come from the moment that a port is theirs. The name of a unix
 * socket is also a name in a directory, judged as one.
 */
#include "broker/net_bind.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/own.h"
#include "broker/judge.h"
#include "broker/judge_net.h"
#include "broker/listener.h"
#include "broker/name.h"
#include "broker/net.h"
#include "broker/net_peer.h"
#include "broker/resolve.h"
#include "broker/socket.h"
#include "broker/umask.h"
#include "broker/work.h"
#include "terms/op.h"

static bool is_waiting(const struct work *work)
{
	return listener_is_waiting(work->office->listener, work->notice.id);
}

static int bind_act(const struct socket *socket, const struct net_address *to)
{
	return bind(socket->fd, &to->any, to->len) < 0 ? -errno : 0;
}

/* Finds the name to be made, which must not be there. */
static int path_find(const struct resolve_start *start, const char *path,
		     struct name *name)
{
	bool slash = false;
	int r;

	name->dir_fd = resolve_parent(start, path, name->text, &slash);
	if (name->dir_fd < 0)
		return name->dir_fd;
	if (!name->text[0] || strcmp(name->text, ".") == 0 ||
	    strcmp(name->text, "..") == 0)
		return -EADDRINUSE;
	r = name_look(name);
	if (r == 0 && name->exists)
		r = -EADDRINUSE;
	if (r == 0 && slash)
		r = -ENOENT;
	return r;
}

/* Datagrams come as soon as it has its name. */
static int path_judge(struct work *work, const struct socket *socket,
		      const struct name *name)
{
	struct net_peer peer = NET_PEER_EMPTY;
	size_t len;
	int r = judge_name(work, OPS_CREATE, name->dir_fd, name->text, NULL);

	if (r < 0 || !socket_is_datagram(socket))
		return r;
	r = judge_path(work, name->dir_fd, NULL, peer.path);
	if (r < 0)
		return r;
	len = strlen(peer.path);
	if (len + 1 + strlen(name->text) >= sizeof(peer.path))
		return -ENAMETOOLONG;
	snprintf(peer.path + len, sizeof(peer.path) - len, "%s%s",
		 len > 1 ? "/" : "", name->text);
	peer.kind = NET_PEER_RULED;
	peer.object.kind = NET_UNIX_PATH;
	peer.object.file.path = peer.path;
	return judge_listen(work, socket, &peer);
}

/*
 * Whether the kernel's walk from the directory CWD_FD arrives where the name
 * was judged. While names are held nothing in the jail can turn it elsewhere,
 * save for links of procfs, which follow a process.
 */
static bool is_plain(int cwd_fd, const char *path, const struct name *name)
{
	const struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS,
	};
	CLEANUP(fd_closep) int fd = -1;
	char dir[NET_PATH_SIZE];
	struct stat theirs, ours;
	const char *slash = strrchr(path, '/');

	snprintf(dir, sizeof(dir), "%.*s", slash ? (int)(slash - path) + 1 : 1,
		 slash ? path : ".");
	fd = (int)syscall(SYS_openat2, cwd_fd, dir, &how, sizeof(how));
	if (fd < 0 || fstat(fd, &theirs) < 0 || fstat(name->dir_fd, &ours) < 0)
		return false;
	return theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino;
}

/* The text that is bound is what getsockname() gives: the caller's own. */
static int path_act(struct work *work, const struct socket *socket,
		    const struct resolve_start *start, const char *path,
		    const struct name *name, const struct net_address *given)
{
	CLEANUP(fd_closep) int cwd_fd = resolve_descriptor(start);
	struct net_address bare = { .un.sun_family = AF_UNIX };
	int r;

	if (cwd_fd >= 0 && is_plain(cwd_fd, path, name)) {
		if (fchdir(cwd_fd) < 0)
			return -errno;
		r = bind_act(socket, given);
	} else {
		if (strlen(name->text) >= sizeof(bare.un.sun_path))
			return -ENAMETOOLONG;
		strcpy(bare.un.sun_path, name->text);
		bare.len = sizeof(bare.un);
		if (fchdir(name->dir_fd) < 0)
			return -errno;
		r = bind_act(socket, &bare);
	}
	if (fchdir(work->office->self_fd) < 0)
		work->killed = true; /* its paths would mean others */
	if (r == 0)
		net_note_file(work->office->net, socket,
			      openat(name->dir_fd, name->text,
				     O_PATH | O_NOFOLLOW | O_CLOEXEC));
	return r;
}

static int bind_path(struct work *work, const struct socket *socket,
		     const char *path, const struct net_address *address)
{
	const struct resolve_start start = {
		.caller = &work->caller,
		.dir_fd = AT_FDCWD,
	};
	CLEANUP(name_endp) struct name name = NAME_NONE;
	int r = path_find(&start, path, &name);

	if (r == 0)
		r = path_judge(work, socket, &name);
	if (r == 0)
		r = umask_take(work);
	if (r == 0 && !is_waiting(work))
		r = -EINTR;
	if (r < 0)
		return r;
	return path_act(work, socket, &start, path, &name, address);
}

static int bind_unix(struct work *work, const struct socket *socket,
		     const struct net_address *address)
{
	struct net_peer peer = NET_PEER_EMPTY;
	char path[NET_PATH_SIZE];
	size_t len = 0;
	int r = 0;

	if (address->any.sa_family != AF_UNIX ||
	    address->len > sizeof(address->un))
		return -EINVAL;
	if (net_address_path(address, path)) {
		pthread_mutex_lock(work->office->names);
		r = bind_path(work, socket, path, address);
		pthread_mutex_unlock(work->office->names);
		return r;
	}
	peer.object.kind = NET_UNIX_NAME;
	peer.object.name = net_address_name(address, &len);
	peer.object.name_len = (uint32_t)len;
	/* Without a name the kernel finds one, as it does a port. */
	if (peer.object.name && socket_is_datagram(socket))
		peer.kind = NET_PEER_RULED;
	r = judge_listen(work, socket, &peer);
	if (r == 0 && !is_waiting(work))
		r = -EINTR;
	return r < 0 ? r : bind_act(socket, address);
}

static int bind_other(struct work *work, const struct socket *socket,
		      const struct net_address *address)
{
	CLEANUP(net_peer_endp) struct net_peer peer = NET_PEER_EMPTY;
	int r = net_peer_find(work, socket, address, NET_BIND, &peer);

	/* A stream takes nothing yet, and the kernel's choice is no rule's. */
	if (peer.kind == NET_PEER_RULED &&
	    (!socket_is_datagram(socket) || !peer.object.port))
		peer.kind = NET_PEER_NONE;
	if (r == 0)
		r = judge_listen(work, socket, &peer);
	if (r == 0 && !is_waiting(work))
		r = -EINTR;
	return r < 0 ? r : bind_act(socket, address);
}

int bind_answer(struct work *work)
{
	CLEANUP(socket_endp) struct socket socket = SOCKET_NONE;
	const __u64 *args = work->notice.data.args;
	struct net_address address;
	int r = socket_take(work, (int)args[0], &socket);

	if (r == 0)
		r = net_address_read(work, args[1], (int)args[2], &address);
	if (r == 0 && address.len < sizeof(sa_family_t))
		r = -EINVAL;
	if (r < 0)
		return r;
	r = socket.domain == AF_UNIX ? bind_unix(work, &socket, &address)
				     : bind_other(work, &socket, &address);
	if (r == 0 && socket_is_datagram(&socket))
		net_note(work->office->net, &socket);
	return r;
}

/* Gives a port to one that has none: it is known before it listens there. */
static int port_take(const struct socket *socket, struct net_address *address,
		     bool *out_was_free)
{
	int r = net_address_own(socket->fd, address);

	if (r < 0 || net_address_port(address))
		return r;
	r = bind_act(socket, address);
	if (r < 0)
		return r;
	*out_was_free = true;
	return net_address_own(socket->fd, address);
}

static int listen_inet(struct work *work, const struct socket *socket)
{
	const struct sockaddr none = { .sa_family = AF_UNSPEC };
	struct net_peer peer = NET_PEER_EMPTY;
	bool was_free = false;
	int r;

	if (socket_is_datagram(socket))
		return 0; /* the kernel refuses */
	r = port_take(socket, &peer.act, &was_free);
	if (r < 0)
		return r;
	net_peer_inet(work, socket, &peer.act, &peer);
	r = judge_listen(work, socket, &peer);
	if (r < 0 && was_free)
		connect(socket->fd, &none, sizeof(none));
	return r;
}

/* One that was bound before it came here is known by its text alone. */
static int listen_unknown(struct work *work, const struct socket *socket,
			  const char *path)
{
	const struct resolve_start start = {
		.caller = &work->caller,
		.dir_fd = AT_FDCWD,
	};
	CLEANUP(net_peer_endp) struct net_peer peer = NET_PEER_EMPTY;
	int fd, r;

	if (path[0] != '/')
		return judge_refuse_net(work, ABI_OP_LISTEN, path);
	fd = resolve_object(&start, path, 0);
	if (fd < 0)
		return fd;
	r = net_peer_file(work, fd, &peer);
	return r < 0 ? r : judge_listen(work, socket, &peer);
}

static int listen_unix(struct work *work, const struct socket *socket)
{
	CLEANUP(net_peer_endp) struct net_peer peer = NET_PEER_EMPTY;
	char path[NET_PATH_SIZE];
	size_t len = 0;
	int fd = net_file_of(work->office->net, socket);
	int r;

	if (socket_is_datagram(socket))
		r = 0; /* the kernel refuses */
	else if (fd >= 0)
		r = net_peer_file(work, TAKE_FD(fd), &peer);
	else
		r = net_address_own(socket->fd, &peer.act);
	fd_closep(&fd);
	if (r < 0)
		return r;
	if (peer.kind == NET_PEER_NONE && net_address_path(&peer.act, path))
		return listen_unknown(work, socket, path);
	if (peer.kind == NET_PEER_NONE) {
		peer.object.kind = NET_UNIX_NAME;
		peer.object.name = net_address_name(&peer.act, &len);
		peer.object.name_len = (uint32_t)len;
		if (peer.object.name)
			peer.kind = NET_PEER_RULED;
	}
	return judge_listen(work, socket, &peer);
}

int listen_answer(struct work *work)
{
	CLEANUP(socket_endp) struct socket socket = SOCKET_NONE;
	struct net_peer peer = { .kind = NET_PEER_POWER, .file_fd = -1 };
	const __u64 *args = work->notice.data.args;
	int r = socket_take(work, (int)args[0], &socket);

	if (r < 0)
		return r;
	if (socket_is_inet(&socket))
		r = listen_inet(work, &socket);
	else if (socket.domain == AF_UNIX)
		r = listen_unix(work, &socket);
	else
		r = judge_listen(work, &socket, &peer);
	if (r == 0 && !is_waiting(work))
		r = -EINTR;
	if (r < 0)
		return r;
	if (listen(socket.fd, (int)args[1]) < 0)
		return -errno;
	net_note(work->office->net, &socket);
	return 0;
}
