/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceclipboard.h"

#include "gst/common/gstspiceclipboardend.h"
#include "gst/common/gstspiceclipboardsignals.h"
#include "gst/common/gstspiceshare.h"

/* types */

GType
gst_spice_clipboard_flags_get_type (void)
{
  static gsize type;
  static const GFlagsValue values[] = {
      {GST_SPICE_CLIPBOARD_TO_CLIENT,
       "Viewers may have what the application has", "to-client"},
      {GST_SPICE_CLIPBOARD_TO_SERVER,
       "The application may have what viewers have", "to-server"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (
        &type, g_flags_register_static ("GstSpiceClipboardFlags", values));
  return type;
}

GType
gst_spice_selection_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
      {GST_SPICE_SELECTION_CLIPBOARD, "What copying and pasting use",
       "clipboard"},
      {GST_SPICE_SELECTION_PRIMARY, "What is marked", "primary"},
      {GST_SPICE_SELECTION_SECONDARY, "Hardly used", "secondary"},
      {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
                       g_enum_register_static ("GstSpiceSelection", values));
  return type;
}

/* signals: event thread */

static void
emit_requested (GstSpiceServer *self, guint id, int selection,
                const GstStructure *event)
{
  const char *type = gst_structure_get_string (event, "type");
  g_autoptr (GBytes) data = NULL;

  g_signal_emit_by_name (self, "clipboard-requested", id, selection, type,
                         &data);
  if (data)
    gst_spice_server_clipboard_set_data (self, id, selection, type, data);
}

static void
emit_data (GstSpiceServer *self, guint id, int selection,
           const GstStructure *event)
{
  const GValue *data = gst_structure_get_value (event, "data");

  g_signal_emit_by_name (self, "clipboard-data", id, selection,
                         gst_structure_get_string (event, "type"),
                         g_value_get_boxed (data));
}

static void
confirm (GstSpiceServer *self, guint id, int selection)
{
  g_autoptr (GstSpiceSession) session =
      gst_spice_share_get_session (gst_spice_server_share (self));

  if (session)
    gst_spice_clipboard_end_delivered (gst_spice_session_clipboard (session),
                                       id, (guint)selection);
}

static void
emit_grabbed (GstSpiceServer *self, guint id, int selection,
              const GstStructure *event)
{
  const GValue *types = gst_structure_get_value (event, "types");

  confirm (self, id, selection);
  g_signal_emit_by_name (self, "clipboard-grabbed", id, selection,
                         g_value_get_boxed (types));
}

static void
emit_released (GstSpiceServer *self, guint id, int selection,
               const GstStructure *event)
{
  confirm (self, id, selection);
  g_signal_emit_by_name (self, "clipboard-released", id, selection);
}

static const struct {
  const char *name;
  void (*emit) (GstSpiceServer *self, guint id, int selection,
                const GstStructure *event);
} emitters[] = {
    {GST_SPICE_CLIPBOARD_GRAB_EVENT, emit_grabbed},
    {GST_SPICE_CLIPBOARD_RELEASE_EVENT, emit_released},
    {GST_SPICE_CLIPBOARD_REQUEST_EVENT, emit_requested},
    {GST_SPICE_CLIPBOARD_DATA_EVENT, emit_data},
};

gboolean
gst_spice_clipboard_emit (GstSpiceServer *self, const GstStructure *event)
{
  int selection = 0;
  guint id = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (emitters); i++) {
    if (!gst_structure_has_name (event, emitters[i].name))
      continue;
    gst_structure_get_uint (event, "connection-id", &id);
    gst_structure_get_enum (event, "selection", GST_TYPE_SPICE_SELECTION,
                            &selection);
    emitters[i].emit (self, id, selection, event);
    return TRUE;
  }
  return FALSE;
}

/* the first answer counts */
static gboolean
first_data (GSignalInvocationHint *hint, GValue *sum, const GValue *answer,
            gpointer user_data)
{
  g_value_copy (answer, sum);
  return g_value_get_boxed (answer) == NULL;
}

static void
install_signals (GType type)
{
  /**
   * GstSpiceServer::clipboard-grabbed:
   * @self: the server
   * @connection_id: stands for the viewer
   * @selection: which clipboard
   * @types: (array zero-terminated=1): media types that can be asked for
   *
   * A viewer has new content; what it had before is gone. Of changes that
   * follow each other quickly only the last may be told.
   */
  g_signal_new ("clipboard-grabbed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 3, G_TYPE_UINT, GST_TYPE_SPICE_SELECTION,
                G_TYPE_STRV);
  /**
   * GstSpiceServer::clipboard-released:
   * @self: the server
   * @connection_id: stands for the viewer
   * @selection: which clipboard
   *
   * A viewer has nothing any more, has left, or may not share it any more.
   */
  g_signal_new ("clipboard-released", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 2, G_TYPE_UINT, GST_TYPE_SPICE_SELECTION);
  /**
   * GstSpiceServer::clipboard-requested:
   * @self: the server
   * @connection_id: stands for the viewer
   * @selection: which clipboard
   * @type: one of the media types that were offered
   *
   * A viewer wants what gst_spice_server_clipboard_grab() has offered. Who does
   * not return it answers within 5 s by gst_spice_server_clipboard_set_data().
   *
   * Returns: (nullable) (transfer full): the content; %NULL: later
   */
  g_signal_new ("clipboard-requested", type, G_SIGNAL_RUN_LAST, 0, first_data,
                NULL, NULL, G_TYPE_BYTES, 3, G_TYPE_UINT,
                GST_TYPE_SPICE_SELECTION, G_TYPE_STRING);
  /**
   * GstSpiceServer::clipboard-data:
   * @self: the server
   * @connection_id: stands for the viewer
   * @selection: which clipboard
   * @type: the media type that was asked for
   * @data: (nullable): the content; %NULL: it cannot be had
   *
   * The answer to gst_spice_server_clipboard_request().
   */
  g_signal_new ("clipboard-data", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 4, G_TYPE_UINT, GST_TYPE_SPICE_SELECTION,
                G_TYPE_STRING, G_TYPE_BYTES);
}

#define ACTION (G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION)

static void
install_actions (GType type)
{
  /**
   * GstSpiceServer::clipboard-grab:
   * @self: the server
   * @connection_id: stands for the viewer, 0: every viewer
   * @selection: which clipboard
   * @types: (array zero-terminated=1): media types
   *
   * Calls gst_spice_server_clipboard_grab().
   */
  g_signal_new_class_handler ("clipboard-grab", type, ACTION,
                              G_CALLBACK (gst_spice_server_clipboard_grab),
                              NULL, NULL, NULL, G_TYPE_NONE, 3, G_TYPE_UINT,
                              GST_TYPE_SPICE_SELECTION, G_TYPE_STRV);
  /**
   * GstSpiceServer::clipboard-release:
   * @self: the server
   * @connection_id: stands for the viewer, 0: every viewer
   * @selection: which clipboard
   *
   * Calls gst_spice_server_clipboard_release().
   */
  g_signal_new_class_handler ("clipboard-release", type, ACTION,
                              G_CALLBACK (gst_spice_server_clipboard_release),
                              NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT,
                              GST_TYPE_SPICE_SELECTION);
  /**
   * GstSpiceServer::clipboard-set-data:
   * @self: the server
   * @connection_id: stands for the viewer
   * @selection: which clipboard
   * @type: the media type that was asked for
   * @data: (nullable): the content; %NULL: it cannot be had
   *
   * Calls gst_spice_server_clipboard_set_data().
   */
  g_signal_new_class_handler ("clipboard-set-data", type, ACTION,
                              G_CALLBACK (gst_spice_server_clipboard_set_data),
                              NULL, NULL, NULL, G_TYPE_NONE, 4, G_TYPE_UINT,
                              GST_TYPE_SPICE_SELECTION, G_TYPE_STRING,
                              G_TYPE_BYTES);
  /**
   * GstSpiceServer::clipboard-request:
   * @self: the server
   * @connection_id: stands for the viewer
   * @selection: which clipboard
   * @type: one of the media types that the viewer has
   *
   * Calls gst_spice_server_clipboard_request().
   *
   * Returns: %FALSE if no answer will come
   */
  g_signal_new_class_handler ("clipboard-request", type, ACTION,
                              G_CALLBACK (gst_spice_server_clipboard_request),
                              NULL, NULL, NULL, G_TYPE_BOOLEAN, 3, G_TYPE_UINT,
                              GST_TYPE_SPICE_SELECTION, G_TYPE_STRING);
}

void
gst_spice_clipboard_install (GObjectClass *klass)
{
  install_signals (G_TYPE_FROM_CLASS (klass));
  install_actions (G_TYPE_FROM_CLASS (klass));
}

/* calls */

static SpcClipboard *
core_of (GstSpiceSession *session)
{
  return gst_spice_clipboard_end_core (gst_spice_session_clipboard (session));
}

static GstSpiceSession *
session_of (GstSpiceServer *self)
{
  return gst_spice_share_get_session (gst_spice_server_share (self));
}

static gboolean
is_selection (GstSpiceSelection selection)
{
  return (guint)selection < SPC_CLIPBOARD_SELECTIONS;
}

/**
 * gst_spice_server_clipboard_grab:
 * @self: a server
 * @connection_id: stands for the viewer, 0: every viewer
 * @selection: which clipboard
 * @types: (array zero-terminated=1): media types it can be had in; those that
 *   the protocol does not know are left out
 *
 * Says that the application has new content. Nothing is sent of it before a
 * viewer asks: #GstSpiceServer::clipboard-requested. What the viewer itself had
 * is over for it. Viewers that come later are offered what every viewer was
 * offered. Has no effect while the server does not run.
 */
void
gst_spice_server_clipboard_grab (GstSpiceServer *self, guint connection_id,
                                 GstSpiceSelection selection,
                                 const gchar *const *types)
{
  g_autoptr (GstSpiceSession) session = NULL;
  guint set = 0;

  g_return_if_fail (GST_IS_SPICE_SERVER (self));
  g_return_if_fail (is_selection (selection) && types);
  for (; *types; types++)
    set |= 1u << gst_spice_clipboard_type_from_name (*types);
  set &= SPC_CLIPBOARD_ALL_TYPES;
  session = session_of (self);
  if (session && set)
    spc_clipboard_grab (core_of (session), connection_id, (uint8_t)selection,
                        set);
}

/**
 * gst_spice_server_clipboard_release:
 * @self: a server
 * @connection_id: stands for the viewer, 0: every viewer
 * @selection: which clipboard
 *
 * Says that the application has no content any more.
 */
void
gst_spice_server_clipboard_release (GstSpiceServer *self, guint connection_id,
                                    GstSpiceSelection selection)
{
  g_autoptr (GstSpiceSession) session = NULL;

  g_return_if_fail (GST_IS_SPICE_SERVER (self) && is_selection (selection));
  session = session_of (self);
  if (session)
    spc_clipboard_release (core_of (session), connection_id,
                           (uint8_t)selection);
}

/**
 * gst_spice_server_clipboard_set_data:
 * @self: a server
 * @connection_id: stands for the viewer
 * @selection: which clipboard
 * @type: the media type that was asked for
 * @data: (nullable): the content; %NULL: it cannot be had
 *
 * Answers #GstSpiceServer::clipboard-requested. What is larger than
 * #GstSpiceServer:clipboard-max-size, or than the viewer takes, is not sent. An
 * answer that nobody waits for has no effect.
 */
void
gst_spice_server_clipboard_set_data (GstSpiceServer *self, guint connection_id,
                                     GstSpiceSelection selection,
                                     const gchar *type, GBytes *data)
{
  g_autoptr (GstSpiceSession) session = NULL;
  guint number;

  g_return_if_fail (GST_IS_SPICE_SERVER (self));
  g_return_if_fail (is_selection (selection) && type);
  number = gst_spice_clipboard_type_from_name (type);
  session = session_of (self);
  if (session && number)
    spc_clipboard_set_data (core_of (session), connection_id,
                            (uint8_t)selection, number, data);
}

/**
 * gst_spice_server_clipboard_request:
 * @self: a server
 * @connection_id: stands for the viewer
 * @selection: which clipboard
 * @type: one of the media types that the viewer has
 *
 * Asks for what a viewer has; #GstSpiceServer::clipboard-data is the answer, in
 * any case. One answer serves several requests for the same type.
 *
 * Returns: %FALSE if no answer will come, because the server does not run or
 *   the protocol does not know the type
 */
gboolean
gst_spice_server_clipboard_request (GstSpiceServer *self, guint connection_id,
                                    GstSpiceSelection selection,
                                    const gchar *type)
{
  g_autoptr (GstSpiceSession) session = NULL;
  guint number;

  g_return_val_if_fail (GST_IS_SPICE_SERVER (self), FALSE);
  g_return_val_if_fail (is_selection (selection) && type, FALSE);
  number = gst_spice_clipboard_type_from_name (type);
  session = session_of (self);
  if (!session || !number || !connection_id)
    return FALSE;
  spc_clipboard_request (core_of (session), connection_id, (uint8_t)selection,
                         number);
  return TRUE;
}
