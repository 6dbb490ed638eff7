#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Nothing of a jail outlives its run: no daemon, however it hides, and no file
# that stands on the host for a name that is protected and not there.
. "$TREE/tests/lib/live.sh"

mkdir w && cd w
jail -q -- sh -c '
	(sleep 2; touch late1) &
	setsid sh -c "sleep 2; touch late2" </dev/null >/dev/null 2>&1 &
	(setsid sh -c "trap \"\" HUP TERM INT; sleep 2; touch late3" &) &
	exit 0'
began=$SECONDS
sleep 3
for late in late1 late2 late3; do
	[ ! -e "$late" ] || fail "something made $late after the run"
done
[ $((SECONDS - began)) -lt 10 ]

# Names of the default profile, in the checkout and at home.
names="$PWD/.mcp.json $PWD/.vscode $PWD/.claude $PWD/.gitmodules $PWD/.env
	$PWD/.envrc $PWD/.idea $PWD/.cursor $PWD/.codex $PWD/.git
	$HOME/.bashrc $HOME/.bash_profile $HOME/.profile $HOME/.zshrc
	$HOME/.gitconfig $HOME/.ssh $HOME/.gnupg $HOME/.aws $HOME/.netrc
	$HOME/.npmrc $HOME/.config $HOME/.vimrc $HOME/.local"
ghosts() {
	local name
	for name in $names; do
		[ ! -e "$name" ] && [ ! -L "$name" ] || echo "$name"
	done
}
[ -z "$(ghosts)" ] || fail "not an empty place: $(ghosts)"
mkfifo go leave
jail -q -- sh -c 'echo here >go; cat leave >/dev/null; cat ~/.ssh/x .env' \
	>/dev/null 2>&1 &
read -r _ <go
[ -z "$(ghosts)" ] || fail "during the run: $(ghosts)"
echo end >leave
wait $! || true
[ -z "$(ghosts)" ] || fail "after the run: $(ghosts)"

# The supervisor dies at once, and all in the jail with it.
"$AGENTJAIL" run -q -- sh -c "echo here >go; sleep 4715" &
run=$! # the supervisor itself, which a function would hide
read -r _ <go
kill -KILL $run
wait $run 2>/dev/null || true
for _ in {1..50}; do
	pgrep -u "$(id -u)" -f '^sleep 4715$' >/dev/null || break
	sleep 0.1
done
! pgrep -u "$(id -u)" -f '^sleep 4715$' >/dev/null || fail "the agent lives on"
[ -z "$(ghosts)" ] || fail "after SIGKILL: $(ghosts)"
jail -q -- true # it takes away the control group that is left
