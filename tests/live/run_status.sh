#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# guest: no
# timeout: 240
#
# The exit status is the command's own, 126 and 127 as of env(1).
. "$TREE/tests/lib/live.sh"

cat >p.yaml <<'END'
agentjail: 1
name: p
files:
  - allow read: [/usr, /bin, /lib, /lib64, /etc, /proc, /dev]
  - allow read modify: [$workdir, /dev/null]
exec:
  - allow: [/usr, /bin, /lib, /lib64, $workdir]
otherwise: {network: allow}
END
run=(jail -p ./p.yaml --)

RANDOM=${CHECK_SEED:-$$}
echo "seed ${CHECK_SEED:-$$}" >&2
signals=(HUP INT QUIT ILL ABRT FPE KILL USR1 SEGV USR2 PIPE ALRM TERM XCPU SYS)
for ((i = 0; i < ${CHECK_ROUNDS:-20}; i++)); do
	status=$((RANDOM % 256))
	expect_status $status "${run[@]}" sh -c "exit $status"
	expect_quiet
	signal=${signals[RANDOM % ${#signals[@]}]}
	bare=0
	sh -c "kill -$signal \$\$" 2>/dev/null || bare=$?
	expect_status $bare "${run[@]}" sh -c "kill -$signal \$\$"
	expect_quiet
done

echo 'exit 7' >script
chmod +x script
expect_status 127 "${run[@]}" nonexistent
expect_err '^agentjail: nonexistent: No such file or directory$'
expect_status 127 "${run[@]}" ./nonexistent
expect_status 126 "${run[@]}" /etc/passwd
expect_err '^agentjail: /etc/passwd: Permission denied$'
expect_status 126 "${run[@]}" "$T"
expect_status 125 jail -p ./p.yaml
expect_status 125 jail -p ./p.yaml --
