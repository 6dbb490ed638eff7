/* SPDX-License-Identifier: Apache-2.0 */
/* power.h - calls that are powers: denied here, or the end of the jail. */
#pragma once

struct work;

int power_answer(struct work *work);
