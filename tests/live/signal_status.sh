#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 600
#
# How a command ends is how a run ends: random statuses and signals, with a
# terminal and without one. STATUS_COUNT says how many (default: 60).
. "$TREE/tests/lib/live.sh"
need python3

cat >person.py <<'EOF'
import os, random, subprocess
from terminal import Terminal, jail, fail

seed = int.from_bytes(os.urandom(4), "little")
chance = random.Random(seed)
SIGNALS = [n for n in range(1, 65) if n not in (
    17, 18, 19, 20, 21, 22, 23, 28, 32, 33)]  # those that end nothing
for i in range(int(os.environ.get("STATUS_COUNT", "60"))):
    if chance.random() < 0.5:
        want = chance.randrange(256)
        command = f"import os; os._exit({want})"
    else:
        sig = chance.choice(SIGNALS)
        want = 128 + sig
        command = (f"import os, signal; signal.signal({sig}, signal.SIG_DFL) "
                   f"if {sig} != 9 else 0; os.kill(os.getpid(), {sig}); "
                   "signal.pause()")
    argv = jail("python3", "-S", "-E", "-c", command)
    if chance.random() < 0.5:
        Terminal(argv).await_status(want)
        continue
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != want:
        fail(f"seed {seed}, {i}: {done.returncode}, not {want}: {command}")
EOF
PYTHONPATH=$TREE/tests/lib python3 -B person.py
