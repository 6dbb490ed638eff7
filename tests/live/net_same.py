# SPDX-License-Identifier: Apache-2.0
"""What programs do with sockets, told line by line: run bare and in a jail,
it says the same. All of it stays among the program's own sockets."""
import array
import errno
import os
import select
import signal
import socket
import threading
import time

LOOP = "127.0.0.1"
CHECKS = []


def check(fn):
    CHECKS.append(fn)
    return fn


def listener(family=socket.AF_INET, address=(LOOP, 0), kind=socket.SOCK_STREAM,
             protocol=0):
    sock = socket.socket(family, kind, protocol)
    sock.bind(address)
    if kind != socket.SOCK_DGRAM:
        sock.listen(8)
    return sock


def pair(sock, client=None):
    client = client or socket.socket(sock.family, sock.type)
    client.connect(sock.getsockname())
    return client, sock.accept()[0]


@check
def tcp():
    client, server = pair(listener())
    client.send(b"to")
    server.send(b"fro")
    return server.recv(9), client.recv(9)


@check
def tcp_over_ipv6():
    client, server = pair(listener(socket.AF_INET6, ("::1", 0)))
    client.send(b"six")
    return server.recv(9)


@check
def listen_without_bind():
    sock = socket.socket()
    sock.listen(1)
    client = socket.socket()
    client.connect((LOOP, sock.getsockname()[1]))
    return sock.getsockname()[0], sock.accept()[1] == client.getsockname()


@check
def one_server_for_both_families():
    sock = listener(socket.AF_INET6, ("::", 0))
    client = socket.socket()
    client.connect((LOOP, sock.getsockname()[1]))
    return sock.accept()[1][0]


@check
def nonblocking_connect_and_epoll():
    sock = listener()
    client = socket.socket()
    client.setblocking(False)
    begun = client.connect_ex(sock.getsockname())
    epoll = select.epoll()
    epoll.register(client, select.EPOLLOUT)
    return (begun in (0, errno.EINPROGRESS), len(epoll.poll(2)),
            client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR),
            client.connect_ex(sock.getsockname()))


@check
def refused_where_nobody_listens():
    sock = listener()
    address = sock.getsockname()
    sock.close()
    return socket.socket().connect_ex(address)


def full():
    """A listener that takes no more: who connects waits."""
    sock = socket.socket()
    sock.bind((LOOP, 0))
    sock.listen(0)
    kept = [sock]
    for _ in range(3):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(sock.getsockname())
        kept.append(client)
    time.sleep(0.1)
    return kept


class Rang(Exception):
    pass


def ring(*_):
    raise Rang


@check
def blocking_connect_and_a_signal():
    kept = full()
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    began = time.monotonic()
    try:
        socket.socket().connect(kept[0].getsockname())
    except Rang:
        return 0.25 < time.monotonic() - began < 2
    return "connected"


@check
def blocking_connect_with_a_limit():
    kept = full()
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO,
                      b"\0" * 8 + (300000).to_bytes(8, "little"))
    began = time.monotonic()
    return (client.connect_ex(kept[0].getsockname()),
            0.25 < time.monotonic() - began < 2)


@check
def blocking_accept_is_woken():
    sock = listener()
    client = socket.socket()
    timer = threading.Timer(0.2, client.connect, (sock.getsockname(),))
    timer.start()
    return sock.accept()[1] == client.getsockname()


@check
def udp_echo():
    server = listener(kind=socket.SOCK_DGRAM)
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.sendto(b"ping", server.getsockname())
    text, address = server.recvfrom(9)
    server.sendto(text, address)
    return client.recvfrom(9)[0], address[1] == client.getsockname()[1]


@check
def udp_connected():
    server = listener(kind=socket.SOCK_DGRAM)
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.connect(server.getsockname())
    client.send(b"one")
    client.sendmsg([b"t", b"wo"])
    return server.recv(9), server.recv(9)


@check
def unix_by_a_relative_path():
    sock = listener(socket.AF_UNIX, "relative")
    client, _ = pair(sock)
    os.unlink("relative")
    return sock.getsockname(), client.getpeername()


@check
def unix_by_an_absolute_path():
    path = os.getcwd() + "/absolute"
    os.umask(0o027)
    sock = listener(socket.AF_UNIX, path)
    client, server = pair(sock)
    client.sendmsg([b"text"])
    mode = oct(os.stat(path).st_mode)
    again = socket.socket(socket.AF_UNIX)
    try:
        again.bind(path)
        twice = 0
    except OSError as e:
        twice = e.errno
    sock.close()
    left = again.connect_ex(path)
    os.unlink(path)
    return server.recv(9), mode, twice, left, again.connect_ex(path)


@check
def unix_through_a_link():
    os.mkdir("deep")
    os.symlink("deep", "link")
    sock = listener(socket.AF_UNIX, "link/x")
    pair(sock)
    os.unlink("deep/x")
    os.unlink("link")
    os.rmdir("deep")
    return sock.getsockname()


@check
def unix_by_an_abstract_name():
    name = b"\0check-%d" % os.getpid()
    sock = listener(socket.AF_UNIX, name)
    client, server = pair(sock)
    client.send(b"abstract")
    return server.recv(20), sock.getsockname() == name


@check
def unix_without_a_name():
    sock = socket.socket(socket.AF_UNIX)
    sock.bind("")
    sock.listen(1)
    pair(sock)
    return len(sock.getsockname())


@check
def unix_datagrams():
    server = listener(socket.AF_UNIX, "server", socket.SOCK_DGRAM)
    client = listener(socket.AF_UNIX, "client", socket.SOCK_DGRAM)
    client.sendto(b"ask", "server")
    text, address = server.recvfrom(9)
    server.sendto(text + b"ed", address)
    os.unlink("server")
    os.unlink("client")
    return client.recvfrom(9), address


@check
def packets_in_sequence():
    sock = listener(socket.AF_UNIX, "seq", socket.SOCK_SEQPACKET)
    client, server = pair(sock)
    os.unlink("seq")
    client.sendmsg([b"a", b"b"])
    client.send(b"c")
    return server.recv(9), server.recv(9)


@check
def descriptors_between_processes():
    here, there = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        read, write = os.pipe()
        socket.send_fds(there, [b"fds"], [write, there.fileno()])
        os._exit(0 if os.read(read, 9) == b"through" else 1)
    text, fds, _, _ = socket.recv_fds(here, 9, 4)
    os.write(fds[0], b"through")
    return text, len(fds), os.waitpid(pid, 0)[1]


@check
def many_descriptors():
    here, there = socket.socketpair()
    socket.send_fds(here, [b"x"], [0] * 253)
    try:
        socket.send_fds(here, [b"x"], [0] * 254)
        more = 0
    except OSError as e:
        more = e.errno
    try:
        socket.send_fds(here, [b"x"], [999])
        none = 0
    except OSError as e:
        none = e.errno
    _, fds, _, _ = socket.recv_fds(there, 1, 253)
    for fd in fds:
        os.close(fd)
    return len(fds), more, none


@check
def credentials():
    here, there = socket.socketpair()
    there.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    said = []
    for uid in os.getuid(), 4711:
        own = array.array("i", [os.getpid(), uid, os.getgid()])
        try:
            here.sendmsg([b"me"], [(socket.SOL_SOCKET,
                                    socket.SCM_CREDENTIALS, own)])
            _, data, _, _ = there.recvmsg(9, 64)
            got = array.array("i", data[0][2][:12])
            said.append((got[1] == uid, got[2] == os.getgid()))
        except OSError as e:
            said.append(e.errno)
    return said[0], said[1] if os.getuid() else errno.EPERM


@check
def bad_messages():
    here, _ = socket.socketpair()
    said = []
    for what in ([(1, 4711, b"")], [(socket.SOL_SOCKET, 1, b"ab")]):
        try:
            said.append(here.sendmsg([b"x"], what))
        except OSError as e:
            said.append(e.errno)
    return said


@check
def big_messages():
    here, there = socket.socketpair()
    text = os.urandom(3 << 20)
    got = bytearray()

    def take():
        while len(got) < len(text):
            got.extend(there.recv(1 << 16))

    thread = threading.Thread(target=take)
    thread.start()
    sent = here.sendmsg([text[:1000], text[1000:]])
    here.sendall(text[sent:])
    thread.join()
    return sent == len(text), bytes(got) == text


@check
def partial_messages():
    here, there = socket.socketpair()
    here.setblocking(False)
    sent = here.sendmsg([b"x" * (4 << 20)])
    try:
        here.sendmsg([b"x" * 100000])
        more = 0
    except OSError as e:
        more = e.errno
    return 0 < sent < 4 << 20, more, len(there.recv(4 << 20)) > 0


@check
def blocking_send_and_a_signal():
    here, _keep = socket.socketpair()
    here.setblocking(False)
    while True:
        try:
            here.send(b"x" * 4096)
        except BlockingIOError:
            break
    here.setblocking(True)
    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    began = time.monotonic()
    try:
        here.sendmsg([b"x" * 4096])
    except Rang:
        return 0.25 < time.monotonic() - began < 2
    return "sent"


@check
def too_long_datagrams():
    server = listener(kind=socket.SOCK_DGRAM)
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    said = []
    for size in 65507, 65508, 3000000:
        try:
            said.append(client.sendmsg([b"x" * size], [], 0,
                                       server.getsockname()))
        except OSError as e:
            said.append(e.errno)
    return said


@check
def closed_pipes():
    said = []
    for caught in True, False:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGPIPE,
                          signal.SIG_IGN if caught else signal.SIG_DFL)
            here, there = socket.socketpair()
            there.close()
            try:
                here.sendmsg([b"x"])
            except OSError as e:
                os._exit(e.errno)
            os._exit(0)
        said.append(os.waitpid(pid, 0)[1])
    return said


@check
def fast_open():
    server = listener()
    client = socket.socket()
    try:
        sent = client.sendto(b"early", 0x20000000, server.getsockname())
    except OSError as e:
        return e.errno
    return sent, server.accept()[0].recv(9)


@check
def shared_ports():
    first = socket.socket()
    first.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    first.bind((LOOP, 0))
    first.listen(8)
    second = socket.socket()
    second.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    second.bind(first.getsockname())
    second.listen(8)
    client = socket.socket()
    client.connect(first.getsockname())
    return len(select.select([first, second], [], [], 2)[0])


@check
def multipath():
    try:
        client, server = pair(listener(protocol=262))
    except OSError as e:
        return e.errno
    client.sendmsg([b"paths"])
    return server.recv(9)


@check
def names_of_interfaces():
    return socket.if_nameindex()[0]


@check
def disconnect():
    server = listener(kind=socket.SOCK_DGRAM)
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.connect(server.getsockname())
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    return (libc.connect(client.fileno(), bytes(16), 16),
            client.connect_ex(server.getsockname()))


@check
def wrong_arguments():
    import ctypes
    libc = ctypes.CDLL(None, use_errno=True)
    sock = socket.socket()
    said = []
    for fd, at, size in ((999, bytes(16), 16), (0, bytes(16), 16),
                         (sock.fileno(), None, 16),
                         (sock.fileno(), bytes(200), 200),
                         (sock.fileno(), bytes(16), -1),
                         (sock.fileno(), bytes(16), 1),
                         (sock.fileno(), b"\x10" + bytes(15), 16)):
        for call in libc.connect, libc.bind:
            call(fd, at, size)
            said.append(ctypes.get_errno())
    libc.sendmsg(sock.fileno(), None, 0)
    said.append(ctypes.get_errno())
    libc.sendto(sock.fileno(), b"x", 1, 0, bytes(16), 16)
    said.append(ctypes.get_errno())
    return said


def main():
    for fn in CHECKS:
        signal.alarm(0)
        try:
            print(fn.__name__, fn(), flush=True)
        except Exception as e:
            print(fn.__name__, "failed:", repr(e), flush=True)


main()
