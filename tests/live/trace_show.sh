#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 180
#
# `trace` finds a run by what is enough of its name, shows what is asked for,
# follows a run to its end, and takes no file for a trace that is none.
. "$TREE/tests/lib/live.sh"
need python3

mkdir task && cd task
cat >p.yaml <<'END'
agentjail: 1
name: p
otherwise: {network: allow}
files:
  - allow read: [/usr, /bin, /lib, /lib64, /etc, /proc, /dev]
  - allow read modify: [$workdir, /dev/null]
  - deny read: [$workdir/secret*]
  - audit read: [$workdir/noted]
exec:
  - allow: [/usr, /bin, /lib, /lib64]
END
echo a >secret; echo b >"secret "$'\e[31m'; echo c >noted
# Root's runs may have others' beside them, so that the latest is theirs.
run=
[ "$CHECK_AS" = user ] || run=new$$
trace() {
	expect_status 0 "$AGENTJAIL" trace ${run:+"$run"} "$@"
}
trace_of() {
	expect_status 0 "$AGENTJAIL" trace "$@"
}
refused() {
	expect_status 125 "$AGENTJAIL" trace "$@"
	[ "$(wc -l <"$T/err")" = 1 ] || fail "not one line: $(cat "$T/err")"
}

expect_status 0 jail -q -p ./p.yaml --task old$$ -- true
expect_status 1 jail -q -p ./p.yaml --task new$$ -- cat noted secret secret*31m p.yaml

# Which run.
trace --op start --json
expect_out '"task":"new'$$'"'
id=$(sed -E 's/.*"run":"([^"]*)".*/\1/' "$T/out")
for name in ${run:-latest} new$$ "$id" "${id%?}" "${id##*-}"; do
	trace_of "$name" --op end --json
	expect_out "\"run\":\"$id\",\"task\":\"new$$\""
done
trace_of --op end --json old$$
expect_out "\"task\":\"old$$\""
refused 2
expect_err '"2" may be any of [0-9]+ runs'
refused nonexistent
refused latest old$$

# What of it.
trace
expect_out ' audit read .*/noted'
expect_out ' deny  read .*/secret  \(p.yaml:7\)  by /.*/cat'
expect_out ' allow read .*/p.yaml'
expect_out ' end .* status 1'
grep -q $'\e' "$T/out" && fail "an escape sequence reached the terminal"
trace --verdict deny,audit
[ "$(wc -l <"$T/out")" = 3 ] || fail "not three: $(cat "$T/out")"
trace --op end
[ "$(wc -l <"$T/out")" = 1 ] || fail "not one: $(cat "$T/out")"
trace --path '*/secret' --verdict deny --json
[ "$(wc -l <"$T/out")" = 1 ] || fail "not one: $(cat "$T/out")"
pid=$(sed -E 's/.*"pid":([0-9]+).*/\1/' "$T/out")
at=$(sed -E 's/.*"time":"([^".]*)\..*/\1/' "$T/out")
trace --pid "$pid" --verdict deny
[ "$(wc -l <"$T/out")" = 2 ] || fail "not two: $(cat "$T/out")"
trace --pid 1
[ ! -s "$T/out" ] || fail "no process 1 was there: $(cat "$T/out")"
trace --since "${at}Z" --op end
expect_out ' end '
trace --since 1h --op end
expect_out ' end '
trace --since 2999-01-01T00:00:00Z
[ ! -s "$T/out" ] || fail "from the future: $(cat "$T/out")"
trace --json
python3 - "$T/out" <<'END'
import json, sys
events = [json.loads(line) for line in open(sys.argv[1])]
for e in events:
	assert e["v"] == 1 and e["run"] and e["op"] and e["verdict"], e
seqs = {}
for e in events:
	if e["source"] == "broker":
		assert e["seq"] == seqs.get("broker", 0) + 1, e
		seqs["broker"] = e["seq"]
assert any(e["verdict"] == "audit" for e in events)
END
for bad in '--verdict no' '--op no' '--pid no' '--since no' '--nonsense'; do
	# shellcheck disable=SC2086
	refused $bad
done

# While it is written.
mkfifo go
jail -q -p ./p.yaml --task slow$$ -- sh -c 'read x <go; cat noted' >"$T/slow" &
for ((i = 0; i < 100; i++)); do
	"$AGENTJAIL" trace slow$$ --op start >/dev/null 2>&1 && break
	sleep 0.1
done
"$AGENTJAIL" trace slow$$ --follow --json >"$T/followed" &
follower=$!
sleep 0.5
kill -0 $follower || fail "it does not follow"
echo >go
wait $follower
expect_text "$T/followed" '"op":"start"'
expect_text "$T/followed" '"op":"read","object":".*/noted"'
expect_text "$T/followed" '"op":"end"'
wait

# What is no trace.
if [ "$CHECK_AS" = root ]; then
	runs=/var/lib/agentjail/runs
else
	runs=$XDG_STATE_HOME/agentjail/runs
fi
mkdir "$runs/99990101-000000.000-test"
trap 'rm -rf "$runs/99990101-000000.000-test"' EXIT
db=$runs/99990101-000000.000-test/trace.db
: >"$db"
refused
expect_err 'no trace'
echo 'This is no database, but a text that is longer than its head would be.' >"$db"
refused
cp "$runs/$id/trace.db" "$db"
trace_of --op end --json
truncate -s 5000 "$db"
refused
python3 - "$runs/$id/trace.db" "$db" <<'END'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[8192:] = bytes(len(data) - 8192)
open(sys.argv[2], "wb").write(data)
END
refused
python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1]); db.execute("create table t (a)"); db.commit()' "$T/foreign"
cp "$T/foreign" "$db"
refused
expect_err 'no trace'
