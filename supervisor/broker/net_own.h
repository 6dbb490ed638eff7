/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_own.h - the sockets that this jail has bound through the broker.
 *
 * A note is no more than a hint which socket to look for. Whether an address
 * is the jail's own is asked of the kernel each time: all sockets that would
 * take what is sent there must be noted ones, by a number (SO_COOKIE) that no
 * second socket ever has. So one that was closed, or that somebody outside
 * shares an address with, gains nothing. A unix socket's file is held, so
 * that its number names nothing else.
 */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define NET_NOTES_MAX 1024
#define NET_FILES_MAX 128 /* each of them holds a descriptor */
#define NET_NAME_MAX 108

struct socket;

struct net_note {
	uint64_t cookie; /* 0: no note */
	ino_t ino;
	int protocol;  /* of the internet; 0 of unix */
	uint16_t port; /* 0 of unix */
	size_t name_len;
	char name[NET_NAME_MAX]; /* of unix, where abstract */
};

struct net_file {
	uint64_t cookie;
	int fd; /* O_PATH; owned; -1: none */
	dev_t dev;
	ino_t ino;
};

struct net_own {
	pthread_mutex_t lock;
	size_t next_note, next_file;
	struct net_note notes[NET_NOTES_MAX];
	struct net_file files[NET_FILES_MAX];
};

void net_own_init(struct net_own *own);

/* Notes the socket by where it is bound; takes FILE_FD (-1: none). */
void net_own_note(struct net_own *own, const struct socket *socket,
		  int file_fd);

/* Whether all that is sent to the address of this host comes to own sockets. */
bool net_own_has(struct net_own *own, const uint8_t address[16], uint16_t port,
		 int protocol);
bool net_own_has_name(struct net_own *own, const char *name, size_t len,
		      int type);
bool net_own_has_file(struct net_own *own, const struct stat *st);

/* A new O_PATH descriptor of the file that the socket was bound to, or -1. */
int net_own_file(struct net_own *own, const struct socket *socket);
