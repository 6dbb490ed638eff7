/* SPDX-License-Identifier: Apache-2.0 */
/*
 * race_open.c - what is judged and what is opened, driven apart: a link that
 * is swapped, a path whose text changes in memory, a directory that is moved
 * and one that is replaced, each thousands of times during the opens.
 * timeout: 120
 * guest: no
 */
#include "escape_ways.h"

#include <linux/fs.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#define ROUNDS 10000
#define SECRET "the secret of outside"

static volatile int ended;
static char outside_secret[4096], outside_dir[4000];
static char text[4096]; /* the path that is flipped */

static int setup(void)
{
	return escape_file_make(escape_outside_path("secret"), SECRET);
}

/* Each way begins in a directory of its own. */
static void place_make(void)
{
	char own[32];

	snprintf(own, sizeof(own), "way.%d", getpid());
	if (mkdir(own, 0755) < 0 || chdir(own) < 0)
		exit(UNTRIED);
	snprintf(outside_dir, sizeof(outside_dir), "%s", escape_outside());
	snprintf(outside_secret, sizeof(outside_secret), "%s/secret",
		 outside_dir);
	mkdir("good", 0755);
	escape_file_make("good/secret", "good");
	escape_file_make("harmless", "good");
}

/*
 * Whether to try once more: bare, where a race is sure to be won, until it is
 * or a good while is over.
 */
static int again(int round, int rounds)
{
	static time_t began;

	if (round == 0)
		began = time(NULL);
	return round < rounds ||
	       (getenv("ESCAPE_ALL") && time(NULL) - began < 8);
}

static int is_secret(int fd)
{
	char buf[sizeof(SECRET)] = { 0 };
	int is = fd >= 0 && read(fd, buf, sizeof(buf) - 1) > 0 &&
		 strcmp(buf, SECRET) == 0;

	if (fd >= 0)
		close(fd);
	return is;
}

/* PATH is opened again and again while MOVER moves. */
static int race(void *(*mover)(void *), const char *path)
{
	pthread_t thread;
	int result = PREVENTED;

	place_make();
	if (pthread_create(&thread, NULL, mover, NULL) != 0)
		return UNTRIED;
	for (int i = 0; result != ESCAPED && again(i, ROUNDS); i++)
		if (is_secret(open(path, O_RDONLY | O_CLOEXEC)))
			result = ESCAPED;
	ended = 1;
	pthread_join(thread, NULL);
	return result;
}

static void *swap_link(void *arg)
{
	for (int i = 0; !ended; i++) {
		unlink("next");
		if (symlink(i % 2 ? outside_secret : "harmless", "next") < 0 ||
		    rename("next", "link") < 0)
			continue;
	}
	return arg;
}

static int way_link(void)
{
	return race(swap_link, "link");
}

static void *exchange(void *arg)
{
	unlink("bad");
	if (symlink(outside_dir, "bad") < 0)
		return arg;
	while (!ended)
		syscall(SYS_renameat2, AT_FDCWD, "good", AT_FDCWD, "bad",
			RENAME_EXCHANGE);
	return arg;
}

static int way_exchange(void)
{
	return race(exchange, "good/secret");
}

/* The directory is moved away and a link takes its place, and back. */
static void *replace(void *arg)
{
	while (!ended) {
		rename("good", "aside");
		if (symlink(outside_dir, "good") < 0)
			continue;
		unlink("good");
		rename("aside", "good");
	}
	return arg;
}

static int way_replace(void)
{
	return race(replace, "good/secret");
}

static void *flip(void *arg)
{
	while (!ended) {
		memcpy(text, "harmless", sizeof("harmless"));
		memcpy(text, outside_secret, strlen(outside_secret) + 1);
	}
	return arg;
}

static int way_text(void)
{
	return race(flip, text);
}

static int way_text_create(void)
{
	pthread_t thread;
	char made[sizeof(outside_dir) + 16];

	place_make();
	snprintf(made, sizeof(made), "%s/made", outside_dir);
	snprintf(outside_secret, sizeof(outside_secret), "%s", made);
	if (pthread_create(&thread, NULL, flip, NULL) != 0)
		return UNTRIED;
	for (int i = 0; again(i, ROUNDS / 4); i++) {
		int fd = open(text, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

		if (fd >= 0)
			close(fd);
		if (i % 64 == 0 && access(made, F_OK) == 0)
			break;
	}
	ended = 1;
	pthread_join(thread, NULL);
	return access(made, F_OK) == 0 ? ESCAPED : PREVENTED;
}

/* A file is made in a directory that becomes a link meanwhile. */
static int way_create_replaced(void)
{
	pthread_t thread;
	char made[sizeof(outside_dir) + 16];

	place_make();
	snprintf(made, sizeof(made), "%s/made2", outside_dir);
	if (pthread_create(&thread, NULL, exchange, NULL) != 0)
		return UNTRIED;
	for (int i = 0; again(i, ROUNDS / 4); i++) {
		int fd = open("good/made2", O_WRONLY | O_CREAT, 0600);

		if (fd >= 0)
			close(fd);
		unlink("good/made2_other");
		if (i % 64 == 0 && access(made, F_OK) == 0)
			break;
	}
	ended = 1;
	pthread_join(thread, NULL);
	return access(made, F_OK) == 0 ? ESCAPED : PREVENTED;
}

/* Names that are removed, by a parent that becomes a link. */
static int way_unlink_replaced(void)
{
	pthread_t thread;

	place_make();
	if (pthread_create(&thread, NULL, exchange, NULL) != 0)
		return UNTRIED;
	for (int i = 0; again(i, ROUNDS / 4); i++) {
		unlink("good/secret");
		if (i % 64 == 0 && access(outside_secret, F_OK) < 0)
			break;
	}
	ended = 1;
	pthread_join(thread, NULL);
	return access(outside_secret, F_OK) < 0 ? ESCAPED : PREVENTED;
}

static const struct escape_way ways[] = {
	{ "a link is swapped", way_link },
	{ "a directory is exchanged", way_exchange },
	{ "a directory is replaced", way_replace },
	{ "the text changes", way_text },
	{ "the text changes, to create", way_text_create },
	{ "a directory is exchanged, to create", way_create_replaced },
	{ "a directory is exchanged, to remove", way_unlink_replaced },
};

static int attack(void)
{
	return escape_ways(ways, sizeof(ways) / sizeof(*ways));
}

static int verify(void)
{
	int seen = access(escape_outside_path("made"), F_OK) == 0 ||
		   access(escape_outside_path("made2"), F_OK) == 0 ||
		   access(escape_outside_path("secret"), F_OK) < 0;

	return seen ? ESCAPED : PREVENTED;
}

int main(int argc, char **argv)
{
	return escape_main(argc, argv,
			   &(struct escape){ .setup = setup,
					     .attack = attack,
					     .verify = verify });
}
