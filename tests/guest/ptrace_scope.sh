#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Where Yama lets nobody look into a process but its tracer, `run` works all the
# same, or it says what forbids it and how to lift that, and runs nothing.
. "$TREE/tests/lib/live.sh"

grep -q 'agentjail\.yama=[23]' /proc/cmdline || skip "not of this boot"
[ "$(cat /proc/sys/kernel/yama/ptrace_scope)" -ge 2 ] ||
	fail "the guest lets a parent look into its child"
got=0
jail -- sh -c 'echo ran; cat /etc/passwd >/dev/null' >out 2>err || got=$?
case $got in
0)
	[ "$(cat out)" = ran ] || fail "status 0, and nothing ran"
	;;
125)
	[ ! -s out ] || fail "it ran: $(cat out)"
	expect_text err '^agentjail: .*kernel\.yama\.ptrace_scope is 2'
	expect_text err 'sysctl -w kernel\.yama\.ptrace_scope=1'
	;;
*)
	fail "status $got: $(cat err)"
	;;
esac
