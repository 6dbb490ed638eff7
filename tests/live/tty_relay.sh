#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Nothing is lost between the jail's terminal and the user's: not the output of
# a command that has ended, however slowly it is read; and what was typed and
# not read reaches nobody else. What is no terminal passes through.
. "$TREE/tests/lib/live.sh"
need python3 stty

cat >person.py <<'EOF'
import os, select, time
from terminal import Terminal, jail, fail

# All of a long output, by a reader that takes its time.
COUNT = 60000
t = Terminal(jail("seq", str(COUNT)))
data = b""
while True:
    time.sleep(0.001)
    try:
        data += os.read(t.master, 3000)
    except OSError:
        break
    if data.endswith(b"\n%d\r\n" % COUNT):
        break
t.await_status(0)
want = b"".join(b"%d\r\n" % i for i in range(1, COUNT + 1))
if data != want:
    fail(f"{len(data)} bytes of output, not {len(want)}")

# An end at once shows the output all the same, each time.
for i in range(20):
    t = Terminal(jail("sh", "-c", f"echo word{i}; exit {i}"))
    t.await_text(f"word{i}\r\n")
    t.await_status(i)

# While the user's terminal takes nothing, a signal still ends the run.
t = Terminal(jail("sh", "-c", "yes"))
time.sleep(1.5)
os.kill(t.pid, 15)
t.await_status(143, 15)

# The answer of a terminal to a question that nobody waits for.
t = Terminal(["sh", "-c", '"$@"; echo next; stty -icanon min 0 time 2; '
              'dd bs=100 count=1 2>/dev/null | od -c; exit 6', "sh",
              *jail("sh", "-c", "printf '\\033[6n'; sleep 0.5")])
t.await_text(r"\x1b\[6n")
t.type("\x1b[1;1R")
t.await_text("next")
t.await_status(6)
if b"R" in t.shown:
    fail(f"the shell got the answer: {t.shown!r}")


def from_file():
    fd = os.open("in", os.O_RDONLY)
    os.dup2(fd, 0)
    fd = os.open("out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(fd, 1)


# A file stays a file; the terminal beside it is the jail's.
with open("in", "w", encoding="utf-8") as f:
    f.write("from the file\n")
t = Terminal(jail("sh", "-c", "tty; cat; tty <&2 >&2; read -r x </dev/tty; "
                  "echo got $x >&2"), redirect=from_file)
t.await_text("/dev/pts/0")
t.type("keys\r")
t.await_text("got keys")
t.await_status(0)
with open("out", encoding="utf-8") as f:
    text = f.read()
if text != "not a tty\nfrom the file\n":
    fail(f"the file has {text!r}")

# In a pipeline the terminal stays as it is until the command asks for it.
run = " ".join(jail())
t = Terminal(["bash", "-ic", f"echo data | {run} sh -c 'cat; echo wait >&2; "
              "sleep 0.5; read -r x </dev/tty; echo got $x' | sed s/^/out:/; "
              "exit 7"])
t.await_text("wait")
if t.is_raw():
    fail("taken before it was needed")
t.await_raw(True)
t.type("keys\r")
t.await_text("out:got keys")
t.await_status(7)
EOF
PYTHONPATH=$TREE/tests/lib python3 -B person.py
