#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 120
#
# What is sent to a run is the command's: INT, TERM, HUP and QUIT reach it, and
# whoever insists ends the jail. Each with a terminal and without one.
. "$TREE/tests/lib/live.sh"
need python3

cat >person.py <<'EOF'
import os, signal, subprocess, time
from terminal import Terminal, jail, fail


class Piped:
    """The same without a terminal."""

    def __init__(self, argv):
        self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE,
                                        start_new_session=True)
        self.pid = self.process.pid

    def await_text(self, text):
        while True:
            line = self.process.stdout.readline().decode()
            if text in line:
                return
            if not line:
                fail(f"not shown: {text}")

    def await_status(self, want, seconds=20):
        code = self.process.wait(seconds)
        if code < 0:
            code = 128 - code
        if code != want:
            fail(f"status {code}, not {want}")


TRAPS = ("trap 'echo int; exit 11' INT; trap 'echo term; exit 12' TERM; "
         "trap 'echo hup; exit 13' HUP; trap 'echo quit; exit 14' QUIT; "
         "echo ready; while :; do sleep 0.05; done")
DEAF = ("trap 'echo heard' INT TERM HUP QUIT; echo ready; "
        "while :; do sleep 0.05; done")

for kind in Terminal, Piped:
    for sig, status in ((signal.SIGINT, 11), (signal.SIGTERM, 12),
                        (signal.SIGHUP, 13), (signal.SIGQUIT, 14)):
        t = kind(jail("bash", "-c", TRAPS))
        t.await_text("ready")
        os.kill(t.pid, sig)
        t.await_status(status)
    # What nobody traps ends it as it would.
    for sig in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        t = kind(jail("sh", "-c", "echo ready; exec sleep 1000"))
        t.await_text("ready")
        time.sleep(0.2)
        os.kill(t.pid, sig)
        t.await_status(128 + sig)
    # A second one ends the jail, and a first one after ten seconds.
    t = kind(jail("bash", "-c", DEAF))
    t.await_text("ready")
    os.kill(t.pid, signal.SIGTERM)
    t.await_text("heard")
    os.kill(t.pid, signal.SIGINT)
    t.await_status(137)
    t = kind(jail("bash", "-c", DEAF))
    t.await_text("ready")
    os.kill(t.pid, signal.SIGTERM)
    began = time.time()
    t.await_status(137, 40)
    took = time.time() - began
    if took < 9.5:
        fail(f"killed after {took} s")
    # But an interrupt alone lets it go on for as long as it likes.
    t = kind(jail("bash", "-c", DEAF))
    t.await_text("ready")
    os.kill(t.pid, signal.SIGINT)
    t.await_text("heard")
    time.sleep(11)
    if os.waitpid(t.pid, os.WNOHANG)[0]:
        fail("an interrupt ended it")
    os.kill(t.pid, signal.SIGINT)
    t.await_status(137)
EOF
PYTHONPATH=$TREE/tests/lib python3 -B person.py
