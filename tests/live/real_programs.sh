#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# timeout: 120
# guest: no
#
# Programs as they are say the same in the jail as outside it, on both channels
# and with the same status.
. "$TREE/tests/lib/live.sh"

need git gcc make python3
git config --global user.name x
git config --global user.email x@example.com
git config --global init.defaultBranch main
mkdir -p work

# both NAME SCRIPT: runs it bare and in the jail, each in a fresh directory of
# the same path, and compares.
both() {
	local where bare=0 jailed=0
	for where in bare jail; do
		rm -rf work
		mkdir work
		printf '%s\n' "$2" >work/script
		cd work
		if [ $where = bare ]; then
			bash script >../bare.out 2>&1 </dev/null || bare=$?
		else
			jail -q -- bash script >../jail.out 2>&1 </dev/null ||
				jailed=$?
		fi
		cd ..
	done
	[ "$bare" = "$jailed" ] || {
		cat jail.out
		fail "$1: status $bare bare, $jailed in the jail"
	} >&2
	diff bare.out jail.out >differ || {
		cat differ
		fail "$1: not the same"
	} >&2
	[ -n "${3:-}" ] || [ "$bare" = 0 ] || fail "$1: fails bare: $(cat bare.out)"
	echo "$1: the same"
}

both git '
export GIT_AUTHOR_DATE=2020-01-01T00:00:00Z GIT_COMMITTER_DATE=2020-01-01T00:00:00Z
set -e
git init -q a && cd a
for i in 1 2 3 4 5; do echo $i >f$i; git add .; git commit -qm $i; done
git branch other HEAD~2 && git checkout -q other && echo o >o && git add . && git commit -qm o
git merge -q -m merge main && git log --format=%h%s
cd .. && git clone -q a b && cd b && git fsck && git gc -q && git status --short
git worktree add -q ../c && cd ../c && echo w >w && git add . && git commit -qm w
git stash list; git rebase -q HEAD~1; git log --oneline | head -n 3
git -C ../a fetch -q ../c && git -C ../b tag -f t && git -C ../b describe --tags
'

both make '
set -e
cat >a.c <<END
#include <stdio.h>
int b(void);
int main(void) { return printf("%d\n", b()) < 0; }
END
echo "int b(void) { return 7; }" >b.c
printf "a: a.o b.o\n\t\$(CC) -o \$@ \$^\n%%.o: %%.c\n\t\$(CC) -O2 -g -c \$<\nclean:\n\trm -f a *.o\n" >Makefile
make -j4 >/dev/null && ./a && make -q && touch b.c && ! make -q && make -s && ./a
ar rcs l.a b.o && ar t l.a && strip a && ./a && cc -shared -fPIC -o l.so b.c
make clean
'

both shells '
for i in $(seq 20); do echo abc | cat | cat; done | sort | uniq -c
set -m; sleep 0.1 & wait; kill -0 $$; echo $?
(exec 9>f; flock -n 9 && echo locked)
cat <<<here; cat < <(echo there); echo x | tee a b >/dev/null; cat a b
find . -name a -o -name b | sort; tar cf - a b | tar tf -; cp -a a c; mv c d; ln d e; stat -c %h e
mktemp -d -p . | sed "s,\.[^.]*$,,"; mkdir -p x/y/z && rmdir -p x/y/z; umask; ulimit -c 0; test -t 0; echo $?
printf "a\0b" | xargs -0 -n 1 echo; timeout 0.1 sleep 5; echo $?; nohup true; dd if=/dev/zero bs=1k count=4 2>/dev/null | wc -c
install -m 0600 a inst && stat -c %a inst; truncate -s 10 a; wc -c <a; touch -d 2001-01-01 a; date -r a +%Y
rmdir tmp.*; ls; sed -i s,x,y, b; cat b; sync; df . >/dev/null; du -s . >/dev/null; echo done
'

# What several of the field lack: semaphores, shared memory, pools (C11).
both python '
python3 - <<END
import concurrent.futures, multiprocessing, multiprocessing.shared_memory, os
import pathlib, shutil, sqlite3, subprocess, tempfile, threading, mmap, socket
def square(n): return n * n
if __name__ == "__main__":
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        print(list(pool.map(square, range(5))))
    m = multiprocessing.shared_memory.SharedMemory(create=True, size=64)
    m.buf[0] = 9; print(m.buf[0]); m.close(); m.unlink()
    print(multiprocessing.Semaphore(2).acquire())
    d = tempfile.mkdtemp(); pathlib.Path(d, "a").write_text("x"); shutil.copytree(d, "t")
    print(os.listdir("t")); shutil.rmtree(d); shutil.rmtree("t")
    db = sqlite3.connect("db"); db.execute("pragma journal_mode=wal")
    db.execute("create table t(a)"); db.execute("insert into t values(1)"); db.commit()
    print(db.execute("select * from t").fetchall())
    print(subprocess.run(["sh", "-c", "exit 3"]).returncode)
    a, b = socket.socketpair(); a.send(b"hi"); print(b.recv(2))
    s = socket.socket(socket.AF_UNIX); s.bind("s"); s.listen()
    c = socket.socket(socket.AF_UNIX); c.connect("s"); print(s.accept()[0] is not None)
    t = [threading.Thread(target=lambda i: open(str(i), "w").close(), args=(i,)) for i in range(20)]
    [x.start() for x in t]; [x.join() for x in t]; print(len([f for f in os.listdir(".") if f.isdigit()]))
    print(open("/proc/self/comm").read().strip() != "", os.cpu_count() > 0)
    import pty; print(pty.spawn(["echo", "on a terminal"]))
END
'

if command -v ssh >/dev/null; then
	both ssh 'ssh -G -F none example.com | grep -E "^(user|hostname|port) "'
	both "ssh's own configuration" 'ssh -G example.com | wc -l'
fi
if command -v node >/dev/null; then
	both node 'node -e "
const fs = require(\"fs\"), os = require(\"os\"), cp = require(\"child_process\");
fs.mkdirSync(\"n/m\", { recursive: true }); fs.writeFileSync(\"n/m/f\", \"x\");
console.log(fs.readdirSync(\"n\"), cp.execSync(\"echo sub\").toString(), fs.existsSync(\"/none\"));
fs.rmSync(\"n\", { recursive: true }); new (require(\"worker_threads\").Worker)(\"console.log(1)\", { eval: true });"'
fi
