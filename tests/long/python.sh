#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 900
#
# Python's own tests of what it asks the system for come out in the jail as
# they do outside it, one by one.
. "$TREE/tests/lib/live.sh"

python=/usr/bin/python3
[ -x $python ] && $python -c 'import test.test_subprocess' 2>/dev/null ||
	skip "Python's tests are not installed (libpython3-testsuite)"
mkdir w && cd w

# Bare, but without the privileges that no jail has.
bare() {
	[ "$CHECK_AS" = root ] || { "$@"; return; }
	setpriv --bounding-set=-all --inh-caps=-all --no-new-privs \
		--securebits=+noroot,+noroot_locked -- "$@"
}

# The line of each test, less how long it took.
outcomes() {
	grep -E '^test[A-Za-z_0-9]* \(.*\.\.\. ' "$1" |
		sed -E 's/ in [0-9.]+ ?s.*//' | sort
}

for name in test_os test_subprocess test_pty test_tempfile test_shutil \
	test_mmap test_fcntl test_glob test_pathlib test_posix test_socketpair; do
	$python -c "import test.$name" 2>/dev/null || continue
	bare $python -m test -v "$name" >../bare.log 2>&1 </dev/null || true
	"$AGENTJAIL" run -q -- $python -m test -v "$name" >../jail.log 2>&1 \
		</dev/null || true
	outcomes ../bare.log >../bare
	outcomes ../jail.log >../jail
	[ -s ../bare ] || fail "$name does not run: $(tail -n 3 ../bare.log)"
	diff ../bare ../jail >../differ || {
		cat ../differ
		fail "$name does not come out the same"
	} >&2
	echo "$name: $(wc -l <../bare) tests, the same"
done
