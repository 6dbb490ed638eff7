/* SPDX-License-Identifier: Apache-2.0 */
#include "run/state.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>

#include "base/error.h"
#include "base/own.h"
#include "trace/query.h"

static int path_join(char out[PATH_MAX], struct error *err, const char *fmt,
		     ...) __attribute__((format(printf, 3, 4)));

static int path_join(char out[PATH_MAX], struct error *err, const char *fmt,
		     ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(out, PATH_MAX, fmt, ap);
	va_end(ap);
	if (n >= PATH_MAX)
		return error_set(err, -ENAMETOOLONG, "state directory");
	return 0;
}

/* An absolute path in the environment, or NULL. */
static const char *from_environment(const char *name)
{
	const char *value = getenv(name);

	return value && value[0] == '/' ? value : NULL;
}

int state_find(struct state *out_state, struct error *err)
{
	const char *state = from_environment("XDG_STATE_HOME");
	const char *runtime = from_environment("XDG_RUNTIME_DIR");
	const char *home = from_environment("HOME");
	int r;

	if (geteuid() == 0) {
		strcpy(out_state->kept, "/var/lib/agentjail");
		strcpy(out_state->runtime, "/run/agentjail");
		return 0;
	}
	if (state)
		r = path_join(out_state->kept, err, "%s/agentjail", state);
	else if (home)
		r = path_join(out_state->kept, err, "%s/.local/state/agentjail",
			      home);
	else
		r = path_join(out_state->kept, err, "/tmp/agentjail-%u/state",
			      geteuid());
	if (r < 0)
		return r;
	if (runtime)
		return path_join(out_state->runtime, err, "%s/agentjail",
				 runtime);
	return path_join(out_state->runtime, err, "/tmp/agentjail-%u",
			 geteuid());
}

/* DIR with what is missing above it. What is there must be ours alone. */
static int make_private(const char *dir, struct error *err)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s", dir);
	for (char *at = path + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return error_set(err, -errno, "%s", path);
		*at = '/';
	}
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		return error_set(err, -errno, "%s", dir);
	if (lstat(dir, &st) < 0)
		return error_set(err, -errno, "%s", dir);
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 022)
		return error_say(err, -EPERM,
				 "%s: must be a directory that only its owner "
				 "can write",
				 dir);
	return 0;
}

int state_make(const struct state *state, struct error *err)
{
	char runs[PATH_MAX];
	int r = make_private(state->runtime, err);

	if (r == 0)
		r = make_private(state->kept, err);
	if (r == 0)
		r = path_join(runs, err, "%s/runs", state->kept);
	if (r == 0)
		r = make_private(runs, err);
	return r;
}

/* By time, so that the last name is the latest run; then by chance. */
static int id_make(char out_id[RUN_ID_SIZE], struct error *err)
{
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
	unsigned char chance[4];
	struct timespec now;
	struct tm tm;
	size_t n;

	if (getrandom(chance, sizeof(chance), 0) != sizeof(chance))
		return error_set(err, -errno, "getrandom");
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	n = strftime(out_id, RUN_ID_SIZE, "%Y%m%d-%H%M%S", &tm);
	n += (size_t)snprintf(out_id + n, RUN_ID_SIZE - n, ".%03ld-",
			      now.tv_nsec / 1000000);
	for (size_t i = 0; i < sizeof(chance); i++)
		out_id[n++] = digits[chance[i] % (sizeof(digits) - 1)];
	out_id[n] = '\0';
	return 0;
}

int state_new_run(const struct state *state, char out_id[RUN_ID_SIZE],
		  char out_dir[PATH_MAX], struct error *err)
{
	for (;;) {
		int r = id_make(out_id, err);

		if (r == 0)
			r = path_join(out_dir, err, "%s/runs/%s", state->kept,
				      out_id);
		if (r < 0)
			return r;
		if (mkdir(out_dir, 0700) == 0)
			return 0;
		if (errno != EEXIST)
			return error_set(err, -errno, "%s", out_dir);
	}
}

void state_drop_run(const char *dir)
{
	static const char *const files[] = { "trace.db", "trace.db-wal",
					     "trace.db-shm", "denied.json" };
	CLEANUP(fd_closep)
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < ARRAY_SIZE(files); i++)
		unlinkat(fd, files[i], 0);
	rmdir(dir);
}

static int by_name_reversed(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*b)->d_name, (*a)->d_name);
}

static int is_run(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool has_task(const char *path, const char *task)
{
	CLEANUP(query_closep) struct query *query = NULL;
	struct error err = { 0 };
	const char *value;

	if (query_open(path, &query, &err) < 0)
		return false;
	value = query_run(query, "task");
	return value && strcmp(value, task) == 0;
}

/* Whether the run ID is what NAME means; the latest are asked first. */
static bool matches(const char *id, const char *path, const char *name)
{
	if (access(path, F_OK) < 0)
		return false; /* a run that was never more than set up */
	return strcmp(name, "latest") == 0 || strcmp(name, id) == 0 ||
	       has_task(path, name);
}

/* Whether NAME is enough of ID to be meant by it. */
static bool is_short_for(const char *id, const char *name)
{
	const char *tail = strrchr(id, '-');

	return strncmp(id, name, strlen(name)) == 0 ||
	       (tail && strcmp(tail + 1, name) == 0);
}

/* The runs of a state, the latest first. */
struct runs {
	char dir[PATH_MAX];
	struct dirent **entries;
	int count;
};

static void runs_endp(struct runs *runs)
{
	for (int i = 0; i < runs->count; i++)
		free(runs->entries[i]);
	free(runs->entries);
}

/* The path of the trace that is meant by all of NAME. */
static bool find_whole(const struct runs *runs, const char *name,
		       char out_path[PATH_MAX])
{
	struct error err;

	for (int i = 0; i < runs->count; i++) {
		const char *id = runs->entries[i]->d_name;

		if (path_join(out_path, &err, "%s/%s/trace.db", runs->dir,
			      id) == 0 &&
		    matches(id, out_path, name))
			return true;
	}
	return false;
}

/* How many runs NAME may be short for; the path is of the latest. */
static int find_short(const struct runs *runs, const char *name,
		      char out_path[PATH_MAX])
{
	struct error err;
	int found = 0;

	for (int i = runs->count; i-- > 0;) {
		const char *id = runs->entries[i]->d_name;
		char path[PATH_MAX];

		if (!is_short_for(id, name) ||
		    path_join(path, &err, "%s/%s/trace.db", runs->dir, id) <
			    0 ||
		    access(path, F_OK) < 0)
			continue;
		strcpy(out_path, path);
		found++;
	}
	return found;
}

int state_find_trace(const struct state *state, const char *name,
		     char out_path[PATH_MAX], struct error *err)
{
	CLEANUP(runs_endp) struct runs runs = { .count = 0 };
	char path[PATH_MAX];
	int count;

	if (path_join(runs.dir, err, "%s/runs", state->kept) < 0)
		return err->code;
	count = scandir(runs.dir, &runs.entries, is_run, by_name_reversed);
	runs.count = count < 0 ? 0 : count;
	if (!find_whole(&runs, name, path)) {
		if (strcmp(name, "latest") == 0)
			return error_say(err, -ENOENT, "no run in %s yet",
					 runs.dir);
		count = *name ? find_short(&runs, name, path) : 0;
		if (count == 0)
			return error_say(err, -ENOENT,
					 "no run and no task \"%s\" in %s",
					 name, runs.dir);
		if (count > 1)
			return error_say(err, -EINVAL,
					 "\"%s\" may be any of %d runs in %s, "
					 "expected more of the id",
					 name, count, runs.dir);
	}
	strcpy(out_path, path);
	return 0;
}
