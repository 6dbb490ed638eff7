#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# as: root
# timeout: 180
#
# A jail has a control group of its own: its limits hold, all in it is killed
# at once, and nothing of it is left, also after a supervisor was killed.
. "$TREE/tests/lib/live.sh"
need python3 flock
at=$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
[ -n "$at" ] || skip "no cgroup hierarchy of version 2 is mounted"
"$AGENTJAIL" doctor >probes || true
grep -q '^ok  cgroup limits' probes || skip "no cgroup limits here"

# profile LIMITS: what runs here, with these limits.
profile() {
	cat >p.yaml <<-END
		agentjail: 1
		name: limits
		files:
		  - allow read: [/]
		  - allow read modify: [\$workdir, \$tmp]
		  - allow read write: [/dev/null, /dev/tty]
		exec:
		  - allow: [/]
		$1
		otherwise: {files: deny, exec: deny, network: deny, powers: deny}
	END
}

# groups: those that nobody holds a lock on, in all hierarchies.
groups() {
	awk '/ - cgroup2? / { print $5 }' /proc/self/mountinfo |
		while read -r place; do
			find "$place" -name 'agentjail-[0-9]*' -type d
		done | while read -r group; do
			! flock -n "$group" true 2>/dev/null || echo "$group"
		done
}

# await SECONDS COMMAND...: until it succeeds.
await() {
	local i tries=$(($1 * 10))
	shift
	for ((i = 0; i < tries; i++)); do
		! "$@" || return 0
		sleep 0.1
	done
	fail "not within its time: $*"
}

profile ""
expect_status 0 jail -q -p ./p.yaml -- true
groups >before
expect_status 0 jail -q -p ./p.yaml -- cat /proc/self/cgroup
expect_out '^0::/(.*/)?agentjail-[0-9]'
groups | diff before - || fail "a group is left"

profile "limits: {memory: 64M}"
expect_status 0 jail -q -p ./p.yaml -- python3 -c 'x = bytearray(16 << 20)'
expect_status 137 jail -q -p ./p.yaml -- \
	python3 -c 'x = bytearray(200 << 20)'

# As bare: fork fails, and says so.
cat >forks.py <<'END'
import os
import time

children = 0
try:
    while children < 50:
        if os.fork() == 0:
            time.sleep(30)
            os._exit(0)
        children += 1
except BlockingIOError as e:
    print(f"{children} children: {e.strerror}")
END
profile "limits: {pids: 10}"
expect_status 0 jail -q -p ./p.yaml -- python3 forks.py
expect_out '^9 children: Resource temporarily unavailable'

# Half a processor: in two seconds no more than one, and what one period is.
cat >burn.py <<'END'
import time

end = time.time() + 2
began = time.process_time()
while time.time() < end:
    pass
print(round(1000 * (time.process_time() - began)))
END
profile "limits: {cpu: 50%}"
expect_status 0 jail -q -p ./p.yaml -- python3 burn.py
[ "$(cat out)" -lt 1300 ] || fail "$(cat out) ms of 2000 with half a processor"

profile "limits: {time: 1s, time_verdict: kill}"
expect_status 137 jail -q -p ./p.yaml -- sh -c 'sleep 1000 & sleep 1000'
expect_err 'its time is over'
profile ""

# Ctrl-Z: all in it stands still, what made a session of its own too; also
# where the run has no terminal but its shell has.
cat >person.py <<'EOF'
import time
from terminal import Terminal, jail, fail


def now():
    with open("now", encoding="utf-8") as f:
        return f.read()


def await_change(before):
    end = time.time() + 20
    while now() == before:
        if time.time() > end:
            fail("the jail stands still")
        time.sleep(0.1)


run = " ".join(jail())
with open("writer", "w", encoding="utf-8") as f:
    f.write("while :; do date +%s%N >>now; sleep 0.02; done\n")
for redirection in "", "</dev/null >/dev/null 2>&1":
    with open("now", "w", encoding="utf-8") as f:
        pass
    t = Terminal(["bash", "--norc", "--noprofile", "-i"])
    t.type(f"{run} bash -c 'setsid bash writer & wait' {redirection}\r")
    await_change("")
    t.type("\x1a")
    t.await_text("Stopped")
    time.sleep(0.3)
    stopped = now()
    time.sleep(1)
    if now() != stopped:
        fail(f"a part of the jail runs on {redirection}")
    t.type("fg\r")
    await_change(stopped)
    t.type("\x03")
    time.sleep(1)
    t.type("exit 3\r")
    t.await_status(3)
EOF
PYTHONPATH=$TREE/tests/lib python3 -B person.py

# Killed whole, with the group left over, that the next run takes away.
"$AGENTJAIL" run -q -p ./p.yaml -- sh -c 'echo up; sleep 1000' </dev/null >up 2>/dev/null &
run=$!
await 20 test -s up
kill -KILL $run
wait $run 2>/dev/null || true
[ "$(groups | wc -l)" -gt "$(wc -l <before)" ] || fail "nothing to prune"
all_empty() {
	! grep -q "populated 1" "$at"/agentjail-*/cgroup.events
}
await 10 all_empty
expect_status 0 jail -q -p ./p.yaml -- true
groups | diff before - || fail "a group is left"

# Many at once, each of which waits for a pipe's other end.
mkfifo fifo
exec 8<>fifo
cat >many.sh <<'END'
trap "" TERM INT
for i in $(seq 100); do
	(read -r line) <fifo &
done
echo up
wait
END
"$AGENTJAIL" run -q -p ./p.yaml -- sh many.sh </dev/null >many 2>/dev/null &
run=$!
await 40 test -s many
[ "$(cat "$at"/agentjail-[0-9]*/cgroup.procs | wc -l)" -ge 100 ] ||
	fail "too few"
kill -TERM $run
kill -INT $run
status=0
wait $run 2>/dev/null || status=$?
[ $status = 137 ] || fail "they ended with $status, by themselves"
groups | diff before - || fail "a group is left"
