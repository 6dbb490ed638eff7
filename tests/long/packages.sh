#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 900
#
# Packages of Debian build and pass their own checks in the jail as they do
# outside it. tests/lib/sources has fetched what they are made of.
. "$TREE/tests/lib/live.sh"

need gcc make
sources=$TREE/build/long
[ -d "$sources" ] || skip "no sources were fetched (tests/lib/sources)"

# The results of its checks, however its build system words them.
results() {
	grep -aE '^(# (TOTAL|PASS|FAIL|ERROR)|\s*\*\*\* .*test|PASS:|FAIL:)' "$1" |
		sort
}

for package in hello zlib; do
	tarball=$(find "$sources" -name "${package}_*.orig.tar.*" ! -name '*.asc')
	[ -n "$tarball" ] || fail "$package was not fetched"
	for where in bare jail; do
		rm -rf w && mkdir w
		tar -xf "$tarball" -C w --strip-components=1
		run=()
		[ $where = bare ] || run=("$AGENTJAIL" run -q --)
		(cd w && "${run[@]}" sh -c './configure && make -j2 && make check') \
			>$where.log 2>&1 </dev/null || {
			tail -n 20 $where.log
			fail "$package does not build and pass ($where)"
		} >&2
		results $where.log >$where
	done
	[ -s bare ] || fail "$package: no results: $(tail -n 5 bare.log)"
	diff bare jail >differ || {
		cat differ
		fail "$package: the checks do not come out the same"
	} >&2
	echo "$package: $(wc -l <bare) lines of results, the same"
done
