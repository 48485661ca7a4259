/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "agent-viewer.h"

#include "server-core/base/limits.h"

#include <spice/vd_agent.h>

#define DATA_KEY "spc-agent"

struct _SpcAgent {
  /* set before the start, read by any thread */
  SpcLoop *loop;
  /* loop thread only, once the server has started */
  GArray *features; /* SpcAgentFeature; the first is the agent's own */
  gsize state_size;
  SpcAgentRelayEnd relay;
  bool is_connected;
  uint32_t patience_ms;
  GPtrArray *viewers; /* SpcAgentViewer */
};

/* a message for which nobody is there must still have a size that it can have
 * (spec: agent messages) */
static const struct {
  uint32_t type, min_size, max_size;
} sizes[] = {
    {VD_AGENT_MOUSE_STATE, 13, 13},
    {VD_AGENT_MONITORS_CONFIG, 8, SPC_MAX_AGENT_BODY},
    {VD_AGENT_REPLY, 8, 8},
    {VD_AGENT_CLIPBOARD, 4, UINT32_MAX},
    {VD_AGENT_DISPLAY_CONFIG, 8, 8},
    {VD_AGENT_CLIPBOARD_GRAB, 0, SPC_MAX_AGENT_BODY},
    {VD_AGENT_CLIPBOARD_REQUEST, 4, 8},
    {VD_AGENT_CLIPBOARD_RELEASE, 0, 4},
    {VD_AGENT_FILE_XFER_START, 4, SPC_MAX_AGENT_BODY},
    {VD_AGENT_FILE_XFER_STATUS, 8, SPC_MAX_AGENT_BODY},
    {VD_AGENT_FILE_XFER_DATA, 12, UINT32_MAX},
    {VD_AGENT_CLIENT_DISCONNECTED, 0, 0},
    {VD_AGENT_MAX_CLIPBOARD, 4, 4},
    {VD_AGENT_AUDIO_VOLUME_SYNC, 3, 3 + 2 * UINT8_MAX},
    {VD_AGENT_GRAPHICS_DEVICE_INFO, 4, SPC_MAX_AGENT_BODY},
};

/* capabilities: the agent's own feature */

static uint32_t
all_caps (SpcAgent *self)
{
  uint32_t caps = 1u << VD_AGENT_CAP_REPLY;

  for (guint i = 0; i < self->features->len; i++) {
    const SpcAgentFeature *one =
        &g_array_index (self->features, SpcAgentFeature, i);

    if (one->klass->caps != NULL)
      caps |= one->klass->caps (one->feature);
  }
  return caps;
}

static void
send_caps (SpcAgentViewer *viewer, gpointer user_data)
{
  SpcAgent *self = user_data;
  const uint32_t body[] = {0, GUINT32_TO_LE (all_caps (self))};

  if (spc_agent_viewer_has_announced (viewer))
    spc_agent_viewer_send_latest (viewer, VD_AGENT_ANNOUNCE_CAPABILITIES, body,
                                  sizeof body, NULL, 1);
}

static bool
on_announce (gpointer feature, SpcAgentViewer *viewer,
             const SpcAgentHeader *header, const SpcAgentPiece *body,
             GError **error)
{
  SpcAgent *self = feature;
  QxlReader reader;
  bool is_first = !spc_agent_viewer_has_announced (viewer);
  bool wants_answer;

  qxl_reader_init (&reader, body->data, body->size);
  wants_answer = qxl_reader_u32 (&reader) != 0;
  spc_agent_viewer_set_caps (viewer, qxl_reader_u32 (&reader));
  if (wants_answer || is_first)
    send_caps (viewer, self);
  for (guint i = 0; i < self->features->len; i++) {
    const SpcAgentFeature *one =
        &g_array_index (self->features, SpcAgentFeature, i);

    if (one->klass->announced != NULL)
      one->klass->announced (one->feature, viewer);
  }
  return true;
}

static const SpcAgentHandler own_handlers[] = {
    {VD_AGENT_ANNOUNCE_CAPABILITIES, 4, SPC_MAX_AGENT_BODY, false, on_announce},
};

static const SpcAgentFeatureClass own_class = {
    .handlers = own_handlers,
    .n_handlers = G_N_ELEMENTS (own_handlers),
};

/* life */

static void
agent_free (gpointer data)
{
  SpcAgent *self = data;

  for (guint i = 0; i < self->features->len; i++) {
    const SpcAgentFeature *one =
        &g_array_index (self->features, SpcAgentFeature, i);

    if (one->klass->free != NULL)
      one->klass->free (one->feature);
  }
  if (self->relay.klass != NULL && self->relay.klass->free != NULL)
    self->relay.klass->free (self->relay.relay);
  g_array_unref (self->features);
  g_ptr_array_unref (self->viewers);
  spc_loop_unref (self->loop);
  g_free (self);
}

static void
append_feature (SpcAgent *self, const SpcAgentFeatureClass *klass,
                gpointer feature)
{
  const SpcAgentFeature one = {klass, feature, self->state_size};
  gsize align = _Alignof(max_align_t);

  g_array_append_val (self->features, one);
  self->state_size += (klass->viewer_size + align - 1) / align * align;
}

SpcAgent *
spc_agent_new (SpcServer *server)
{
  SpcAgent *self = g_new0 (SpcAgent, 1);

  self->loop = spc_loop_ref (spc_server_loop (server));
  self->features = g_array_new (FALSE, FALSE, sizeof (SpcAgentFeature));
  self->viewers = g_ptr_array_new ();
  self->patience_ms = SPC_AGENT_PATIENCE_MS;
  append_feature (self, &own_class, self);
  g_object_set_data_full (G_OBJECT (server), DATA_KEY, self, agent_free);
  return self;
}

SpcAgent *
spc_server_agent (SpcServer *server)
{
  return g_object_get_data (G_OBJECT (server), DATA_KEY);
}

SpcLoop *
spc_agent_loop (SpcAgent *self)
{
  return self->loop;
}

void
spc_agent_set_patience (SpcAgent *self, uint32_t patience_ms)
{
  self->patience_ms = patience_ms;
}

uint32_t
spc_agent_patience_ms (SpcAgent *self)
{
  return self->patience_ms;
}

/* features and relay */

void
spc_agent_add_feature (SpcAgent *self, const SpcAgentFeatureClass *klass,
                       gpointer feature)
{
  append_feature (self, klass, feature);
  if (self->relay.klass == NULL)
    self->is_connected = true;
}

void
spc_agent_set_relay (SpcAgent *self, const SpcAgentRelayClass *klass,
                     gpointer relay)
{
  g_return_if_fail (self->relay.klass == NULL);
  self->relay = (SpcAgentRelayEnd){klass, relay};
  self->is_connected = false;
}

void
spc_agent_set_off (SpcAgent *self)
{
  static const SpcAgentRelayClass nobody = {0};

  spc_agent_set_relay (self, &nobody, NULL);
}

const SpcAgentRelayEnd *
spc_agent_relay (SpcAgent *self)
{
  return self->relay.klass != NULL ? &self->relay : NULL;
}

const SpcAgentFeature *
spc_agent_feature (SpcAgent *self, gpointer feature)
{
  for (guint i = 0; i < self->features->len; i++)
    if (g_array_index (self->features, SpcAgentFeature, i).feature == feature)
      return &g_array_index (self->features, SpcAgentFeature, i);
  return NULL;
}

const SpcAgentFeature *
spc_agent_nth_feature (SpcAgent *self, guint n)
{
  return n < self->features->len
             ? &g_array_index (self->features, SpcAgentFeature, n)
             : NULL;
}

void
spc_agent_tell_caps (SpcAgent *self, SpcAgentViewer *viewer)
{
  send_caps (viewer, self);
}

static bool
check_size (const SpcAgentHeader *header, uint32_t min_size, uint32_t max_size,
            GError **error)
{
  if (header->size >= min_size && header->size <= max_size)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "agent message %u of %u bytes, allowed are %u to %u",
               header->type, header->size, min_size, max_size);
  return false;
}

static const SpcAgentHandler *
find_handler (const SpcAgentFeatureClass *klass, uint32_t type)
{
  for (guint i = 0; i < klass->n_handlers; i++)
    if (klass->handlers[i].type == type)
      return &klass->handlers[i];
  return NULL;
}

bool
spc_agent_choose (SpcAgent *self, const SpcAgentHeader *header,
                  const SpcAgentHandler **handler,
                  const SpcAgentFeature **feature, GError **error)
{
  for (guint i = 0; i < self->features->len; i++) {
    *feature = &g_array_index (self->features, SpcAgentFeature, i);
    *handler = find_handler ((*feature)->klass, header->type);
    if (*handler != NULL)
      return check_size (header, (*handler)->min_size, (*handler)->max_size,
                         error);
  }
  *feature = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    if (sizes[i].type == header->type)
      return check_size (header, sizes[i].min_size, sizes[i].max_size, error);
  return true;
}

/* viewers */

SpcAgentViewer *
spc_agent_open_viewer (SpcAgent *self, SpcConnection *main)
{
  SpcAgentViewer *viewer = spc_agent_viewer_new (self, main, self->state_size);

  g_ptr_array_add (self->viewers, viewer);
  return viewer;
}

void
spc_agent_close_viewer (SpcAgent *self, SpcAgentViewer *viewer)
{
  g_ptr_array_remove (self->viewers, viewer);
  spc_agent_viewer_close (viewer);
  spc_agent_viewer_unref (viewer);
}

void
spc_agent_forget (SpcAgent *self, SpcAgentViewer *viewer)
{
  for (guint i = 0; i < self->features->len; i++) {
    const SpcAgentFeature *one =
        &g_array_index (self->features, SpcAgentFeature, i);

    if (one->klass->gone != NULL)
      one->klass->gone (one->feature, viewer);
  }
  if (self->relay.klass != NULL && self->relay.klass->gone != NULL)
    self->relay.klass->gone (self->relay.relay, viewer);
}

/* safe against viewers that end meanwhile */
static void
for_all (SpcAgent *self, bool (*wanted) (const SpcAgentViewer *),
         void (*func) (SpcAgentViewer *, gpointer), gpointer user_data)
{
  g_autoptr (GPtrArray) viewers =
      g_ptr_array_new_with_free_func ((GDestroyNotify)spc_agent_viewer_unref);

  for (guint i = 0; i < self->viewers->len; i++)
    g_ptr_array_add (
        viewers, spc_agent_viewer_ref (g_ptr_array_index (self->viewers, i)));
  for (guint i = 0; i < viewers->len; i++) {
    SpcAgentViewer *viewer = g_ptr_array_index (viewers, i);

    if (spc_agent_viewer_agent (viewer) != NULL &&
        (wanted == NULL || wanted (viewer)))
      func (viewer, user_data);
  }
}

void
spc_agent_foreach (SpcAgent *self,
                   void (*func) (SpcAgentViewer *viewer, gpointer user_data),
                   gpointer user_data)
{
  for_all (self, spc_agent_viewer_has_started, func, user_data);
}

SpcAgentViewer *
spc_agent_find (SpcAgent *self, uint32_t client_id)
{
  for (guint i = 0; i < self->viewers->len; i++) {
    SpcAgentViewer *viewer = g_ptr_array_index (self->viewers, i);

    if (spc_agent_viewer_id (viewer) == client_id &&
        spc_agent_viewer_has_started (viewer))
      return viewer;
  }
  return NULL;
}

void
spc_agent_announce (SpcAgent *self)
{
  spc_agent_foreach (self, send_caps, self);
}

bool
spc_agent_is_connected (SpcAgent *self)
{
  return self->is_connected;
}

static void
tell_connected (SpcAgentViewer *viewer, gpointer user_data)
{
  spc_agent_viewer_set_connected (viewer,
                                  ((SpcAgent *)user_data)->is_connected);
}

void
spc_agent_set_connected (SpcAgent *self, bool is_connected)
{
  if (self->is_connected == is_connected)
    return;
  self->is_connected = is_connected;
  for_all (self, NULL, tell_connected, self);
}

static void
tell_role (SpcAgentViewer *viewer, gpointer user_data)
{
  SpcAgent *self = user_data;

  if (!spc_agent_viewer_take_role (viewer))
    return;
  for (guint i = 0; i < self->features->len; i++) {
    const SpcAgentFeature *one =
        &g_array_index (self->features, SpcAgentFeature, i);

    if (one->klass->role_changed != NULL)
      one->klass->role_changed (one->feature, viewer);
  }
  if (self->relay.klass != NULL && self->relay.klass->role_changed != NULL)
    self->relay.klass->role_changed (self->relay.relay, viewer);
}

void
spc_agent_roles_changed (SpcAgent *self)
{
  for_all (self, NULL, tell_role, self);
}
