/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/names.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/own.h"
#include "broker/judge.h"
#include "broker/listener.h"
#include "broker/name.h"
#include "broker/umask.h"
#include "broker/work.h"
#include "terms/op.h"

static int result(int r)
{
	return r < 0 ? -errno : 0;
}

static bool is_waiting(const struct work *work)
{
	return listener_is_waiting(work->office->listener, work->notice.id);
}

/* What is common to all that is made new, up to the act. */
static int may_make(struct work *work, const struct name *name)
{
	int r;

	if (name->exists)
		return -EEXIST;
	r = judge_name(work, OPS_CREATE, name->dir_fd, name->text, NULL);
	if (r == 0)
		r = umask_take(work);
	if (r == 0 && !is_waiting(work))
		r = -EINTR;
	return r;
}

static int make_dir(struct work *work, int dir_fd, uint64_t path, uint64_t mode)
{
	CLEANUP(name_endp) struct name name = NAME_NONE;
	int r = name_find(work, dir_fd, path, &name);

	if (r < 0)
		return r;
	if (name.is_odd)
		return result(
			mkdirat(name.dir_fd, name.text[0] ? name.act : "/", 0));
	r = may_make(work, &name);
	if (r < 0)
		return r;
	return result(mkdirat(name.dir_fd, name.act, (mode_t)mode));
}

int mkdir_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return make_dir(work, AT_FDCWD, args[0], args[1]);
}

int mkdirat_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return make_dir(work, (int)args[0], args[1], args[2]);
}

/* What the kernel says of a kind alone, before it looks at the path. */
static int node_check(uint64_t mode)
{
	switch (mode & S_IFMT) {
	case 0:
	case S_IFREG:
	case S_IFCHR:
	case S_IFBLK:
	case S_IFIFO:
	case S_IFSOCK:
		return 0;
	case S_IFDIR:
		return -EPERM;
	default:
		return -EINVAL;
	}
}

/* Devices are a power that nobody has; pipes, sockets and files are names. */
static int make_node(struct work *work, int dir_fd, uint64_t path,
		     uint64_t mode)
{
	CLEANUP(name_endp) struct name name = NAME_NONE;
	int r = node_check(mode);

	if (r == 0)
		r = name_find(work, dir_fd, path, &name);
	if (r < 0)
		return r;
	if (name.is_odd || name.exists)
		return -EEXIST;
	if (name_is_of_directory(&name))
		return -ENOENT;
	if (S_ISCHR(mode) || S_ISBLK(mode))
		return judge_refuse_name(work, ABI_OP_MKNOD, name.dir_fd,
					 name.text);
	if (mode & (S_ISUID | S_ISGID))
		return judge_refuse_name(work, ABI_OP_CREATE, name.dir_fd,
					 name.text);
	r = may_make(work, &name);
	if (r < 0)
		return r;
	return result(mknodat(name.dir_fd, name.act, (mode_t)mode, 0));
}

int mknod_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return make_node(work, AT_FDCWD, args[0], args[1]);
}

int mknodat_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return make_node(work, (int)args[0], args[1], args[2]);
}

static int make_symlink(struct work *work, uint64_t target, int dir_fd,
			uint64_t path)
{
	CLEANUP(name_endp) struct name name = NAME_NONE;
	char text[PATH_MAX];
	ssize_t n = caller_read_string(&work->caller, target, text);
	int r;

	if (n <= 0)
		return n < 0 ? (int)n : -ENOENT;
	r = name_find(work, dir_fd, path, &name);
	if (r < 0)
		return r;
	if (name.is_odd || name.exists)
		return -EEXIST;
	if (name_is_of_directory(&name))
		return -ENOENT;
	r = judge_symlink(work, name.dir_fd, name.text);
	if (r < 0)
		return r;
	if (!is_waiting(work))
		return -EINTR;
	return result(symlinkat(text, name.dir_fd, name.act));
}

int symlink_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return make_symlink(work, args[0], AT_FDCWD, args[1]);
}

int symlinkat_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	return make_symlink(work, args[0], (int)args[1], args[2]);
}

static int remove_locked(struct work *work, int dir_fd, uint64_t path,
			 int flags)
{
	CLEANUP(name_endp) struct name name = NAME_NONE;
	int r = name_find(work, dir_fd, path, &name);

	if (r < 0)
		return r;
	if (name.is_odd)
		return result(unlinkat(name.dir_fd,
				       name.text[0] ? name.text : "/", flags));
	if (!name.exists)
		return -ENOENT;
	/* What the kernel refuses anyway is nobody's violation. */
	if (S_ISDIR(name.st.st_mode) != !!(flags & AT_REMOVEDIR))
		return S_ISDIR(name.st.st_mode) ? -EISDIR : -ENOTDIR;
	r = judge_name(work, OPS_DELETE, name.dir_fd, name.text, &name.st);
	if (r < 0)
		return r;
	if (!is_waiting(work))
		return -EINTR;
	return result(unlinkat(name.dir_fd, name.act, flags));
}

static int remove_name(struct work *work, int dir_fd, uint64_t path, int flags)
{
	int r;

	pthread_mutex_lock(work->office->names);
	r = remove_locked(work, dir_fd, path, flags);
	pthread_mutex_unlock(work->office->names);
	return r;
}

int unlink_answer(struct work *work)
{
	return remove_name(work, AT_FDCWD, work->notice.data.args[0], 0);
}

int rmdir_answer(struct work *work)
{
	return remove_name(work, AT_FDCWD, work->notice.data.args[0],
			   AT_REMOVEDIR);
}

int unlinkat_answer(struct work *work)
{
	const __u64 *args = work->notice.data.args;

	if (args[2] & ~(uint64_t)AT_REMOVEDIR & 0xffffffff)
		return -EINVAL;
	return remove_name(work, (int)args[0], args[1], (int)args[2]);
}
