/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clipboard-format.h – bodies of clipboard messages, whose parts depend on what
 * both sides have announced.
 *
 * Types are the protocol's numbers (VD_AGENT_CLIPBOARD_…); a set of them is a
 * mask of bits (1 << type). Pure (spec: clipboard messages). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SPC_CLIPBOARD_SELECTIONS 3u
#define SPC_CLIPBOARD_N_TYPES 7u /* 0: none */
#define SPC_CLIPBOARD_ALL_TYPES ((1u << SPC_CLIPBOARD_N_TYPES) - 2u)
/* before the types of a GRAB or the data of a CLIPBOARD */
#define SPC_CLIPBOARD_MAX_PREFIX 8u
#define SPC_CLIPBOARD_MAX_BODY                                                 \
  (SPC_CLIPBOARD_MAX_PREFIX + 4u * SPC_CLIPBOARD_N_TYPES)

typedef struct {
  bool has_selection, has_serial;
} SpcClipboardFormat;

typedef struct {
  uint8_t selection; /* 0 where there is no such part */
  uint32_t serial;   /* GRAB */
  uint32_t types;    /* GRAB: a mask, without those nobody knows */
  uint32_t type;     /* REQUEST, CLIPBOARD */
} SpcClipboardMessage;

/* bytes of CLIPBOARD before its data */
uint32_t spc_clipboard_data_prefix (SpcClipboardFormat format);
/* Reads the whole body of a GRAB, REQUEST or RELEASE, or the prefix of a
 * CLIPBOARD. false: a size that cannot be. A selection may be any number. */
bool spc_clipboard_read (uint32_t message_type, SpcClipboardFormat format,
                         const uint8_t *body, gsize size,
                         SpcClipboardMessage *message, GError **error);
/* writes it into @body, SPC_CLIPBOARD_MAX_BODY bytes; returns the size */
gsize spc_clipboard_write (uint32_t message_type, SpcClipboardFormat format,
                           const SpcClipboardMessage *message, uint8_t *body);
