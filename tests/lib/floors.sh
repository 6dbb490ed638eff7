#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every include of a floor must point down. Prints each one that does not.
# Floors, lowest first; those on one line may not include one another.
# A file may also include bpf/abi.h; of bpf/ nothing else, but for the skeleton
# of the programs and what their maps hold, which are observe's alone.
#
#   tests/lib/floors.sh tests/floors FILE...
awk '
NR == FNR { for (i = 1; i <= NF; i++) floor[$i] = NR; next }
match($0, /^#include "[a-z]+\//) {
	to = substr($0, 11, RLENGTH - 11)
	n = split(FILENAME, p, "/"); from = p[n - 1]
	if (!(from in floor)) {
		print FILENAME ": " from " is on no floor"
		bad = 1
	} else if (to == "bpf") {
		if ($0 !~ /"bpf\/abi\.h"/ &&
		    !(from == "observe" && $0 ~ /"bpf\/(agentjail\.skel|maps)\.h"/)) {
			print FILENAME ":" FNR ": only bpf/abi.h is shared"
			bad = 1
		}
	} else if (!(to in floor)) {
		print FILENAME ":" FNR ": " to " is on no floor"
		bad = 1
	} else if (from != to && floor[to] >= floor[from]) {
		print FILENAME ":" FNR ": " from " must not include " to
		bad = 1
	}
}
END { exit bad }' "$@"
