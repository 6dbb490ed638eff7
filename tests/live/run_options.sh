#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 240
#
# The options of `run` change the scope as they say, and no flag beats a lock.
. "$TREE/tests/lib/live.sh"

mkdir task other && cd task
echo kept >secret
echo else >../other/file
cat >p.yaml <<'END'
agentjail: 1
name: p
files:
  - allow read: [/usr, /bin, /lib, /lib64, /etc, /proc, /dev, $extra]
  - allow read modify: [$workdir, /dev/null]
  - deny read: [$workdir/secret]
    reason: it is secret
exec:
  - allow: [/usr, /bin, /lib, /lib64]
otherwise: {network: allow}
END
sed 's/    reason:.*/&\n    lock: true/' p.yaml >locked.yaml
cp /bin/true mine

denied() {
	expect_status "$@"
	expect_err '^agentjail: denied '
}
run=(jail -p ./p.yaml -D extra=/opt)

# Without options, and with each.
denied 1 "${run[@]}" -- cat secret
expect_status 0 "${run[@]}" -r secret -- cat secret
expect_out '^kept$'
denied 1 jail -p ./locked.yaml -D extra=/opt -r secret -- cat secret
denied 1 "${run[@]}" -- cat ../other/file
expect_status 0 "${run[@]}" -r ../other -- cat ../other/file
expect_status 0 jail -p ./p.yaml -D "extra=$T/other" -- cat ../other/file
denied 2 "${run[@]}" -r ../other -- sh -c 'cat ../other/file && >../other/new'
expect_status 0 "${run[@]}" -w ../other -- sh -c '>../other/new; rm ../other/new'
denied 126 "${run[@]}" -- ./mine
expect_status 0 "${run[@]}" -x mine -- ./mine
expect_status 2 "${run[@]}" -r ../other --hide ../other -- ls ../other
expect_status 0 "${run[@]}" -e A=1 -e B -- sh -c 'echo $A$B$C'
expect_out '^1$'
B=2 C=3 expect_status 0 "${run[@]}" -e A=1 -e B -- sh -c 'echo $A$B$C'
expect_out '^12$'

# Several profiles: where they differ the stricter decides.
sed '/deny read/,/reason/d; s/^name: p/name: q/' p.yaml >q.yaml
expect_status 0 jail -p ./q.yaml -D extra=/opt -- cat secret
denied 1 jail -p ./q.yaml -p ./p.yaml -D extra=/opt -- cat secret

# The task's directory, and what is recorded of a run.
expect_status 0 jail -C ../other -p ./p.yaml -D extra=/opt -- pwd
expect_out "^$T/other\$"
expect_status 0 "${run[@]}" --task "fix $$" --owner me -- true
expect_status 0 "$AGENTJAIL" trace "fix $$" --op end --json
expect_out "\"task\":\"fix $$\",\"owner\":\"me\""
expect_status 1 "${run[@]}" --task few$$ --trace violations -- cat secret p.yaml
expect_status 0 "$AGENTJAIL" trace few$$
expect_out ' deny  read .*/secret'
refuse_text "$T/out" ' allow (read|exec) '

# What is not there, or makes no sense, ends with one line, and nothing runs.
refused() {
	expect_status 125 jail -p ./p.yaml -D extra=/opt "$@" -- sh -c '>ran'
	[ "$(wc -l <"$T/err")" = 1 ] || fail "not one line: $(cat "$T/err")"
	[ ! -s "$T/out" ] || fail "something on standard output"
	[ ! -e ran ] || fail "it ran"
}
for option in '--ask tty' '--ask queue' '--ask exec:true' '--engine kernel' \
	'--fail-on allow' '--trace none' '--nonsense' '-q -v' '--user nobody0' \
	'--strict --allow-degraded' '-C /nonexistent' '-D workdir=/' \
	'-p nonexistent' '--limit memory' '--events /nonexistent/x' '--task='; do
	# shellcheck disable=SC2086
	refused $option
done
cd "$HOME"
expect_status 125 jail -p "$T/task/p.yaml" -D extra=/opt -- true
expect_err '-C '
expect_status 0 jail -C . -p "$T/task/p.yaml" -D extra=/opt -- true

# Plain root is told once, at a terminal, whose the files will be.
[ "$CHECK_AS" = root ] && command -v script >/dev/null || exit 0
cd "$T/task"
rm -f /var/lib/agentjail/told-root
script -qec "$AGENTJAIL run -p ./p.yaml -D extra=/opt -- true" /dev/null >"$T/out"
expect_out '^agentjail: the command runs as root'
script -qec "$AGENTJAIL run -p ./p.yaml -D extra=/opt -- true" /dev/null >"$T/out"
refuse_text "$T/out" agentjail
