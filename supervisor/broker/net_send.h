/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net_send.h - sendto with an address, sendmsg and sendmmsg on the agent's
 * behalf.
 */
#pragma once

struct work;

int sendto_answer(struct work *work);
int sendmsg_answer(struct work *work);
int sendmmsg_answer(struct work *work);
