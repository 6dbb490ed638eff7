#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 300
#
# npm packs a package and installs it, with its scripts, from that file, in a
# home where it has never been before (no ~/.npm).
. "$TREE/tests/lib/live.sh"

need node npm
mkdir -p package
printf '%s\n' '{"name": "a-package", "version": "1.2.3", "main": "index.js",' \
	'"bin": {"a-package": "cli.js"},' \
	'"scripts": {"postinstall": "node -e \"require(\\\"fs\\\").writeFileSync(\\\"was-here\\\", \\\"x\\\")\""}}' \
	>package/package.json
echo 'module.exports = 42;' >package/index.js
printf '%s\n' '#!/usr/bin/env node' 'console.log("the answer is", require("."));' \
	>package/cli.js
chmod +x package/cli.js

for where in bare jail; do
	rm -rf w "$HOME/.npm"
	mkdir w
	cp -r package w/package
	run=()
	[ $where = bare ] || run=("$AGENTJAIL" run --)
	(cd w && "${run[@]}" sh -c '
		set -e
		npm pack --silent ./package
		npm init -y >/dev/null
		npm install --offline --no-audit --no-fund --silent ./a-package-1.2.3.tgz
		npx --offline a-package
		test -e node_modules/a-package/was-here
		npm ls --silent
		npm run env >/dev/null
	') >$where.out 2>$where.err </dev/null || {
		cat $where.out $where.err
		fail "npm failed ($where)"
	} >&2
	sed -i "s@$PWD@.@" $where.out
done
diff bare.out jail.out || fail "npm says something else in the jail"
refuse_text jail.err 'agentjail: denied'
