#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# guest: no
#
# The driver of escape tests passes none that proves nothing: it is given jails
# that are none, and an attack that cannot succeed.
. "$TREE/tests/lib/live.sh"

# jail_that SCRIPT: a program in the place of agentjail, which finds the
# command behind "--" as "$@".
jail_that() {
	cat >false_jail <<-END
		#!/bin/sh
		while [ "\$1" != -- ]; do shift; done
		shift
		$1
	END
	chmod +x false_jail
	rm -rf bare jail
}

drive() {
	AGENTJAIL=$T/false_jail expect_status "$1" \
		"$TREE/tests/lib/escape" write_outside
	mv "$T/out" driven
	[ -z "${2:-}" ] || expect_text driven "$2"
}

jail_that 'exec "$@"'
drive 1 '^the attack escaped from the jail$'
jail_that '"$@"; exit 1'
drive 1 '^the attack was prevented, and verify says 0$'
jail_that 'exit 1'
drive 0
jail_that 'exit 2'
drive 1 'was not tried'
jail_that 'exit 125'
drive 1 'neither an escape nor its prevention'
jail_that 'exit 137'
drive 1 'not by a verdict'
jail_that 'echo "agentjail: killed by a verdict" >&2; exit 137'
drive 0

# An attack that fails bare proves nothing, and one that cannot be tried here
# is skipped.
mkdir -p tree/build/escape tree/tests/escape
: >tree/tests/escape/other.c
other_that() {
	printf '#!/bin/sh\ncase $1 in attack) %s ;; verify) exit 2 ;; esac\n' \
		"$1" >tree/build/escape/other
	chmod +x tree/build/escape/other
	rm -rf bare jail
	expect_status "$2" env TREE="$T/tree" AGENTJAIL="$T/false_jail" \
		"$TREE/tests/lib/escape" other
}

jail_that 'exit 1'
other_that 'exit 1' 1
expect_out 'it proves nothing'
other_that 'exit 0' 0
other_that '{ echo "no such thing here"; exit 2; }' 77
expect_out '^no such thing here$'
