# SPDX-License-Identifier: Apache-2.0
#
# Sockets of other families are powers: refused, save where a profile gives
# them; reading routes is none.
. "$TREE/tests/lib/live.sh"

need python3
cat >ask.py <<'END'
import errno
import socket

for family, kind, protocol in ((16, 3, 0), (16, 3, 4), (16, 2, 15),
                               (38, 5, 0), (40, 1, 0), (17, 3, 0), (2, 3, 1),
                               (10, 3, 58), (2, 10, 0), (2, 5, 0), (2, 1, 132),
                               (2, 6, 33), (99, 1, 0), (2, 1, 0), (2, 2, 17)):
    for ask in socket.socket, socket.socketpair:
        try:
            ask(family, kind, protocol)
            said = "there"
        except OSError as e:
            said = "refused" if e.errno == errno.EPERM else "not there"
        print(family, kind, protocol, ask.__name__, said)
END
printf 'agentjail: 1\nname: powers\nextends: coder\npowers:\n  - allow: [netlink, socket_other]\n' >powers.yaml

expect_status 0 jail -- python3 ask.py
expect_out '^16 3 0 socket there'
expect_out '^2 1 0 socket there'
expect_out '^2 2 17 socket there'
[ "$(grep -c ' socket refused' out)" = 12 ] || fail "$(cat out)"
[ "$(grep -c ' socketpair refused' out)" = 12 ] || fail "$(cat out)"

expect_status 0 jail --allow-degraded -p ./powers.yaml -- python3 ask.py
expect_out '^16 3 4 socket there'
refuse_text out '^(38|99|2 1 132|16 2 15) .* socket refused'
expect_out '^40 1 0 socket refused'
expect_out '^17 3 0 socket refused'
expect_out '^2 3 1 socket refused'
