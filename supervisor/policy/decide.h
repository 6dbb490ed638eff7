/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decide.h - what a policy says of one operation on one object. Pure: the
 * same answer for the same arguments, without a look at the machine. Nothing
 * is allocated or changed: any number of threads may ask at once.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "bpf/abi.h"

struct policy;

/* A decision with the rule that won and those that lost to it. */
struct decision {
	enum abi_verdict verdict;
	int rule; /* index in the policy; -1: `otherwise` decided */
	int candidate_count;
	int candidates[ABI_EVENT_CANDIDATES];
	/* What the locks alone come to; ABI_ALLOW where none has a say. */
	enum abi_verdict locked;
	int locked_rule; /* -1: none */
};

/*
 * A file as the kernel sees it: where it lies (absolute, canonical, no link
 * in it, in the jail's view), and which object it is. For what does not exist
 * yet, the path that it would have and no identity. What lies in the acting
 * process's own directory of /proc has a path that begins with /proc/self. A
 * path that is not absolute is denied.
 */
struct file_object {
	const char *path;
	bool has_identity;
	uint64_t dev;
	uint64_t ino;
	bool is_written; /* this run made or changed it */
};

/* OPS is a mask of OP_BIT(); of several operations the strictest decides. */
void decide_file(const struct policy *policy, uint32_t ops,
		 const struct file_object *object,
		 struct decision *out_decision);
void decide_exec(const struct policy *policy, const struct file_object *object,
		 struct decision *out_decision);
void decide_power(const struct policy *policy, enum abi_op power,
		  struct decision *out_decision);

/* What the caller knows of an address, and no text can tell. */
#define NET_OWN 0x01	  /* a live socket of this jail */
#define NET_RESOLVER 0x02 /* a server of the host's resolv.conf */
#define NET_HOST 0x04	  /* one of the host's own addresses */

enum net_kind { NET_INET, NET_UNIX_PATH, NET_UNIX_NAME };

/* The other end of a connect or send, or the own one of a listen. */
struct net_object {
	enum net_kind kind;
	bool is_udp;
	uint8_t address[16];	 /* of INET; an IPv4 address mapped */
	uint16_t port;		 /* of INET, host byte order */
	uint32_t known;		 /* NET_* */
	const char *host;	 /* of INET: the name asked for, or NULL */
	struct file_object file; /* of UNIX_PATH */
	const char *name;	 /* of UNIX_NAME, NAME_LEN bytes, no '@' */
	uint32_t name_len;
};

void decide_connect(const struct policy *policy,
		    const struct net_object *object,
		    struct decision *out_decision);
void decide_listen(const struct policy *policy, const struct net_object *object,
		   struct decision *out_decision);
