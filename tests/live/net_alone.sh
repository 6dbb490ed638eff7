# SPDX-License-Identifier: Apache-2.0
# modules: inet_diag tcp_diag
#
# A profile that lets nothing out has a network of its own, whose loopback
# works; one that opens any address has the host's.
. "$TREE/tests/lib/live.sh"

need python3
cat >ask.py <<'END'
import socket

print("interfaces", *sorted(n for _, n in socket.if_nameindex()))
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
client = socket.socket()
client.connect(server.getsockname())
print("own", server.accept()[1] == client.getsockname())
END
profile() {
	printf 'agentjail: 1\nname: %s\nextends: %s\nnetwork:\n%s\n' \
		"$1" "$2" "$3" >"$1.yaml"
}
# Where the jail is: the number of its network namespace.
where() {
	expect_status 0 jail --allow-degraded "$@" -- readlink /proc/self/ns/net
	cat "$T/out"
}

host=$(readlink /proc/self/ns/net)
expect_status 0 jail -p offline -- python3 ask.py
expect_quiet
expect_out '^interfaces lo$'
expect_out '^own True$'
[ "$(where -p offline)" != "$host" ] || fail "offline is on the host's network"
[ "$(where)" = "$host" ] || fail "coder is not on the host's network"
profile base_alone base '  - allow listen: ["loopback:*"]'
[ "$(where -p ./base_alone.yaml)" != "$host" ] || fail "nothing leads out"
for rule in 'allow connect: ["loopback:80"]' 'ask connect: ["10.0.0.0/8:*"]' \
	'allow connect: ["any:53/udp"]' 'allow listen: ["any:80"]' \
	'allow connect: ["unix:@name"]'; do
	profile open_one base "  - $rule"
	[ "$(where -p ./open_one.yaml)" = "$host" ] || fail "shut in: $rule"
done
