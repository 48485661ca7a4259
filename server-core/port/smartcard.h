/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* smartcard.h – readers of smartcards that a client lends to a device.
 *
 * Book-keeping between the messages of a client, little endian and one a DATA,
 * and the byte stream of a device, with headers in network order as card
 * emulations speak it. The server numbers the readers; names of readers go no
 * further (spec: smartcard). One client at a time. Loop thread only. */
#pragma once

#include "server-core/wire/messages-port.h"

typedef struct {
  uint16_t readers; /* bit n: reader n is added, or about to be */
  /* of these: the device has not yet answered ReaderAdd, ReaderRemove */
  uint16_t asked, leaving;
  GByteArray *rest; /* of the device's: a message that is not complete */
  bool is_lost;     /* the device's stream has no boundaries any more */
} SpcSmartcard;

void spc_smartcard_init (SpcSmartcard *self);
void spc_smartcard_clear (SpcSmartcard *self);

/* A message of the client: what the device is to get is written to @to_device,
 * what the client is answered to @to_client; often one of them, or neither.
 * false with @error: the client broke the rules. */
bool spc_smartcard_from_client (SpcSmartcard *self,
                                const SpcVscMessage *message,
                                QxlWriter *to_device, QxlWriter *to_client,
                                GError **error);
/* there is no device: the same, but the client is refused */
bool spc_smartcard_refuse (SpcSmartcard *self, const SpcVscMessage *message,
                           QxlWriter *to_client, GError **error);
/* the client has left: the device is told of each reader that is gone */
void spc_smartcard_leave (SpcSmartcard *self, QxlWriter *to_device);

/* Bytes of the device, cut anywhere: @send is called for each whole message
 * with what the client is to get. false: a message is larger than allowed, and
 * nothing is read any more until reset. */
bool spc_smartcard_from_device (SpcSmartcard *self, const uint8_t *data,
                                gsize size,
                                void (*send) (GBytes *body, gpointer user_data),
                                gpointer user_data);
/* A client that moves takes the readers along, and of the device's what is not
 * a whole message; there it is as it was here. false: readers that cannot be.
 */
typedef struct {
  uint16_t readers, asked, leaving;
  QxlTail rest;
} SpcSmartcardState;
void spc_smartcard_save (const SpcSmartcard *self, SpcSmartcardState *state);
bool spc_smartcard_restore (SpcSmartcard *self, const SpcSmartcardState *state,
                            GError **error);
/* the device's stream begins anew */
void spc_smartcard_reset_device (SpcSmartcard *self);
