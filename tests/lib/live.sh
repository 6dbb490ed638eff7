# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What live tests in shell share. A test is `tests/live/NAME.sh`, begins with
#
#	. "$TREE/tests/lib/live.sh"
#
# and passes when it runs to its end: any command that fails ends it. Its head
# (10 lines) may say `# as: root`, `# as: user` (default: both, one after the
# other), `# timeout: SECONDS` (default: 60), and for guests `# modules: NAME...`
# and `# guest: no`.
#
# It finds $AGENTJAIL (the program), $TREE (tests/, profiles/, build/),
# $CHECK_AS (root or user), $CHECK_NAME (an ordinary user's name), an own $HOME
# and $T, a directory of its own, which is also where it starts. State goes
# below $T, or for root where the program puts it.
set -eu -o pipefail

T=${CHECK_DIR:-}
if [ -z "$T" ]; then
	# By hand, outside the runner.
	T=$(mktemp -d "$HOME/.check.XXXXXX")
	trap 'rm -rf --one-file-system "$T"' EXIT
	TREE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
	AGENTJAIL=$TREE/build/agentjail
	CHECK_AS=$([ "$(id -u)" = 0 ] && echo root || echo user)
	CHECK_NAME=${CHECK_NAME:-nobody}
	HOME=$T/home XDG_STATE_HOME=$T/state XDG_RUNTIME_DIR=$T/run
	export TREE AGENTJAIL CHECK_AS CHECK_NAME HOME XDG_STATE_HOME
	export XDG_RUNTIME_DIR
	mkdir -p -m 0700 "$HOME" "$XDG_STATE_HOME" "$XDG_RUNTIME_DIR"
	cd "$T"
fi

trap 'echo "${BASH_SOURCE[0]##*/}:$LINENO: failed: $BASH_COMMAND" >&2' ERR
set -E

# fail TEXT...: ends the test.
fail() {
	echo "$*" >&2
	exit 1
}

# skip REASON: ends the test as one that says nothing here.
skip() {
	echo "$*"
	exit 77
}

# need PROGRAM...: skips where one is not installed.
need() {
	local p
	for p; do
		command -v "$p" >/dev/null || skip "there is no $p here"
	done
}

# jail ARG...: agentjail run ARG...
jail() {
	"$AGENTJAIL" run "$@"
}

# expect_status STATUS COMMAND...: runs it; its output is then in $T/out and
# $T/err, for expect_out and expect_err.
expect_status() {
	local want=$1 got=0
	shift
	"$@" >"$T/out" 2>"$T/err" || got=$?
	[ "$got" = "$want" ] && return
	{
		echo "status $got, not $want: $*"
		sed 's/^/out: /' "$T/out"
		sed 's/^/err: /' "$T/err"
	} >&2
	exit 1
}

# expect_text FILE REGEX: a line of FILE matches the extended REGEX.
expect_text() {
	grep -Eq -e "$2" "$1" && return
	{
		echo "${1##*/} has no line that matches: $2"
		sed 's/^/  | /' "$1"
	} >&2
	exit 1
}

# refuse_text FILE REGEX: no line of FILE matches it.
refuse_text() {
	grep -Eq -e "$2" "$1" || return 0
	fail "${1##*/} has a line that matches: $2: $(grep -E -m 1 -e "$2" "$1")"
}

expect_out() {
	expect_text "$T/out" "$1"
}

expect_err() {
	expect_text "$T/err" "$1"
}

# expect_quiet: the command before printed nothing on standard error.
expect_quiet() {
	[ ! -s "$T/err" ] || fail "not quiet: $(cat "$T/err")"
}
