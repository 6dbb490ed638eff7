/* SPDX-License-Identifier: Apache-2.0 */
/* xattr.h - extended attributes, access lists too, on the agent's behalf. */
#pragma once

struct work;

int setxattr_answer(struct work *work);
int lsetxattr_answer(struct work *work);
int fsetxattr_answer(struct work *work);
int removexattr_answer(struct work *work);
int lremovexattr_answer(struct work *work);
int fremovexattr_answer(struct work *work);
