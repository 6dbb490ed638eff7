#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 180
#
# The agent can learn why something was denied, and change nothing of it. Each
# line about a violation is whole, shows a command that works as it is, and is
# not repeated.
. "$TREE/tests/lib/live.sh"

mkdir "task it's" && cd "task it's"
cat >p.yaml <<'END'
agentjail: 1
name: p
files:
  - allow read: [/usr, /bin, /lib, /lib64, /etc, /proc, /dev]
  - allow read modify: [$workdir, /dev/null]
  - deny read: [$workdir/*secret*]
    reason: it is secret
exec:
  - allow: [/usr, /bin, /lib, /lib64]
otherwise: {network: allow}
END
run=(jail -p ./p.yaml --)
odd=$'secret \'\e[31m$(id)\n\xff"'
echo s >secret
plain='secret x"'"'"' $(id)'
echo s >"$odd"
echo s >"$plain"

# AGENTJAIL_DENIED: a JSON line for each denial.
expect_status 0 "${run[@]}" sh -c '
	cat secret 2>/dev/null; cat secret 2>/dev/null; cat "$1" 2>/dev/null
	for i in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(wc -l <"$AGENTJAIL_DENIED")" = 3 ] && break
		sleep 0.1
	done
	cat "$AGENTJAIL_DENIED"
	' sh "$odd"
[ "$(wc -l <"$T/out")" = 3 ] || fail "not three lines: $(cat "$T/out")"
expect_out '"op":"read","object":"/.*/secret".*"verdict":"deny","rule":{"profile":"p.yaml","line":6},.*"reason":"it is secret",.*"what_to_do":"'
expect_status 2 "${run[@]}" sh -c 'echo forged >"$AGENTJAIL_DENIED"'
expect_status 1 "${run[@]}" sh -c 'rm -f "$AGENTJAIL_DENIED"'
expect_status 1 "${run[@]}" sh -c 'chmod 666 "$AGENTJAIL_DENIED"'
expect_status 0 "${run[@]}" sh -c 'test ! -s "$AGENTJAIL_DENIED"'

# A line each, the first with the command that tells more, which works.
expect_status 1 "${run[@]}" cat "$odd" 2>/dev/null
grep '^agentjail' "$T/err" | grep -q $'\e' &&
	fail "an escape sequence reached the terminal"
expect_err '; see: agentjail why -p ./p.yaml read \$'
expect_status 1 "${run[@]}" cat "$plain"
command=$(sed -n 's/^agentjail: denied .*; see: agentjail //p' "$T/err")
[ -n "$command" ] || fail "no command: $(cat "$T/err")"
eval "$AGENTJAIL $command" >"$T/out"
expect_out '^deny: read /'
expect_out 'p.yaml:6'
expect_status 1 "${run[@]}" sh -c \
	'for i in 1 2 3 4 5; do cat secret; done 2>/dev/null; cat "$1"' sh "$odd"
[ "$(grep -c '^agentjail: denied ' "$T/err")" = 2 ] ||
	fail "repeated, or missing: $(cat "$T/err")"
expect_err '^agentjail: 6 violations; see them all: agentjail trace [^ ]+ --verdict '
command=$(sed -n 's/^agentjail: 6 violations; see them all: agentjail //p' "$T/err")
eval "$AGENTJAIL $command" >"$T/out"
[ "$(grep -c ' deny  read ' "$T/out")" = 6 ] || fail "not six: $(cat "$T/out")"
expect_status 1 jail -q -p ./p.yaml -- sh -c 'cat secret 2>/dev/null'
expect_quiet

# Nothing of the agent's comes between: lines are written at once.
expect_status 0 "${run[@]}" sh -c '
	(for i in $(seq 200); do printf xxxxxxxx >&2; done) &
	for i in $(seq 40); do cat "secret$i" 2>/dev/null; : >"secret$i"; cat "secret$i"; done 2>/dev/null
	wait'
tr -d x <"$T/err" >"$T/lines"
[ "$(grep -c '^agentjail: denied read .*)' "$T/lines")" = 40 ] ||
	fail "lines came in pieces: $(cat "$T/lines")"

# The same events as JSON, as they come.
expect_status 1 jail -q --events ../events -p ./p.yaml -- cat secret
python3 - "$T/events" <<'END'
import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
assert events[0]["op"] == "start" and events[-1]["op"] == "end", events
assert events[-1]["result"] == "exit 1", events[-1]
assert [e["reason"] for e in events if e["verdict"] == "deny"] == ["it is secret"]
assert len({e["run"] for e in events}) == 1
END
expect_status 0 jail -q --events - -p ./p.yaml -- true
expect_out '^\{"v":1,.*"op":"end"'
mkfifo ../gone
(exec 3<../gone; sleep 0.2) &
expect_status 0 jail -q --events ../gone -p ./p.yaml -- sh -c 'sleep 1; cat p.yaml'
expect_out '^agentjail: 1$'
wait
