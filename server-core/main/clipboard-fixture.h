/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clipboard-fixture.h – for tests: an application that keeps what it hears of
 * the clipboard, and what viewers say, as text. */
#pragma once

#include "agent-fixture.h"
#include "clipboard.h"

#define TEXT VD_AGENT_CLIPBOARD_UTF8_TEXT
#define PNG VD_AGENT_CLIPBOARD_IMAGE_PNG
#define TEXT_BIT (1u << TEXT)
#define PNG_BIT (1u << PNG)

#define BY_DEMAND (1u << VD_AGENT_CAP_CLIPBOARD_BY_DEMAND)
#define SELECTION (1u << VD_AGENT_CAP_CLIPBOARD_SELECTION)
#define NO_RELEASE (1u << VD_AGENT_CAP_CLIPBOARD_NO_RELEASE_ON_REGRAB)
#define SERIAL (1u << VD_AGENT_CAP_CLIPBOARD_GRAB_SERIAL)
#define MODERN (BY_DEMAND | SELECTION | NO_RELEASE | SERIAL)

typedef struct {
  AgentRig base; /* hears "grabbed 0 2; …" */
  SpcClipboard *clipboard;
  GBytes *data; /* the last that came; owned */
} Rig;

void rig_init (Rig *self);
void rig_clear (Rig *self);
uint32_t last_id (const Rig *self); /* of the newest viewer */
void set_policy (Rig *rig, bool to_client, bool to_server, uint32_t max_size);
/* an answer to a request for type 1 of selection 0: nothing */
extern const char none[];
/* @hex: the body */
void send_hex (AgentClient *client, uint32_t type, const char *hex);
/* an answer of @size bytes to a request for type 1 of selection 0 */
void send_data (AgentClient *client, gsize size);
