/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "agent-port.h"

#include "agent-line.h"
#include "server-core/base/error.h"
#include "server-core/base/limits.h"
#include "server-core/base/log.h"
#include "server-core/net/listener.h"

#include <assert.h>
#include <spice/vd_agent.h>
#include <string.h>

/* of an announcement: header, u32 request, then the words */
#define CAPS_OFFSET (SPC_AGENT_HEADER_SIZE + 4u)

/* one that has started the agent */
typedef struct {
  SpcAgentViewer *viewer; /* owned */
  GBytes *announcement;   /* its last, header and all, or NULL */
  bool is_passing;        /* the message under way goes to the daemon */
  bool is_under_way;      /* there is one of which more has to come */
} Guest;

struct _SpcAgentPort {
  SpcLoop *loop;
  SpcAgent *agent; /* owns us */
  SpcListener *listener;
  SpcAgentLine *line; /* NULL: no daemon is there */
  SpcAgentPortPolicy policy;
  bool has_new_policy; /* the daemon has not been asked again since */
  GPtrArray *guests;   /* Guest, in the order they started */
  Guest *holder;       /* who has the daemon, or NULL */
  SpcDesk *desk;       /* not owned; NULL: none */
  bool wants_devices;  /* the daemon has announced that it does */
};

/* guests */

static void
guest_free (gpointer data)
{
  Guest *self = data;

  spc_agent_viewer_unref (self->viewer);
  g_clear_pointer (&self->announcement, g_bytes_unref);
  g_free (self);
}

static Guest *
find_guest (SpcAgentPort *self, const SpcAgentViewer *viewer)
{
  for (guint i = 0; i < self->guests->len; i++) {
    Guest *guest = g_ptr_array_index (self->guests, i);
    if (guest->viewer == viewer)
      return guest;
  }
  return NULL;
}

static Guest *
first_allowed (SpcAgentPort *self)
{
  for (guint i = 0; i < self->guests->len; i++) {
    Guest *guest = g_ptr_array_index (self->guests, i);
    if (spc_agent_viewer_is_in_control (guest->viewer))
      return guest;
  }
  return NULL;
}

/* The daemon forgets the client, and half a message of it. */
static void
tell_left (SpcAgentPort *self)
{
  const uint32_t message[] = {
      GUINT32_TO_LE (VD_AGENT_PROTOCOL),
      GUINT32_TO_LE (VD_AGENT_CLIENT_DISCONNECTED),
      0,
      0,
      0,
  };

  static_assert (sizeof message == SPC_AGENT_HEADER_SIZE, "a bare header");
  spc_agent_line_send (self->line, VDP_SERVER_PORT, (const uint8_t *)message,
                       sizeof message, NULL);
}

static GBytes *
device_message (SpcDesk *desk)
{
  g_autoptr (GBytes) body = spc_desk_device_info (desk);
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  if (body == NULL)
    return NULL;
  qxl_writer_u32 (writer, VD_AGENT_PROTOCOL);
  qxl_writer_u32 (writer, VD_AGENT_GRAPHICS_DEVICE_INFO);
  qxl_writer_u64 (writer, 0);
  qxl_writer_u32 (writer, (uint32_t)g_bytes_get_size (body));
  qxl_writer_ref (writer, body);
  return qxl_writer_steal (writer);
}

/* Which device each display is: the server's own word, in as many chunks as it
 * takes. */
static void
tell_devices (gpointer user_data)
{
  SpcAgentPort *self = user_data;
  g_autoptr (GBytes) message = NULL;
  const uint8_t *data;
  gsize size, n;

  if (self->line == NULL || !self->wants_devices || self->desk == NULL)
    return;
  message = device_message (self->desk);
  if (message == NULL)
    return;
  data = g_bytes_get_data (message, &size);
  for (gsize done = 0; done < size; done += n) {
    n = MIN (size - done, SPC_MAX_AGENT_CHUNK);
    spc_agent_line_send (self->line, VDP_SERVER_PORT, data + done, n, NULL);
  }
}

/* its token was given back when it was sent, or when it came */
static void
introduce (SpcAgentPort *self, Guest *guest)
{
  gsize size;
  const uint8_t *data;

  if (guest->announcement == NULL)
    return;
  data = g_bytes_get_data (guest->announcement, &size);
  spc_agent_line_send (self->line, VDP_CLIENT_PORT, data, size, NULL);
}

/* what is half under way in either direction comes to nothing */
static void
dismiss (SpcAgentPort *self)
{
  Guest *guest = g_steal_pointer (&self->holder);

  if (guest == NULL)
    return;
  guest->is_passing = false;
  if (self->line == NULL)
    return;
  spc_agent_line_skip (self->line);
  spc_agent_line_resume (self->line);
  tell_left (self);
}

static void
elect (SpcAgentPort *self)
{
  if (self->holder != NULL &&
      !spc_agent_viewer_is_in_control (self->holder->viewer))
    dismiss (self);
  if (self->holder != NULL)
    return;
  self->holder = first_allowed (self);
  if (self->holder != NULL && self->line != NULL)
    introduce (self, self->holder);
}

/* the filter */

static bool
judge (const SpcAgentHeader *header, SpcAgentVerdict *verdict,
       gpointer user_data, GError **error)
{
  SpcAgentPort *self = user_data;
  bool passes = true;

  switch (header->type) {
  case VD_AGENT_CLIPBOARD:
  case VD_AGENT_CLIPBOARD_GRAB:
  case VD_AGENT_CLIPBOARD_REQUEST:
  case VD_AGENT_CLIPBOARD_RELEASE:
    passes = self->policy.clipboard;
    break;
  case VD_AGENT_FILE_XFER_START:
  case VD_AGENT_FILE_XFER_STATUS:
  case VD_AGENT_FILE_XFER_DATA:
    passes = self->policy.files;
    break;
  default:
    break;
  }
  *verdict = passes ? SPC_AGENT_PASS : SPC_AGENT_DISCARD;
  return true;
}

/* What the daemon can do, but may not; and whether it is to know devices, which
 * it is told once. */
static bool
take_caps (SpcAgentPort *self, uint8_t *data, gsize size, GError **error)
{
  bool did_want = self->wants_devices;
  uint32_t word;

  if (size < CAPS_OFFSET + sizeof word) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "an announcement of %zu bytes, at least %zu are needed", size,
                 CAPS_OFFSET + sizeof word);
    return false;
  }
  memcpy (&word, data + CAPS_OFFSET, sizeof word);
  word = GUINT32_FROM_LE (word);
  self->wants_devices = (word & 1u << VD_AGENT_CAP_GRAPHICS_DEVICE_INFO) != 0;
  if (!did_want)
    tell_devices (self);
  if (!self->policy.clipboard)
    word &= ~(1u << VD_AGENT_CAP_CLIPBOARD |
              1u << VD_AGENT_CAP_CLIPBOARD_BY_DEMAND |
              1u << VD_AGENT_CAP_CLIPBOARD_SELECTION);
  if (!self->policy.files)
    word |= 1u << VD_AGENT_CAP_FILE_XFER_DISABLED;
  word = GUINT32_TO_LE (word);
  memcpy (data + CAPS_OFFSET, &word, sizeof word);
  return true;
}

static bool
is_start (const SpcAgentFilter *filter, gsize size)
{
  return (uint64_t)filter->left + size > filter->header.size;
}

/* daemon to viewer */

static bool
on_piece (const SpcAgentFilter *filter, uint8_t *data, gsize size,
          gpointer user_data, GError **error)
{
  SpcAgentPort *self = user_data;
  g_autoptr (GBytes) bytes = NULL;
  SpcAgentViewer *viewer;

  if (filter->header.type == VD_AGENT_ANNOUNCE_CAPABILITIES &&
      is_start (filter, size) && !take_caps (self, data, size, error))
    return false;
  if (self->holder == NULL)
    return true;
  viewer = self->holder->viewer;
  elect (self);
  if (self->holder == NULL || self->holder->viewer != viewer)
    return true;
  bytes = g_bytes_new (data, size);
  spc_agent_viewer_send_raw (viewer, bytes);
  /* sending may have been its end */
  if (self->holder != NULL && self->holder->viewer == viewer &&
      !spc_agent_viewer_has_room (viewer))
    spc_agent_line_pause (self->line);
  return true;
}

static void
on_ended (const char *reason, gpointer user_data)
{
  SpcAgentPort *self = user_data;
  SpcAgentLine *line = g_steal_pointer (&self->line);

  SPC_INFO (SPC_LOG_MAIN, "the agent daemon is gone: %s", reason);
  /* first, so that tokens go back only to viewers that will not be given all
   * of them anew */
  spc_agent_set_connected (self->agent, false);
  spc_agent_line_free (line);
}

static const SpcAgentLineEvents line_events = {
    .judge = judge,
    .piece = on_piece,
    .ended = on_ended,
};

static void
on_peer (SpcListener *listener, SpcTransport *transport, gpointer user_data)
{
  SpcAgentPort *self = user_data;

  if (self->line != NULL) {
    SPC_WARNING (SPC_LOG_MAIN, "a second agent daemon is turned away");
    spc_transport_free (transport);
    return;
  }
  SPC_INFO (SPC_LOG_MAIN, "an agent daemon is here");
  self->wants_devices = false;
  self->line = spc_agent_line_new (self->loop, transport, &line_events, self);
  spc_agent_set_connected (self->agent, true);
}

/* viewer to daemon */

static void
on_started (gpointer relay, SpcAgentViewer *viewer)
{
  SpcAgentPort *self = relay;
  Guest *guest = g_new0 (Guest, 1);

  guest->viewer = spc_agent_viewer_ref (viewer);
  g_ptr_array_add (self->guests, guest);
  elect (self);
}

/* A viewer that only answers asks for no answer; who is introduced wants one.
 */
static GBytes *
asking (const uint8_t *data, gsize size)
{
  uint8_t *bytes = g_memdup2 (data, size);
  const uint32_t request = GUINT32_TO_LE (1);

  if (size >= SPC_AGENT_HEADER_SIZE + sizeof request)
    memcpy (bytes + SPC_AGENT_HEADER_SIZE, &request, sizeof request);
  return g_bytes_new_take (bytes, size);
}

static void
remember (Guest *guest, const SpcAgentFilter *filter, const uint8_t *data,
          gsize size)
{
  if (filter->header.type != VD_AGENT_ANNOUNCE_CAPABILITIES || filter->left > 0)
    return;
  g_clear_pointer (&guest->announcement, g_bytes_unref);
  guest->announcement = asking (data, size);
}

/* The daemon announces itself anew when it is asked; its answer goes through
 * the filter, to the viewer. It is asked between two messages. */
static void
tell_policy (SpcAgentPort *self)
{
  if (!self->has_new_policy || self->line == NULL || self->holder == NULL ||
      self->holder->is_under_way)
    return;
  self->has_new_policy = false;
  introduce (self, self->holder);
}

static bool
on_data (gpointer relay, SpcAgentViewer *viewer, const SpcAgentFilter *filter,
         const uint8_t *data, gsize size, GError **error)
{
  SpcAgentPort *self = relay;
  Guest *guest = find_guest (self, viewer);

  elect (self);
  if (guest != NULL && is_start (filter, size)) {
    remember (guest, filter, data, size);
    guest->is_passing = guest == self->holder;
  }
  if (guest != NULL)
    guest->is_under_way = filter->left > 0;
  if (guest != NULL && guest == self->holder && guest->is_passing &&
      self->line != NULL)
    spc_agent_line_send (self->line, VDP_CLIENT_PORT, data, size, viewer);
  else
    spc_agent_viewer_give_back (viewer, 1);
  tell_policy (self);
  return true;
}

static void
on_drained (gpointer relay, SpcAgentViewer *viewer)
{
  SpcAgentPort *self = relay;

  if (self->line != NULL && self->holder != NULL &&
      self->holder->viewer == viewer)
    spc_agent_line_resume (self->line);
}

static void
on_role_changed (gpointer relay, SpcAgentViewer *viewer)
{
  elect (relay);
}

static void
on_gone (gpointer relay, SpcAgentViewer *viewer)
{
  SpcAgentPort *self = relay;
  Guest *guest = find_guest (self, viewer);

  if (guest == NULL)
    return;
  if (guest == self->holder)
    dismiss (self);
  g_ptr_array_remove (self->guests, guest);
  elect (self);
}

static void
port_free (gpointer relay)
{
  SpcAgentPort *self = relay;

  spc_listener_free (self->listener);
  spc_agent_line_free (self->line);
  g_ptr_array_unref (self->guests);
  spc_loop_unref (self->loop);
  g_free (self);
}

static const SpcAgentRelayClass relay_class = {
    .started = on_started,
    .data = on_data,
    .judge = judge,
    .drained = on_drained,
    .role_changed = on_role_changed,
    .gone = on_gone,
    .free = port_free,
};

/* life */

SpcAgentPort *
spc_agent_port_new (SpcServer *server)
{
  SpcAgentPort *self = g_new0 (SpcAgentPort, 1);

  self->agent = spc_server_agent (server);
  self->loop = spc_loop_ref (spc_server_loop (server));
  self->guests = g_ptr_array_new_with_free_func (guest_free);
  self->policy = (SpcAgentPortPolicy){.clipboard = true, .files = true};
  spc_agent_set_relay (self->agent, &relay_class, self);
  return self;
}

void
spc_agent_port_set_desk (SpcAgentPort *self, SpcDesk *desk)
{
  self->desk = desk;
  spc_desk_set_listener (desk, tell_devices, self);
}

typedef struct {
  SpcAgentPort *self;
  const char *path;
  GError **error;
  bool ok;
} ListenCall;

static void
listen_on_loop (gpointer user_data)
{
  ListenCall *call = user_data;

  call->self->listener = spc_listener_new_unix (
      call->self->loop, call->path, on_peer, call->self, call->error);
  call->ok = call->self->listener != NULL;
}

bool
spc_agent_port_listen (SpcAgentPort *self, const char *path, GError **error)
{
  ListenCall call = {.self = self, .path = path, .error = error};

  spc_loop_call (self->loop, listen_on_loop, &call);
  return call.ok;
}

static void
stop_on_loop (gpointer user_data)
{
  SpcAgentPort *self = user_data;

  g_clear_pointer (&self->listener, spc_listener_free);
  if (self->line != NULL)
    on_ended ("the server stops", self);
}

void
spc_agent_port_stop (SpcAgentPort *self)
{
  spc_loop_call (self->loop, stop_on_loop, self);
}

/* policy */

typedef struct {
  SpcAgentPort *self;
  SpcAgentPortPolicy policy;
} PolicyCall;

static void
set_policy_on_loop (gpointer user_data)
{
  const PolicyCall *call = user_data;
  SpcAgentPort *self = call->self;

  self->policy = call->policy;
  self->has_new_policy = true;
  tell_policy (self);
}

void
spc_agent_port_set_policy (SpcAgentPort *self, const SpcAgentPortPolicy *policy)
{
  PolicyCall *call = g_new0 (PolicyCall, 1);

  *call = (PolicyCall){.self = self, .policy = *policy};
  spc_loop_post (self->loop, set_policy_on_loop, call, g_free);
}
