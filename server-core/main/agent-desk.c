/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "agent-desk.h"

#include "agent.h"
#include "server-core/wire/protocol.h"

#include <spice/vd_agent.h>

#define DESK_CAPS                                                              \
  (1u << VD_AGENT_CAP_MONITORS_CONFIG |                                        \
   1u << VD_AGENT_CAP_SPARSE_MONITORS_CONFIG |                                 \
   1u << VD_AGENT_CAP_MONITORS_CONFIG_POSITION |                               \
   1u << VD_AGENT_CAP_DISPLAY_CONFIG | 1u << VD_AGENT_CAP_AUDIO_VOLUME_SYNC)
/* of a message that takes another one's place */
#define INFO_KEY 1u

struct _SpcDesk {
  /* set at construction */
  SpcServer *server; /* not owned: it owns the agent */
  SpcAgent *agent;   /* not owned: it owns this */
  const SpcDeskHost *host;
  gpointer user_data;
  /* loop thread only */
  SpcTimer *pace;    /* armed: something was told a moment ago */
  bool is_waiting;   /* something is to be told when it fires */
  uint64_t n_wishes; /* for monitors, of all viewers */
  uint32_t told_id;  /* whose wish was told last; 0: nobody's yet */
  SpcMonitors told;
  SpcDevice devices[SPC_MAX_DISPLAYS];
  /* set before the start */
  SpcFunc on_devices; /* NULL: nobody else is told */
  gpointer listener;
};

/* by is_record */
enum { N_VOLUMES = 2 };

/* of one viewer */
typedef struct {
  uint64_t number; /* of its wish for monitors; 0: it has none */
  SpcMonitors monitors;
  SpcDisplayWish looks;
  SpcVolumeWish volumes[N_VOLUMES];
  bool has_new_looks, has_new_volumes[N_VOLUMES];
} Wishes;

/* telling */

static uint32_t
displays_of (SpcServer *server)
{
  GPtrArray *channels = spc_server_channels (server);
  uint32_t displays = 0;

  for (guint i = 0; i < channels->len; i++) {
    SpcChannel *channel = g_ptr_array_index (channels, i);

    if (spc_channel_type (channel) == SPICE_CHANNEL_DISPLAY &&
        spc_channel_id (channel) < SPC_MAX_DISPLAYS)
      displays |= 1u << spc_channel_id (channel);
  }
  return displays;
}

typedef struct {
  SpcDesk *desk;
  SpcAgentViewer *viewer; /* borrowed */
  uint64_t number;
} Newest;

static void
compare (SpcAgentViewer *viewer, gpointer user_data)
{
  Newest *newest = user_data;
  const Wishes *wishes = spc_agent_viewer_state (viewer, newest->desk);

  if (wishes->number <= newest->number ||
      !spc_agent_viewer_is_in_control (viewer))
    return;
  newest->viewer = viewer;
  newest->number = wishes->number;
}

static void
tell_monitors (SpcDesk *self)
{
  Newest newest = {.desk = self};
  SpcMonitors monitors;
  uint32_t id;

  spc_agent_foreach (self->agent, compare, &newest);
  if (newest.viewer == NULL)
    return;
  id = spc_agent_viewer_id (newest.viewer);
  monitors = ((Wishes *)spc_agent_viewer_state (newest.viewer, self))->monitors;
  spc_monitors_place (&monitors, displays_of (self->server));
  if (id == self->told_id && spc_monitors_equal (&monitors, &self->told))
    return;
  self->told_id = id;
  self->told = monitors;
  if (self->host->monitors != NULL)
    self->host->monitors (id, &monitors, self->user_data);
}

static void
tell_others (SpcAgentViewer *viewer, gpointer user_data)
{
  SpcDesk *self = user_data;
  Wishes *wishes = spc_agent_viewer_state (viewer, self);
  uint32_t id = spc_agent_viewer_id (viewer);

  if (wishes->has_new_looks && self->host->looks != NULL)
    self->host->looks (id, &wishes->looks, self->user_data);
  wishes->has_new_looks = false;
  for (int i = 0; i < N_VOLUMES; i++) {
    if (wishes->has_new_volumes[i] && self->host->volume != NULL)
      self->host->volume (id, &wishes->volumes[i], self->user_data);
    wishes->has_new_volumes[i] = false;
  }
}

static void
tell (SpcDesk *self)
{
  self->is_waiting = false;
  spc_timer_arm (self->pace, SPC_DESK_PACE_MS);
  tell_monitors (self);
  spc_agent_foreach (self->agent, tell_others, self);
}

static void
on_pace (gpointer user_data)
{
  SpcDesk *self = user_data;

  if (self->is_waiting)
    tell (self);
}

/* at once, or when the last time is long enough ago */
static void
changed (SpcDesk *self)
{
  if (self->pace == NULL)
    self->pace = spc_timer_new (spc_agent_loop (self->agent), on_pace, self);
  if (spc_timer_is_armed (self->pace))
    self->is_waiting = true;
  else
    tell (self);
}

/* messages */

static bool
on_monitors (gpointer feature, SpcAgentViewer *viewer,
             const SpcAgentHeader *header, const SpcAgentPiece *body,
             GError **error)
{
  SpcDesk *self = feature;
  Wishes *wishes = spc_agent_viewer_state (viewer, self);
  SpcMonitors monitors;

  if (!spc_monitors_parse (&monitors, body->data, body->size, error))
    return false;
  spc_agent_viewer_reply (viewer, VD_AGENT_MONITORS_CONFIG,
                          spc_agent_viewer_is_in_control (viewer));
  /* a viewer that shows nothing has no wish */
  if (monitors.n == 0)
    return true;
  if (wishes->number > 0 && spc_monitors_equal (&wishes->monitors, &monitors))
    return true;
  wishes->monitors = monitors;
  wishes->number = ++self->n_wishes;
  changed (self);
  return true;
}

static bool
on_looks (gpointer feature, SpcAgentViewer *viewer,
          const SpcAgentHeader *header, const SpcAgentPiece *body,
          GError **error)
{
  Wishes *wishes = spc_agent_viewer_state (viewer, feature);

  if (!spc_display_wish_parse (&wishes->looks, body->data, body->size, error))
    return false;
  if (!spc_agent_viewer_is_in_control (viewer))
    return true;
  wishes->has_new_looks = true;
  changed (feature);
  return true;
}

static bool
on_volume (gpointer feature, SpcAgentViewer *viewer,
           const SpcAgentHeader *header, const SpcAgentPiece *body,
           GError **error)
{
  Wishes *wishes = spc_agent_viewer_state (viewer, feature);
  SpcVolumeWish wish;

  if (!spc_volume_wish_parse (&wish, body->data, body->size, error))
    return false;
  if (!spc_agent_viewer_is_in_control (viewer))
    return true;
  wishes->volumes[wish.is_record] = wish;
  wishes->has_new_volumes[wish.is_record] = true;
  changed (feature);
  return true;
}

static const SpcAgentHandler handlers[] = {
    {VD_AGENT_MONITORS_CONFIG, SPC_MIN_MONITORS_BODY, SPC_MAX_MONITORS_BODY,
     false, on_monitors},
    {VD_AGENT_DISPLAY_CONFIG, SPC_DISPLAY_WISH_BODY, SPC_DISPLAY_WISH_BODY,
     false, on_looks},
    {VD_AGENT_AUDIO_VOLUME_SYNC, SPC_MIN_VOLUME_BODY, SPC_MAX_VOLUME_BODY,
     false, on_volume},
};

/* viewers */

static uint32_t
desk_caps (gpointer feature)
{
  return DESK_CAPS;
}

static void
desk_role_changed (gpointer feature, SpcAgentViewer *viewer)
{
  changed (feature);
}

static void
desk_gone (gpointer feature, SpcAgentViewer *viewer)
{
  SpcDesk *self = feature;
  Wishes *wishes = spc_agent_viewer_state (viewer, self);

  *wishes = (Wishes){0};
  changed (self);
}

static void
send_info (SpcAgentViewer *viewer, gpointer user_data)
{
  SpcDesk *self = user_data;
  g_autoptr (GBytes) info = NULL;

  if (!spc_agent_viewer_has_cap (viewer, VD_AGENT_CAP_GRAPHICS_DEVICE_INFO))
    return;
  info = spc_desk_device_info (self);
  if (info != NULL)
    spc_agent_viewer_send_latest (viewer, VD_AGENT_GRAPHICS_DEVICE_INFO, NULL,
                                  0, info, INFO_KEY);
}

static void
desk_announced (gpointer feature, SpcAgentViewer *viewer)
{
  send_info (viewer, feature);
}

static void
desk_free (gpointer feature)
{
  SpcDesk *self = feature;

  g_clear_pointer (&self->pace, spc_timer_free);
  for (guint i = 0; i < SPC_MAX_DISPLAYS; i++)
    g_free (self->devices[i].address);
  g_free (self);
}

static const SpcAgentFeatureClass desk_class = {
    .handlers = handlers,
    .n_handlers = G_N_ELEMENTS (handlers),
    .viewer_size = sizeof (Wishes),
    .caps = desk_caps,
    .announced = desk_announced,
    .role_changed = desk_role_changed,
    .gone = desk_gone,
    .free = desk_free,
};

SpcDesk *
spc_desk_new (SpcServer *server, const SpcDeskHost *host, gpointer user_data)
{
  SpcDesk *self = g_new0 (SpcDesk, 1);

  self->server = server;
  self->agent = spc_server_agent (server);
  self->host = host;
  self->user_data = user_data;
  spc_agent_add_feature (self->agent, &desk_class, self);
  return self;
}

/* devices */

typedef struct {
  SpcDesk *desk;
  uint8_t display;
  SpcDevice device;
} NewDevice;

static void
free_new_device (gpointer data)
{
  NewDevice *new_device = data;

  g_free (new_device->device.address);
  g_free (new_device);
}

static void
take_device (gpointer data)
{
  NewDevice *new_device = data;
  SpcDesk *self = new_device->desk;
  SpcDevice *device = &self->devices[new_device->display];

  g_free (device->address);
  *device = new_device->device;
  new_device->device.address = NULL;
  spc_agent_foreach (self->agent, send_info, self);
  if (self->on_devices != NULL)
    self->on_devices (self->listener);
}

void
spc_desk_set_listener (SpcDesk *self, SpcFunc on_devices, gpointer listener)
{
  self->on_devices = on_devices;
  self->listener = listener;
}

void
spc_desk_set_device (SpcDesk *self, uint8_t display, const char *address,
                     uint32_t display_id)
{
  NewDevice *new_device;

  g_return_if_fail (display < SPC_MAX_DISPLAYS);
  g_return_if_fail (!address || strlen (address) <= SPC_MAX_DEVICE_ADDRESS);
  new_device = g_new0 (NewDevice, 1);
  new_device->desk = self;
  new_device->display = display;
  new_device->device.address = g_strdup (address);
  new_device->device.display_id = display_id;
  spc_loop_post (spc_agent_loop (self->agent), take_device, new_device,
                 free_new_device);
}

GBytes *
spc_desk_device_info (SpcDesk *self)
{
  for (guint i = 0; i < SPC_MAX_DISPLAYS; i++)
    if (self->devices[i].address != NULL)
      return spc_device_info_write (self->devices, SPC_MAX_DISPLAYS);
  return NULL;
}
