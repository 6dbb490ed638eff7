#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Where an ordinary user gets no user namespace, `run` works all the same, or
# it says so in one line and runs nothing; for root nothing changes.
. "$TREE/tests/lib/live.sh"

grep -q 'agentjail\.userns=0' /proc/cmdline || skip "not of this boot"
if unshare -U true 2>/dev/null && [ "$CHECK_AS" = user ]; then
	fail "the guest gives this user a user namespace"
fi
got=0
jail -- sh -c 'echo ran' >out 2>err || got=$?
case $got in
0)
	[ "$(cat out)" = ran ] || fail "status 0, and nothing ran"
	;;
125)
	[ "$CHECK_AS" = user ] || fail "root needs none: $(cat err)"
	[ ! -s out ] || fail "it ran: $(cat out)"
	[ "$(wc -l <err)" = 1 ] || fail "not one line: $(cat err)"
	expect_text err '^agentjail: .*user namespace'
	;;
*)
	fail "status $got: $(cat err)"
	;;
esac
