#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# guest: no
#
# A run is a job of the user's shell as its command would be: Ctrl-Z stops it,
# fg and bg continue it, and a shell inside has jobs of its own.
. "$TREE/tests/lib/live.sh"
need python3 stty

cat >person.py <<'EOF'
import os, signal, time
from terminal import Terminal, jail, fail

run = " ".join(jail())


def shell():
    t = Terminal(["bash", "--norc", "--noprofile", "-i"])
    t.type("PS1='$ ' PS2= HISTFILE=; bind 'set enable-bracketed-paste off'\r")
    t.type("echo be''gin\r")
    t.await_text("begin\r\n")
    return t


# Stopped, the jail counts no further; continued, it counts on.
t = shell()
before = t.modes()
t.type(f"{run} bash -c 'i=0; while :; do i=$((i+1)); echo n$i; sleep 0.1; "
       "done'; echo st''atus $?\r")
t.await_text("n3\r\n")
t.type("\x1a")
t.await_text("Stopped")
t.await_text("status 148")
time.sleep(0.3)
t.look(0)
t.shown = b""
t.refuse_text("n[0-9]", 1)
t.type("fg; echo st''atus $?\r")
t.await_text(r"n[0-9]+\r+\n")
t.await_text(r"n[0-9]+\r+\n")
t.type("\x1a")
t.await_text("Stopped")
t.type("bg\r")
t.await_text(r"n[0-9]+\r+\n")
t.type("echo to the she''ll\r")
t.await_text("to the shell")
t.type("fg; echo st''atus $?\r")
t.await_text(r"n[0-9]+\r+\n")
t.await_raw(True)
t.type("\x03")
t.await_text("status 130")
t.type("exit 3\r")
t.await_status(3)

# Begun in the back, it runs; reading there stops it, as the kernel would.
t = shell()
t.type(f"{run} sh -c 'echo runs; read -r x; echo got $x' &\r")
t.await_text(r"runs\r+\n")
end = time.time() + 20
while time.time() < end:
    t.type("jobs\r")
    t.look(0.3)
    if b"Stopped" in t.shown:
        break
t.await_text(r"Stopped")
t.type("fg\r")
t.await_raw(True)
time.sleep(0.5)
t.type("keys\r")
t.await_text("got keys")
t.await_text(r"\$ ")
t.type("exit 4\r")
t.await_status(4)

# A shell inside has its own jobs, and none of them stops the run.
t = shell()
t.type(f"{run} bash --norc --noprofile -i; echo out''side $?\r")
t.await_raw(True)
t.type("PS1='in$ '; sleep 1000\r")
t.await_text("sleep 1000")
time.sleep(1)
t.type("\x1a")
t.await_text(r"Stopped +sleep 1000")
t.type("jobs; kill -KILL %1; sleep 1; wait; exit 9\r")
t.await_text("outside 9")
t.type("exit 5\r")
t.await_status(5)

# Without a shell that could continue it, nothing is stopped.
t = Terminal(jail("sh", "-c", "echo ready; sleep 1; echo went on; exit 8"))
t.await_text("ready")
t.type("\x1a")
t.await_text("went on")
t.await_status(8)

# The user's terminal is gone: the command is told, as it would be.
t = Terminal(jail("sh", "-c", "trap 'echo told >mark; exit 1' HUP; echo ready; "
                  "while :; do sleep 0.1; done"))
t.await_text("ready")
t.hang_up()
os.waitpid(t.pid, 0)
if not os.path.exists("mark"):
    fail("the command was not told of the hangup")

# Whoever ends the leader ends the jail; nobody reads it.
t = Terminal(jail("sh", "-c", "cat /proc/2/environ; cat /proc/2/maps; "
                  "kill -TERM 2; kill -HUP 2; kill -TSTP 2; echo still there; "
                  "trap '' HUP; kill -KILL 2; sleep 1; echo never"))
t.await_text("Permission denied")
t.await_text("Permission denied")
t.await_text("still there")
t.await_status(137)
if b"never" in t.shown:
    fail("the jail lives without its leader")
EOF
PYTHONPATH=$TREE/tests/lib python3 -B person.py
