# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Results as the runners exchange them: lines "ok NAME", "not ok NAME" and
# "skip NAME: REASON", where what is indented belongs to the line before. They
# are kept in the file $results.

# show: keeps the results on standard input and prints them as they come. Of
# what passed where tests are many and quick a count for each group is enough,
# unless V=1.
show() {
	tee -a "$results" | awk -v all="${V:-0}" '
	function flush() { if (n) print group ": " n " passed"; n = 0 }
	/^ok (unit|golden|house)\// && all == 0 {
		split($2, part, "[/:]")
		now = part[1] == "unit" ? part[1] "/" part[2] : part[1]
		if (now != group) flush()
		group = now; n++; next
	}
	{ flush(); print; fflush() }
	END { flush() }'
}

# sum: what was skipped, what failed, and as the last line the sum. Fails
# where a test failed or none passed.
sum() {
	local passed failed skipped
	passed=$(grep -c '^ok ' "$results")
	failed=$(grep -c '^not ok ' "$results")
	skipped=$(grep -c '^skip ' "$results")
	[ "$skipped" = 0 ] || { echo; grep '^skip ' "$results"; }
	[ "$failed" = 0 ] || { echo; grep '^not ok ' "$results"; }
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ] && [ "$passed" != 0 ]
}
