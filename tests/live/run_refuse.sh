#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 120
#
# `run` refuses what is not enforced as it says, one line a rule, and goes on
# only where it is told to; `--dry-run` shows the plan and runs nothing.
. "$TREE/tests/lib/live.sh"

mkdir task && cd task
cat >p.yaml <<'END'
agentjail: 1
name: p
files:
  - allow read: [/usr, /bin, /lib, /lib64, /etc, /proc, /dev]
  - allow read modify: [$workdir, /dev/null]
exec:
  - allow: [/usr, /bin, /lib, /lib64]
otherwise: {network: allow}
END
plus() {
	cat p.yaml - >plus.yaml
}

expect_status 0 jail -p ./p.yaml -- true
expect_quiet

plus <<'END'
powers:
  - allow: [io_uring]
END
runs() {
	find "$XDG_STATE_HOME/agentjail/runs" /var/lib/agentjail/runs -mindepth 1 \
		-maxdepth 1 2>/dev/null | wc -l
}
runs_before=$(runs || true)
expect_status 125 jail -p ./plus.yaml -- sh -c '>ran'
[ ! -e ran ] || fail "it ran"
expect_err '^agentjail: plus.yaml:10: allow io_uring: not enforceable here: .*; .*--allow-degraded$'
[ "$(wc -l <"$T/err")" = 2 ] || fail "not a line a rule: $(cat "$T/err")"
[ "$runs_before" = "$(runs || true)" ] || fail "a run that never was left something"

expect_status 0 jail -p ./plus.yaml --allow-degraded -- sh -c '>ran'
[ -e ran ] || fail "it did not run"
expect_err '^agentjail: not enforced here: 1 '
expect_status 0 jail -q -p ./plus.yaml --allow-degraded -- true
expect_quiet

# One rule of an executable tree can be raced on this engine.
rm ran
{ sed '/^otherwise/d' p.yaml; echo '  - deny: [/usr/bin/env]'
	echo 'otherwise: {network: allow}'; } >plus.yaml
expect_status 0 jail -p ./plus.yaml -- true
expect_quiet
expect_status 125 jail -p ./plus.yaml --strict -- sh -c '>ran'
expect_err 'plus.yaml:8: deny /usr/bin/env: raceable: .*; .*--strict$'
[ ! -e ran ] || fail "it ran"

expect_status 0 jail --dry-run -p ./p.yaml -- sh -c '>ran'
expect_out 'otherwise'
expect_out 'enforced'
expect_status 0 jail --dry-run -p ./p.yaml
expect_status 125 jail --dry-run --strict -p ./plus.yaml -- sh -c '>ran'
expect_err 'plus.yaml:8: '
[ ! -e ran ] || fail "it ran"

# explain, doctor and run agree on what is there.
expect_status 0 "$AGENTJAIL" doctor
! grep -Eq '^no +(seccomp|Landlock|namespaces|mount)' "$T/out" ||
	fail "doctor misses what run was made of: $(cat "$T/out")"
expect_status 0 "$AGENTJAIL" doctor --json
expect_out '"mechanism":"Landlock","there":true,"required":true'
expect_status 0 "$AGENTJAIL" profile explain ./p.yaml
refuse_text "$T/out" 'not enforceable here'
