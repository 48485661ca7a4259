/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sending.h – bytes that a layer has made of its caller's, on their way to the
 * line below. For kinds of transports on top of another one. Loop thread only.
 */
#pragma once

#include "transport.h"

/* times that a line is read at one go while nothing for the reader comes of
 * it: others have their turn then */
#define SPC_MAX_LINE_READS 8

typedef struct {
  GByteArray *bytes; /* append to it what is to be sent */
  gsize n_sent;      /* of these */
} SpcSending;

void spc_sending_init (SpcSending *self);
void spc_sending_clear (SpcSending *self);
gsize spc_sending_left (const SpcSending *self);
/* as much as @line takes; false with @error: it has failed */
bool spc_sending_flush (SpcSending *self, SpcTransport *line, GError **error);
