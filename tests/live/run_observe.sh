#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 180
#
# --observe lets happen what rules deny, and records what they would have done;
# locks hold. --fail-on tells of verdicts by the exit status.
. "$TREE/tests/lib/live.sh"

mkdir task other && cd task
echo open >secret
echo closed >locked
cp /bin/true mine
cat >p.yaml <<'END'
agentjail: 1
name: p
files:
  - allow read: [/usr, /bin, /lib, /lib64, /etc, /proc, /dev]
  - allow read modify: [$workdir, /dev/null]
  - audit read: [$workdir/noted]
  - kill read: [$workdir/secret]
  - deny read: [$workdir/locked]
    lock: true
exec:
  - allow: [/usr, /bin, /lib, /lib64]
otherwise: {network: allow}
END
echo noted >noted
run=(jail -p ./p.yaml)

expect_status 137 "${run[@]}" -- sh -c 'cat secret; echo on'
expect_err '^agentjail: killed at read .*/secret \(p.yaml:7\)'
refuse_text "$T/out" .
expect_status 137 "${run[@]}" -q -- cat secret
expect_err '^agentjail: killed at '

expect_status 0 "${run[@]}" --task seen$$ --observe -- \
	sh -c 'cat secret && ./mine && >../other/new && rm ../other/new && echo on'
expect_out '^open$'
expect_out '^on$'
expect_err '^agentjail: would have killed at read .*/secret \(p.yaml:7\)'
expect_err '^agentjail: would have denied exec .*/mine '
expect_err '^agentjail: would have denied create .*/other/new '
expect_err '^agentjail: would have denied delete .*/other/new '
expect_status 0 "$AGENTJAIL" trace seen$$ --verdict kill --json
expect_out '"op":"read",.*/secret.*"verdict":"kill".*"result":"ok".*"flags":\["observed"\]'

expect_status 1 "${run[@]}" --observe -- cat locked
expect_err '^agentjail: denied read .*/locked \(p.yaml:8\)'
expect_status 1 "${run[@]}" --observe -- unshare -m true
expect_err '^agentjail: denied (mount|namespace) '

expect_status 0 "${run[@]}" --fail-on audit -- true
expect_quiet
expect_status 3 "${run[@]}" --fail-on audit -- cat noted
expect_quiet
expect_status 0 "${run[@]}" --fail-on deny -- cat noted
expect_status 3 "${run[@]}" --fail-on deny -- sh -c 'cat locked; exit 0'
expect_status 0 "${run[@]}" --fail-on kill -- sh -c 'cat locked; exit 0'
expect_status 3 "${run[@]}" --fail-on kill -- cat secret
expect_status 3 "${run[@]}" --observe --fail-on kill -- cat secret
