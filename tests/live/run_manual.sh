#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# as: user
# guest: no
#
# The manual and --help tell of the same commands and options.
. "$TREE/tests/lib/live.sh"

page=$TREE/man/agentjail.1
[ -e "$page" ] || skip "the manual is not here"

# The options of one command: of its part of the manual, and of --help.
manual_options() {
	sed -n "/^\.Ss agentjail $1\$/,/^\.S[sh] /p" "$page" |
		grep -oE '(^\.It |^\.)?Fl -[a-z][a-z-]+|Fl [a-zA-Z] ' |
		sed -E 's/^.*Fl /-/; s/ $//' | sort -u
}
help_options() {
	"$AGENTJAIL" "$1" --help | sed -nE \
		's/^  (-(.),)? +(--[a-z-]+).*/-\2\n\3/p' | grep -v '^-$' |
		grep -vxE -e '--(help|version)' | sort -u
}
commands=$("$AGENTJAIL" --help | sed -nE 's/^  ([a-z]+) .*/\1/p')
[ -n "$commands" ] || fail "no commands"
for command in $commands; do
	case $command in help | version) continue ;; esac
	grep -q "^\.Ss agentjail $command\$" "$page" ||
		fail "the manual has no agentjail $command"
	diff <(manual_options "$command") <(help_options "$command") ||
		fail "of agentjail $command the manual and --help differ"
done

# --version and --help everywhere.
for command in '' $(echo "$commands" | grep -vx 'help\|version'); do
	# shellcheck disable=SC2086
	expect_status 0 "$AGENTJAIL" $command --version
	expect_out '^agentjail [0-9]'
	# shellcheck disable=SC2086
	expect_status 0 "$AGENTJAIL" $command --help
	expect_out '^usage: agentjail'
done
