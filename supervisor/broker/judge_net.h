/* SPDX-License-Identifier: Apache-2.0 */
/*
 * judge_net.h - asks the policy about the other end of a connection, and
 * about what listens. As judge.h does, it writes what was decided into the
 * work.
 */
#pragma once

#include "bpf/abi.h"

struct net_peer;
struct socket;
struct work;

/*
 * Judges a connect or send (OP) of the socket to PEER. Returns 0 where it may
 * happen; -EPERM where not; -ECONNREFUSED where it may not and nobody is
 * there, as that is no violation.
 */
int judge_connect(struct work *work, enum abi_op op,
		  const struct socket *socket, const struct net_peer *peer);

/* Judges that the socket listens at PEER, an address of its own. */
int judge_listen(struct work *work, const struct socket *socket,
		 const struct net_peer *peer);

/* Refuses OP whatever the policy says; WHAT goes on record as its object. */
int judge_refuse_net(struct work *work, enum abi_op op, const char *what);
