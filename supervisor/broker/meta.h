/* SPDX-License-Identifier: Apache-2.0 */
/* meta.h - mode, owner and times of an object, on the agent's behalf. */
#pragma once

struct work;

int chmod_answer(struct work *work);
int fchmod_answer(struct work *work);
int fchmodat_answer(struct work *work);
int fchmodat2_answer(struct work *work);
int chown_answer(struct work *work);
int lchown_answer(struct work *work);
int fchown_answer(struct work *work);
int fchownat_answer(struct work *work);
int utime_answer(struct work *work);
int utimes_answer(struct work *work);
int futimesat_answer(struct work *work);
int utimensat_answer(struct work *work);
