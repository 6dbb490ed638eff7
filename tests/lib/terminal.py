# SPDX-License-Identifier: Apache-2.0
"""A person at a terminal, for live tests: types, looks, resizes, hangs up.

What is waited for has ten seconds, given that a machine may be busy. A thing
that does not come ends the test with all that the screen has shown.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

PATIENCE_S = 20


def fail(text):
    print(text, file=sys.stderr)
    sys.exit(1)


class Terminal:
    """ARGV on a new terminal, whose master we hold."""

    def __init__(self, argv, rows=24, columns=80, ignore=(), redirect=None):
        self.shown = b""
        # Kept open, so that its modes can be asked for and a hangup is ours.
        self.master, self.slave = pty.openpty()
        self.resize(rows, columns)
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.master)
            os.login_tty(self.slave)
            for sig in ignore:
                signal.signal(sig, signal.SIG_IGN)
            if redirect:
                redirect()
            os.execvp(argv[0], argv)

    def resize(self, rows, columns):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, text):
        os.write(self.master, text.encode())

    def look(self, seconds):
        """Reads what comes for so long; False where nothing did."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            data = b""
        self.shown += data
        return bool(data)

    def await_text(self, regex, seconds=PATIENCE_S):
        """Waits until REGEX is shown; what was shown up to it is used up."""
        end = time.time() + seconds
        while True:
            found = re.search(regex.encode(), self.shown)
            if found:
                self.shown = self.shown[found.end():]
                return found
            if time.time() > end:
                fail(f"not shown: {regex}: {self.shown!r}")
            self.look(0.1)

    def refuse_text(self, regex, seconds):
        """REGEX is not shown for so long."""
        end = time.time() + seconds
        while time.time() < end:
            self.look(0.1)
            if re.search(regex.encode(), self.shown):
                fail(f"shown: {regex}: {self.shown!r}")

    def modes(self):
        return termios.tcgetattr(self.slave)

    def is_raw(self):
        return not self.modes()[3] & termios.ICANON

    def await_raw(self, raw):
        end = time.time() + PATIENCE_S
        while self.is_raw() != raw:
            if time.time() > end:
                fail(f"raw: {not raw}, not {raw}: {self.shown!r}")
            self.look(0.05)

    def hang_up(self):
        os.close(self.slave)
        os.close(self.master)

    def await_status(self, want, seconds=PATIENCE_S):
        """Waits for the end; the status as a shell has it."""
        end = time.time() + seconds
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
            if time.time() > end:
                os.kill(self.pid, signal.SIGKILL)
                fail(f"no end after {seconds} s: {self.shown!r}")
            self.look(0.05)
        while self.look(0):
            pass
        code = os.waitstatus_to_exitcode(status)
        if code < 0:
            code = 128 - code
        if code != want:
            fail(f"status {code}, not {want}: {self.shown!r}")


def jail(*command):
    """The argument list of a command in a jail of this test's profile."""
    return [os.environ["AGENTJAIL"], "run", "-q", "-p", "./tty.yaml", "--",
            *command]


PROFILE = """\
agentjail: 1
name: tty
files:
  - allow read: [/]
  - allow read modify: [$workdir, $tmp]
  - allow read write: [/dev/null, /dev/tty, /dev/ptmx]
  - allow read write meta: [/dev/pts]
exec:
  - allow: [/]
network:
  - allow connect: [own:*, "unix:$tmp", "unix:$workdir"]
  - allow listen: ["unix:$tmp", "unix:$workdir"]
otherwise: {files: deny, exec: deny, network: deny, powers: deny}
"""

with open("tty.yaml", "w", encoding="utf-8") as profile:
    profile.write(PROFILE)
