/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "channel-fixture.h"

#include "server-core/wire/protocol.h"
#include <string.h>

/* far more than a test sends */
#define WIDE_LINE (1024 * 1024)

static void
on_event (const SpcInputEvent *event, gpointer user_data)
{
  ChannelFixture *self = user_data;

  g_array_append_val (self->events, *event);
}

static const SpcHost host = {0};
static const SpcInputSink input_sink = {.event = on_event};

void
channel_fixture_init (ChannelFixture *self)
{
  SpcConfig config;

  spc_config_init (&config);
  config.n_workers = 1;
  self->context = g_main_context_new ();
  g_assert_true (g_main_context_acquire (self->context));
  self->events = g_array_new (FALSE, FALSE, sizeof (SpcInputEvent));
  self->server =
      spc_server_new (&config, self->context, &host, &input_sink, self);
  spc_config_clear (&config);
}

void
channel_fixture_clear (ChannelFixture *self)
{
  spc_server_stop (self->server);
  g_clear_object (&self->server);
  g_array_unref (self->events);
  g_main_context_release (self->context);
  g_main_context_unref (self->context);
}

void
channel_fixture_settle (ChannelFixture *self)
{
  while (g_main_context_iteration (self->context, FALSE))
    continue;
}

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("waited for 10 s in vain");
  return G_SOURCE_REMOVE;
}

void
channel_fixture_wait (ChannelFixture *self, bool (*done) (gpointer),
                      gpointer user_data)
{
  GSource *deadline = g_timeout_source_new_seconds (10);

  g_source_set_callback (deadline, on_deadline, NULL, NULL);
  g_source_attach (deadline, self->context);
  while (!done (user_data))
    g_main_context_iteration (self->context, TRUE);
  g_source_destroy (deadline);
  g_source_unref (deadline);
}

static void
print_event (const SpcInputEvent *event, GString *out)
{
  switch (event->kind) {
  case SPC_INPUT_KEY:
    g_string_append_printf (out, "key %c%03x", event->pressed ? '+' : '-',
                            event->scancode);
    break;
  case SPC_INPUT_POINTER_MOVE:
    g_string_append_printf (out, "move %u: %d,%d", event->display_id, event->x,
                            event->y);
    break;
  case SPC_INPUT_POINTER_MOTION:
    g_string_append_printf (out, "motion %d,%d", event->dx, event->dy);
    break;
  case SPC_INPUT_BUTTON:
    g_string_append_printf (out, "button %c%u of %x",
                            event->pressed ? '+' : '-', event->button,
                            event->buttons);
    break;
  case SPC_INPUT_SCROLL:
    g_string_append_printf (out, "scroll %d", event->dy);
    break;
  case SPC_INPUT_LOCKS:
    g_string_append_printf (out, "locks %u", event->locks);
    break;
  }
  g_string_append_c (out, '\n');
}

char *
channel_fixture_take_events (ChannelFixture *self)
{
  GString *out = g_string_new (NULL);

  channel_fixture_settle (self);
  for (guint i = 0; i < self->events->len; i++)
    print_event (&g_array_index (self->events, SpcInputEvent, i), out);
  g_array_set_size (self->events, 0);
  return g_string_free (out, FALSE);
}

/* viewers */

/* takes @client */
static Viewer *
open_viewer (ChannelFixture *fixture, SpcClient *client, SpcChannel *channel,
             uint32_t caps, gsize capacity)
{
  Viewer *self = g_new0 (Viewer, 1);
  SpcConnectionSetup setup = {
      .channel = channel,
      .client = client,
      .common_caps = {{1u << SPICE_COMMON_CAP_MINI_HEADER}},
      .channel_caps = {{caps}},
  };

  self->fixture = fixture;
  self->received = g_byte_array_new ();
  self->client = client;
  spc_transport_new_pair (spc_server_loop (fixture->server), capacity,
                          &setup.transport, &self->end);
  self->connection = spc_connection_open (
      SPC_CHANNEL_GET_CLASS (channel)->connection_type, &setup);
  if (self->connection)
    g_object_ref (self->connection);
  return self;
}

Viewer *
viewer_new_slow (ChannelFixture *fixture, SpcChannel *channel, uint32_t caps,
                 gsize capacity)
{
  static uint32_t next_id = 1;
  SpcClient *client = spc_client_new (fixture->server, next_id++, "test");

  g_ptr_array_add (spc_server_clients (fixture->server),
                   spc_client_ref (client));
  return open_viewer (fixture, client, channel, caps, capacity);
}

Viewer *
viewer_new (ChannelFixture *fixture, SpcChannel *channel, uint32_t caps)
{
  return viewer_new_slow (fixture, channel, caps, WIDE_LINE);
}

Viewer *
viewer_new_of (Viewer *other, SpcChannel *channel, uint32_t caps)
{
  return open_viewer (other->fixture, spc_client_ref (other->client), channel,
                      caps, WIDE_LINE);
}

void
viewer_free (Viewer *self)
{
  g_clear_pointer (&self->end, spc_transport_free);
  channel_fixture_settle (self->fixture);
  spc_client_close (self->client, "test over");
  g_clear_object (&self->connection);
  spc_client_unref (self->client);
  g_byte_array_unref (self->received);
  g_free (self);
}

static guint8
hex_byte (const char *hex)
{
  int high = g_ascii_xdigit_value (hex[0]);
  int low = g_ascii_xdigit_value (hex[1]);

  g_assert_true (high >= 0 && low >= 0);
  return (guint8)(high << 4 | low);
}

void
viewer_send (Viewer *self, const char *message)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;
  GOutputVector piece;
  char *hex;
  gsize size;

  qxl_writer_u16 (writer, (uint16_t)strtoul (message, &hex, 10));
  g_assert_true (*hex++ == ':');
  qxl_writer_u32 (writer, (uint32_t)strlen (hex) / 2);
  for (; *hex; hex += 2)
    qxl_writer_u8 (writer, hex_byte (hex));
  bytes = qxl_writer_steal (writer);
  piece.buffer = g_bytes_get_data (bytes, &size);
  piece.size = size;
  g_assert_cmpint (spc_transport_writev (self->end, &piece, 1, NULL), ==, size);
  channel_fixture_settle (self->fixture);
}

/* true: the server has closed */
static bool
receive (Viewer *self)
{
  guint8 buffer[4096];
  gssize n;

  channel_fixture_settle (self->fixture);
  while ((n = spc_transport_read (self->end, buffer, sizeof buffer, NULL)) >
         0) {
    g_byte_array_append (self->received, buffer, (guint)n);
    channel_fixture_settle (self->fixture);
  }
  return n == 0;
}

char *
viewer_next (Viewer *self)
{
  GString *out;
  QxlReader reader;
  uint32_t size;

  receive (self);
  if (self->received->len == 0)
    return NULL;
  qxl_reader_init (&reader, self->received->data, self->received->len);
  out = g_string_new (NULL);
  g_string_append_printf (out, "%u:", qxl_reader_u16 (&reader));
  size = qxl_reader_u32 (&reader);
  for (uint32_t i = 0; i < size; i++)
    g_string_append_printf (out, "%02x", qxl_reader_u8 (&reader));
  g_assert_false (reader.failed);
  g_byte_array_remove_range (self->received, 0, (guint)reader.pos);
  return g_string_free (out, FALSE);
}

char *
viewer_last (Viewer *self)
{
  char *last = NULL, *next;

  while ((next = viewer_next (self))) {
    g_free (last);
    last = next;
  }
  return last;
}

bool
viewer_is_closed (Viewer *self)
{
  return receive (self) &&
         (!self->connection || spc_connection_is_closed (self->connection));
}
