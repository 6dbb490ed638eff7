#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 240
#
# What is denied for being a power is on record with its rule and verdict; a
# rule that allows one lets it happen, and one that kills ends the jail.
. "$TREE/tests/lib/live.sh"
need python3

cat >calls.py <<'END'
import ctypes, errno, os, sys
libc = ctypes.CDLL(None, use_errno=True)
NR = dict(unshare=272, clone=56, mount=165, chroot=161, ptrace=101,
	  add_key=248, io_uring_setup=425, userfaultfd=323, perf_event_open=298,
	  bpf=321, personality=135, setpriority=141, sched_setscheduler=144,
	  ioprio_set=251, init_module=175, kexec_load=246, reboot=169,
	  swapon=167, quotactl=179, syslog=103, settimeofday=164, mknod=133,
	  socket=41, kcmp=312, process_vm_readv=310, setns=308)
for word in sys.argv[1:]:
	name, *args = word.split(",")
	args = [a.encode() if not a.lstrip("-").isdigit() else int(a, 0)
		for a in args]
	ctypes.set_errno(0)
	r = libc.syscall(NR[name], *[ctypes.c_long(a) if isinstance(a, int)
				    else ctypes.c_char_p(a) for a in args])
	e = ctypes.get_errno()
	print(name, "ok" if r >= 0 else errno.errorcode.get(e, e), flush=True)
END
cat >head.yaml <<'END'
agentjail: 1
name: p
otherwise: {network: allow}
files:
  - allow read: [/usr, /bin, /lib, /lib64, /etc, /proc, /dev]
  - allow read modify: [$workdir, /dev/null]
exec:
  - allow: [/usr, /bin, /lib, /lib64]
END
profile() {
	cat head.yaml - >p.yaml
}
# Of root's runs the latest may be somebody else's.
task=powers$$
calls() {
	jail -q --task "$task" -p ./p.yaml -- python3 calls.py "$@"
}
# recorded POWER CALL VERDICT LINE
recorded() {
	"$AGENTJAIL" trace "$task" --op "$1" --json >"$T/out"
	expect_out "\"op\":\"$1\",\"object\":\"$2\",.*\"verdict\":\"$3\",.*\"by\":\"seccomp\""
	[ -z "${4:-}" ] || expect_out "\"rule\":{\"profile\":\"p.yaml\",\"line\":$4}"
}

# Without a rule: EPERM, and ENOSYS where a kernel may lack it.
profile </dev/null
while read -r power call errno; do
	expect_status 0 calls "$call"
	expect_out "^${call%%,*} $errno\$"
	recorded "$power" "${call%%,*}" deny
done <<'END'
namespace unshare,268435456 EPERM
namespace setns,0,0 EPERM
namespace clone,1073741824,0 EPERM
mount unshare,131072 EPERM
mount mount,none,/,none,0,0 EPERM
chroot chroot,/ EPERM
ptrace ptrace,0,0,0,0 EPERM
ptrace kcmp,1,1,0,0,0 EPERM
ptrace process_vm_readv,1,0,0,0,0,0 EPERM
keyring add_key,0,0,0,0,0 ENOSYS
io_uring io_uring_setup,1,0 ENOSYS
userfaultfd userfaultfd,0 ENOSYS
perf perf_event_open,0,0,0,0,0 EPERM
bpf bpf,0,0,0 EPERM
personality personality,8 EPERM
priority setpriority,0,0,-5 EPERM
priority sched_setscheduler,0,1,0 EPERM
priority ioprio_set,1,0,8192 EPERM
module init_module,0,0,0 EPERM
kexec kexec_load,0,0,0,0 EPERM
reboot reboot,0,0,0,0 EPERM
swap swapon,x,0 EPERM
quota quotactl,0,0,0,0 EPERM
syslog syslog,3,0,0 EPERM
time settimeofday,0,0 EPERM
socket_other socket,38,5,0 EPERM
packet socket,17,3,0 EPERM
raw socket,2,3,1 EPERM
END
expect_status 0 calls mknod,./d,8630,0
expect_out '^mknod EPERM$'
expect_status 0 "$AGENTJAIL" trace "$task" --op mknod --json
expect_out '"op":"mknod","object":".*/d",.*"verdict":"deny"'

# What is no power goes on as bare, and unrecorded.
expect_status 0 calls personality,4294967295 setpriority,0,0,5 \
	sched_setscheduler,0,9,0
expect_out '^personality ok$'
expect_out '^setpriority ok$'
expect_out '^sched_setscheduler EINVAL$'
expect_status 0 "$AGENTJAIL" trace "$task" --verdict deny,kill
[ ! -s "$T/out" ] || fail "denied: $(cat "$T/out")"

# Rules: what is allowed happens, and what kills does.
profile <<'END'
powers:
  - allow: [ptrace, personality]
  - kill: [mount]
  - deny: [bpf]
    reason: not here
END
expect_status 0 calls ptrace,0,0,0,0 personality,8 bpf,0,0,0
expect_out '^ptrace ok$'
expect_out '^personality ok$'
expect_out '^bpf EPERM$'
recorded bpf bpf deny 12
expect_out '"reason":"not here"'
expect_status 137 calls mount,none,/,none,0,0 bpf,0,0,0
refuse_text "$T/out" .
expect_err '^agentjail: killed at mount mount \(p.yaml:11\)'
recorded mount mount kill 11
expect_status 0 "$AGENTJAIL" profile explain ./p.yaml
refuse_text "$T/out" 'not enforceable here'

# None that goes round the other rules is opened, whatever is said.
profile <<'END'
powers:
  - allow: [io_uring, namespace]
END
expect_status 125 calls unshare,268435456
expect_status 0 jail -q -p ./p.yaml --allow-degraded -- \
	python3 calls.py unshare,268435456 io_uring_setup,1,0
expect_out '^unshare EPERM$'
expect_out '^io_uring_setup ENOSYS$'
