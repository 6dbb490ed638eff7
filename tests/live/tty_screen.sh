#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Full-screen programs work in a jail: an editor and a terminal multiplexer
# draw, are resized, are stopped, and leave the terminal as it was.
. "$TREE/tests/lib/live.sh"
need python3 vim tmux

cat >person.py <<'EOF'
import os, time
from terminal import Terminal, jail, fail

run = " ".join(jail())
t = Terminal(["bash", "--norc", "--noprofile", "-i"])
before = t.modes()
t.type("PS1='$ '; export TERM=xterm; echo be''gin\r")
t.await_text("begin\r\n")

# An editor: stopped with Ctrl-Z, resized meanwhile, and continued.
t.type(f"{run} vim -u NONE -N -i NONE text; echo st''atus $?\r")
t.await_text("New")
t.type("ione line\x1b")
t.await_text("one line")
t.type("\x1a")
t.await_text("Stopped")
t.await_text("status 148")
t.resize(40, 120)
t.type("fg; echo st''atus $?\r")
t.await_text("one line")
t.type(":echo &columns \"x\" &lines\r")
t.await_text("120 x 40")
t.type("\r:wq\r")
t.await_text("status 0")
with open("text", encoding="utf-8") as f:
    text = f.read()
if text != "one line\n":
    fail(f"the file has {text!r}")

# A multiplexer: a terminal in the terminal, its server a daemon of the jail.
t.type(f"{run} tmux -f /dev/null -S ./socket new-session "
       "'tty; stty size; exec cat'; echo st''atus $?\r")
t.await_text("/dev/pts/[1-9]")
t.await_text("39 120")
t.type("typed\r")
t.await_text("typed")
t.await_text("typed")
t.resize(30, 90)
t.await_text(r"\x1b\[")
t.type("\x04")
t.await_text("status 0")
t.type("exit 3\r")
t.await_status(3)
EOF
PYTHONPATH=$TREE/tests/lib python3 -B person.py
