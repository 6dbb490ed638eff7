/* SPDX-License-Identifier: Apache-2.0 */
/* net_connect.h - connect on the agent's behalf. */
#pragma once

struct work;

int connect_answer(struct work *work);
