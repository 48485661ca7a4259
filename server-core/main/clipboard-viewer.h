/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clipboard-viewer.h – the clipboard as it stands with one viewer.
 *
 * Who owns each selection, what has been asked and not been answered, what is
 * coming in. Lies in the viewer's memory of the agent, zeroed before it is
 * begun. Loop thread only. */
#pragma once

#include "clipboard.h"

/* what is the same for all viewers */
typedef struct {
  const SpcClipboardHost *host;
  gpointer user_data;
  SpcClipboardPolicy policy;
  bool is_known; /* viewers have been told that there is a clipboard */
  uint32_t offered[SPC_CLIPBOARD_SELECTIONS]; /* to every viewer: types */
  /* how long the application, and a viewer, may take for an answer */
  uint32_t answer_ms, viewer_answer_ms;
} SpcClipboardRules;

typedef enum {
  SPC_CLIPBOARD_NOBODY,
  SPC_CLIPBOARD_VIEWER,
  SPC_CLIPBOARD_SERVER,
} SpcClipboardOwner;

typedef struct _SpcClipboardViewer SpcClipboardViewer;

/* a request without an answer yet */
typedef struct {
  SpcClipboardViewer *viewer; /* owns this */
  uint8_t selection;
  uint32_t type;   /* 0: there is none */
  SpcTimer *timer; /* NULL until the first one */
} SpcClipboardWait;

typedef struct {
  SpcClipboardOwner owner;
  uint32_t types; /* what the owner offers */
  uint32_t serial;
  SpcClipboardWait asked;  /* by the viewer */
  SpcClipboardWait asking; /* the viewer, for the application */
  uint32_t wanted;         /* by the application, after that */
} SpcClipboardSelection;

struct _SpcClipboardViewer {
  SpcAgentViewer *viewer; /* not owned: this lies in its memory */
  const SpcClipboardRules *rules;
  SpcClipboardSelection selections[SPC_CLIPBOARD_SELECTIONS];
  bool has_max;
  uint32_t max_size; /* of what it wants to be sent */
  /* the CLIPBOARD message under way */
  SpcClipboardFormat format;
  uint8_t prefix[SPC_CLIPBOARD_MAX_PREFIX];
  SpcClipboardMessage coming;
  bool is_taken;
  GByteArray *data; /* NULL: none */
};

void spc_clipboard_viewer_begin (SpcClipboardViewer *self,
                                 SpcAgentViewer *viewer,
                                 const SpcClipboardRules *rules);
/* nothing is awaited any more; what it had is gone */
void spc_clipboard_viewer_end (SpcClipboardViewer *self);

/* from the viewer; false with @error: it cannot mean this */
bool spc_clipboard_viewer_receive (SpcClipboardViewer *self,
                                   const SpcAgentHeader *header,
                                   const SpcAgentPiece *body, GError **error);
/* a piece of CLIPBOARD; its token is the caller's */
bool spc_clipboard_viewer_receive_data (SpcClipboardViewer *self,
                                        const SpcAgentHeader *header,
                                        const SpcAgentPiece *piece,
                                        GError **error);

/* from the application; calls that the rules forbid have no effect but that
 * ask is answered */
void spc_clipboard_viewer_offer (SpcClipboardViewer *self, uint8_t selection,
                                 uint32_t types);
void spc_clipboard_viewer_withdraw (SpcClipboardViewer *self,
                                    uint8_t selection);
void spc_clipboard_viewer_ask (SpcClipboardViewer *self, uint8_t selection,
                               uint32_t type);
void spc_clipboard_viewer_answer (SpcClipboardViewer *self, uint8_t selection,
                                  uint32_t type, GBytes *bytes);
/* It moves with its session: what is half said and asked goes on elsewhere.
 * What the application here has offered it, that of the other server answers
 * for, or it is withdrawn. false with @error: it cannot be. */
void spc_clipboard_viewer_save (const SpcClipboardViewer *self,
                                QxlWriter *state);
bool spc_clipboard_viewer_restore (SpcClipboardViewer *self,
                                   const QxlTail *state, GError **error);
/* capabilities, role or policy have changed: takes away what is forbidden now
 * and offers what is not */
void spc_clipboard_viewer_review (SpcClipboardViewer *self);
