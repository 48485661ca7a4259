/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicesession.h – one run of a server, from bind to stop.
 *
 * Wraps the SpcServer and what belongs to the run: the channel numbers taken by
 * elements, the displays input goes to, the clients known, the queue of events.
 * Owned by a GstSpiceServer, referenced by the elements that use it; after stop
 * it is an empty shell. Any thread, except where said. */
#pragma once

#include "gst/common/gstspicedesk.h"
#include "gst/common/gstspicefiles.h"
#include "gst/common/gstspiceinputqueue.h"
#include "gst/common/gstspicenav.h"
#include "gst/common/gstspicesettings.h"
#include "server-core/spc.h"

G_BEGIN_DECLS

#define GST_SPICE_STATS_NAME "application/x-spice-statistics"

typedef struct _GstSpiceSession GstSpiceSession;

typedef struct {
  /* loop thread: may this client come in? */
  gboolean (*connecting) (guint id, const char *address, gpointer user_data);
  /* loop thread: does the application decide about tickets? NULL: no */
  gboolean (*authenticates) (gpointer user_data);
  /* loop thread: may it have this channel? NULL: yes */
  gboolean (*authorize) (const SpcClientInfo *client, uint8_t type, uint8_t id,
                         gpointer user_data);
  /* event thread (gstspicebus.h) */
  void (*event) (const GstStructure *event, gpointer user_data);
  /* an encoder's thread: has it been set up, but for its bit rate? */
  gboolean (*encoder_setup) (const char *codec, GstElement *encoder,
                             gpointer user_data);
  /* any thread: (transfer full) the GstSpiceServer; NULL: gone */
  gpointer (*get_owner) (gpointer user_data);
} GstSpiceSessionFuncs;

/* life */
/* takes @user_data, which is given to @funcs; @destroy frees it at the end */
GstSpiceSession *gst_spice_session_start (const GstSpiceSettings *settings,
                                          GMainContext *context,
                                          const GstSpiceSessionFuncs *funcs,
                                          gpointer user_data,
                                          GDestroyNotify destroy,
                                          GError **error);
/* Network, clients and workers are gone when it returns; not on the loop. */
void gst_spice_session_stop (GstSpiceSession *self);
/* The last events are delivered when it returns; after stop, and with no lock
 * held that a receiver of events may take. */
void gst_spice_session_finish (GstSpiceSession *self);
GstSpiceSession *gst_spice_session_ref (GstSpiceSession *self);
void gst_spice_session_unref (GstSpiceSession *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GstSpiceSession, gst_spice_session_unref)

/* asking */
SpcServer *gst_spice_session_server (GstSpiceSession *self);
int gst_spice_session_port (GstSpiceSession *self);           /* -1: no TCP */
int gst_spice_session_tls_port (GstSpiceSession *self);       /* -1: no TLS */
GPtrArray *gst_spice_session_clients (GstSpiceSession *self); /* GstStructure */
guint gst_spice_session_n_clients (GstSpiceSession *self);
GstStructure *gst_spice_session_stats (GstSpiceSession *self);

/* changing */
/* a live setting (gst_spice_setting_is_live) has a new value in @settings;
 * false with @error: it is of no use, and the session goes on as before */
bool gst_spice_session_apply (GstSpiceSession *self, GstSpiceSetting setting,
                              const GstSpiceSettings *settings, GError **error);
/* false: there is no such client; the one that is connecting counts */
gboolean gst_spice_session_set_view_only (GstSpiceSession *self, guint id,
                                          gboolean view_only);
/* of SPC_CONTROL_NAMED; 0: to nobody; false: there is no such client */
gboolean gst_spice_session_give_control (GstSpiceSession *self, guint id);
gboolean gst_spice_session_disconnect (GstSpiceSession *self, guint id);

/* for elements */
typedef enum {
  GST_SPICE_SLOT_DISPLAY,
  GST_SPICE_SLOT_CURSOR,
  GST_SPICE_SLOT_PLAYBACK,
  GST_SPICE_SLOT_RECORD,
  GST_SPICE_N_SLOTS
} GstSpiceSlot;

/* A channel number of this kind for one element alone. @wanted: -1: the lowest
 * free one. -1 when it is taken. */
int gst_spice_session_claim (GstSpiceSession *self, GstSpiceSlot slot,
                             int wanted);
void gst_spice_session_release (GstSpiceSession *self, GstSpiceSlot slot,
                                int id);
/* The pointer of a display, one for all elements that have a say in it; viewers
 * are offered it while any does. @display_id: below SPC_MAX_DISPLAYS. It stays
 * valid until release_cursor. */
SpcCursor *gst_spice_session_acquire_cursor (GstSpiceSession *self,
                                             guint display_id);
void gst_spice_session_release_cursor (GstSpiceSession *self, guint display_id);
GstSpiceNavTable *gst_spice_session_nav_table (GstSpiceSession *self);
GstSpiceDesk *gst_spice_session_desk (GstSpiceSession *self);
typedef struct _GstSpiceClipboardEnd GstSpiceClipboardEnd;
GstSpiceClipboardEnd *gst_spice_session_clipboard (GstSpiceSession *self);
GstSpiceFiles *gst_spice_session_files (GstSpiceSession *self);
/* those who want to hear of every input, wherever it goes */
GstSpiceInputReaders *gst_spice_session_input_readers (GstSpiceSession *self);

G_END_DECLS
