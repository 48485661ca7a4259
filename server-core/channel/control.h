/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* control.h – the rule by which one of several viewers holds the inputs.
 *
 * A pure look at who is there: nothing is told and nothing is changed. Viewers
 * that may look only never hold them. Loop thread only. */
#pragma once

#include "client.h"
#include "config.h"

typedef struct {
  SpcControlRule rule;
  uint32_t named; /* SPC_CONTROL_NAMED: who was given them; 0: nobody */
} SpcControl;

/* @clients: SpcClient, in the order in which they came */
bool spc_control_is_due (const SpcControl *self, GPtrArray *clients,
                         const SpcClient *client);
