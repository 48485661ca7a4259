/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clipboard.h – the clipboard between the application and each viewer.
 *
 * A feature of the agent. Whoever has new content says so (a grab); its bytes
 * go over only when the other side asks for a type. Each viewer is alone with
 * the application: what one offers or holds, another one sees only if the
 * application passes it on. Viewers that are not in control (client.h) neither
 * give nor get anything.
 * Types are the protocol's numbers, sets of them masks (clipboard-format.h);
 * selections are 0 clipboard, 1 primary, 2 secondary (spec: clipboard). */
#pragma once

#include "agent.h"
#include "clipboard-format.h"

typedef struct _SpcClipboard SpcClipboard;

/* called on the loop thread; must return at once. All of them given. */
typedef struct {
  /* a viewer has new content, in these types */
  void (*grabbed) (uint32_t client_id, uint8_t selection, uint32_t types,
                   gpointer user_data);
  /* it has it no longer, or has left */
  void (*released) (uint32_t client_id, uint8_t selection, gpointer user_data);
  /* a viewer wants what spc_clipboard_grab has offered: answer with
   * spc_clipboard_set_data, within SPC_CLIPBOARD_ANSWER_MS */
  void (*requested) (uint32_t client_id, uint8_t selection, uint32_t type,
                     gpointer user_data);
  /* the answer to each spc_clipboard_request; NULL: it cannot be had */
  void (*data) (uint32_t client_id, uint8_t selection, uint32_t type,
                GBytes *bytes, gpointer user_data);
} SpcClipboardHost;

typedef struct {
  bool to_client, to_server;
  uint32_t max_size; /* of content, bytes, both ways */
} SpcClipboardPolicy;

/* life */
/* before the server's start; @agent owns it. Both ways are open at first, up to
 * SPC_DEFAULT_CLIPBOARD_SIZE. */
SpcClipboard *spc_clipboard_new (SpcAgent *agent, const SpcClipboardHost *host,
                                 gpointer user_data);
/* how long the application, and a viewer, may take for an answer; for tests,
 * before the start */
void spc_clipboard_set_patience (SpcClipboard *self, uint32_t answer_ms,
                                 uint32_t viewer_answer_ms);

/* any thread; done on the loop, in order. @client_id 0: every viewer */
void spc_clipboard_set_policy (SpcClipboard *self,
                               const SpcClipboardPolicy *policy);
/* the application has content; viewers that come later hear of what every
 * viewer was offered */
void spc_clipboard_grab (SpcClipboard *self, uint32_t client_id,
                         uint8_t selection, uint32_t types);
void spc_clipboard_release (SpcClipboard *self, uint32_t client_id,
                            uint8_t selection);
/* what a viewer has; one viewer. Several types may be asked for. */
void spc_clipboard_request (SpcClipboard *self, uint32_t client_id,
                            uint8_t selection, uint32_t type);
/* @bytes: NULL: it cannot be had */
void spc_clipboard_set_data (SpcClipboard *self, uint32_t client_id,
                             uint8_t selection, uint32_t type, GBytes *bytes);
