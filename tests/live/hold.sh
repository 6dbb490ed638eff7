#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# guest: no
#
# What holds every live test to its time and to leaving nothing does so.
. "$TREE/tests/lib/live.sh"

hold=$TREE/build/lib/hold
"$hold" list >before
mkdir place

# held STATUS SECONDS SCRIPT: what the script leaves is then in ./left.
held() {
	expect_status "$1" "$hold" run -t "$2" -d "$T/place" \
		-p "$T/program" -b before -o left sh -c "$3"
}

nothing_left() {
	[ ! -s left ] || fail "$1: $(cat left)"
}

gone() {
	! pgrep -u "$(id -u)" -f "^$1\$" >/dev/null || fail "$1 runs on"
}

held 0 10 'sleep 0.3 & exit 0'
nothing_left "it ended by itself"
held 3 10 'exit 3'
held 143 10 'kill -TERM $$'
held 0 10 'test "$(ps -o sid= -p $$)" -eq $$ && ! tty -s && ! true 2>/dev/null </dev/tty'
held 130 10 'kill -INT $$; exit 0'

held 124 1 'trap "" TERM; sleep 4711'
nothing_left "killed at its limit"
gone "sleep 4711"

# However it hides: no environment, another session, a parent that is gone; or
# nobody's child, but the program that is tested.
cp "$(command -v sleep)" program
./program 4714 &
held 0 10 'env -i setsid sleep 4712 & (env -i setsid sleep 4713 &) & wait $!'
wait $! || true
expect_text left '^left over: process [0-9]+: sleep 4712'
expect_text left '^left over: process [0-9]+: sleep 4713'
expect_text left '^left over: process [0-9]+: ./program 4714'
gone "sleep 4712"
gone "sleep 4713"

[ "$CHECK_AS" = root ] || exit 0
at=$(awk '/ - cgroup2 / { print $5; exit }' /proc/self/mountinfo)
mkdir "$at/agentjail-before$$"
# It is in use, which others who look for what is left respect.
sleep 60 &
keeper=$!
echo $keeper >"$at/agentjail-before$$/cgroup.procs"
"$hold" list >before
held 0 10 "mkdir m && mount -t tmpfs m m && mkdir -p $at/agentjail-held$$/inner"
kill $keeper
wait $keeper || true
for _ in {1..20}; do
	rmdir "$at/agentjail-before$$" 2>/dev/null && break
	sleep 0.1
done
[ ! -e "$at/agentjail-before$$" ] || fail "a cgroup in use was no more so"
expect_text left "^left over: mount $T/place/m\$"
expect_text left "^left over: cgroup $at/agentjail-held$$\$"
refuse_text left before
! mountpoint -q place/m || fail "still mounted"
[ ! -e "$at/agentjail-held$$" ] || fail "the cgroup is still there"
