#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# guest: no
#
# A terminal in the jail behaves as a terminal: it is one, has the user's size,
# can be made raw, hands on Ctrl-C, and gives the user's own back unchanged.
. "$TREE/tests/lib/live.sh"
need python3 stty

cat >person.py <<'EOF'
import os, signal, sys, termios, time
from terminal import Terminal, jail, fail

# Each of 0, 1, 2 is the jail's own, and so is what /dev/tty opens.
t = Terminal(jail("sh", "-c", "tty; tty <&1; tty <&2; stty size </dev/tty; "
                  "ls /dev/pts; exit 3"), rows=33, columns=101)
for _ in range(3):
    t.await_text("/dev/pts/0\r\n")
t.await_text("33 101\r\n")
t.await_text(r"0\s+ptmx\r\n")
t.await_status(3)

# Raw mode, by /dev/tty and by its own name, and no echo of ours meanwhile.
t = Terminal(jail("python3", "-c", """
import os, termios, tty
for name in '/dev/tty', os.ttyname(0):
    fd = os.open(name, os.O_RDWR)
    before = termios.tcgetattr(fd)
    tty.setraw(fd)
    os.write(fd, b'raw<')
    data = b''
    while len(data) < 3:
        data += os.read(fd, 3 - len(data))
    termios.tcsetattr(fd, termios.TCSADRAIN, before)
    print('>', data, flush=True)
"""))
before = t.modes()
for _ in range(2):
    t.await_text("raw<")
    if not t.is_raw():
        fail("the user's terminal is not raw")
    t.type("\x03\x1a\r")
    t.await_text(r"^> b'\\x03\\x1a\\r'\r\n")
t.await_status(0)
if t.modes() != before:
    fail(f"the modes are {t.modes()}, not {before}")

# The size follows.
t = Terminal(jail("bash", "-c", "trap 'stty size; exit 2' WINCH; echo ready; "
                  "while :; do sleep 0.1; done"), rows=20, columns=70)
t.await_text("ready")
t.resize(50, 132)
t.await_text("50 132")
t.await_status(2)

# Keys that signal go to what is in front in the jail, again and again. Not a
# shell, whose child is deaf for a moment after it was forked.
with open("hear.py", "w", encoding="utf-8") as f:
    f.write("""
import signal
import sys
import time

signal.signal(signal.SIGINT, lambda *_: print("int", flush=True))
signal.signal(signal.SIGQUIT, lambda *_: print("quit", flush=True))
print("ready", flush=True)
time.sleep(8)
sys.exit(4)
""")
t = Terminal(jail("python3", "hear.py"))
t.await_text("ready")
for key, word in ("\x03", "int"), ("\x1c", "quit"), ("\x03", "int"):
    t.type(key)
    t.await_text(word)
t.await_status(4)
t = Terminal(jail("sleep", "1000"))
t.await_raw(True)
time.sleep(0.3)
t.type("\x03")
t.await_status(130)
t.await_raw(False)

# What is ignored stays ignored.
t = Terminal(jail("sh", "-c", "trap 'echo never' INT; echo ready; sleep 1; "
                  "kill -INT $$; exit 5"), ignore=[signal.SIGINT])
t.await_text("ready")
t.type("\x03")
os.kill(t.pid, signal.SIGINT)
os.kill(t.pid, signal.SIGINT)
t.refuse_text("never", 0.5)
t.await_status(5)

# End of input is a key, too.
t = Terminal(jail("sh", "-c", "cat; echo end"))
t.await_raw(True)
t.type("line\r")
t.await_text("line\r\nline\r\n")
t.type("\x04")
t.await_text("end")
t.await_status(0)
EOF
PYTHONPATH=$TREE/tests/lib python3 -B person.py
