/* SPDX-License-Identifier: Apache-2.0 */
/*
 * calls.h - the numbers of system calls: all that stands here is of one
 * architecture (x86-64), and another one is one more file.
 */
#pragma once

#include <sys/syscall.h>

/* The first number that was not looked at: from here on nothing exists. */
#define CALLS_END 470

/* The hole that x86-64 has between its old numbers and the common ones. */
#define CALLS_HOLE 335
#define CALLS_HOLE_END 424

/* Later than the headers of the oldest system that this builds on. */
#define CALL_CACHESTAT 451
#define CALL_FCHMODAT2 452
#define CALL_MAP_SHADOW_STACK 453
#define CALL_STATMOUNT 457
#define CALL_LISTMOUNT 458
#define CALL_LSM_GET_SELF_ATTR 459
#define CALL_LSM_SET_SELF_ATTR 460
#define CALL_LSM_LIST_MODULES 461
#define CALL_SETXATTRAT 463
#define CALL_GETXATTRAT 464
#define CALL_LISTXATTRAT 465
#define CALL_REMOVEXATTRAT 466
#define CALL_OPEN_TREE_ATTR 467
#define CALL_FILE_GETATTR 468
#define CALL_FILE_SETATTR 469
