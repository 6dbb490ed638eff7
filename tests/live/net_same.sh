# SPDX-License-Identifier: Apache-2.0
# modules: af_packet inet_diag tcp_diag udp_diag unix_diag mptcp_diag
#
# What programs do with sockets of their own goes on in a jail as it does bare.
. "$TREE/tests/lib/live.sh"

need python3
cp "$TREE/tests/live/net_same.py" .
python3 net_same.py >bare 2>&1 </dev/null
refuse_text bare 'Traceback'
expect_status 0 jail -- python3 net_same.py </dev/null
expect_quiet
diff bare out || fail "not as bare"
