/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Viewers that move in with a state that is none, on channels that take one:
 * they are ended, and the next one finds the server as it was. Without a key
 * the state is the viewer's word alone. Somebody who moves in without a gap is
 * alone, so that there is no bystander. docs/hardening.md has the list. */
#include "server-core/channel/blob.h"
#include "server-core/channel/migrator.h"
#include "server-core/channel/server-private.h"
#include "server-core/main/migrate.h"
#include "server-core/port/port-blob.h"
#include "server-core/port/port.h"
#include "session.h"

#include <string.h>

#define ID 77u
#define A_MINUTE_MS 60000u
#define UNREAD "unread"

typedef struct {
  Session session;
  SpcPort *port; /* not owned */
  SpcClient *client;
  SpcConnection *connection; /* owned: the byte stream's */
  SpcTransport *main_end, *end;
} Rig;

static void
rig_init (Rig *self, SpcPortKind kind)
{
  const SpcPortConfig config = {.kind = kind, .name = "moved"};

  *self = (Rig){0};
  session_init (&self->session, NULL);
  self->port = spc_port_new (self->session.server, &config);
  session_add (&self->session, self->port);
  spc_port_post_consumer (self->port, true);
  spc_migration_set_seamless (spc_server_migration (self->session.server),
                              true);
  session_settle (&self->session);
}

static void
rig_clear (Rig *self)
{
  SpcLetter *letter;

  while ((letter = spc_port_read (self->port, 0)) != NULL)
    spc_port_give_back (self->port, letter);
  session_clear (&self->session);
}

static SpcTransport *
open_channel (Rig *self, SpcChannel *channel, SpcConnection **connection)
{
  SpcConnectionSetup setup = {
      .channel = channel,
      .client = self->client,
      .common_caps = {{1u << SPICE_COMMON_CAP_MINI_HEADER}},
  };
  SpcTransport *end;

  spc_transport_new_pair (self->session.net.loop, 65536, &setup.transport,
                          &end);
  *connection = g_object_ref (spc_connection_open (
      SPC_CHANNEL_GET_CLASS (channel)->connection_type, &setup));
  return end;
}

static void
say (Rig *self, SpcTransport *end, uint16_t type, const void *body,
     uint32_t size)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;
  const void *data;
  gsize n;

  qxl_writer_u16 (writer, type);
  qxl_writer_u32 (writer, size);
  qxl_writer_bytes (writer, body, size);
  bytes = qxl_writer_steal (writer);
  data = g_bytes_get_data (bytes, &n);
  g_assert_cmpint (net_write (end, data, n, NULL), ==, n);
  session_settle (&self->session);
}

/* both its links are held until it brings its state */
static void
arrive (Rig *self)
{
  static const uint8_t version[4] = {1, 0, 0, 0};
  SpcServer *server = self->session.server;
  SpcConnection *main;

  spc_migration_expect (spc_server_migration (server), ID, A_MINUTE_MS);
  session_settle (&self->session);
  self->client = spc_client_new (server, ID, "mover");
  g_ptr_array_add (spc_server_clients (server), spc_client_ref (self->client));
  g_assert_true (spc_server_take_arrival (server, self->client));
  self->main_end = open_channel (
      self, spc_server_find_channel (server, SPICE_CHANNEL_MAIN, 0), &main);
  g_object_unref (main);
  self->end = open_channel (self, SPC_CHANNEL (self->port), &self->connection);
  say (self, self->main_end, SPICE_MSGC_MAIN_MIGRATE_DST_DO_SEAMLESS, version,
       sizeof version);
  g_assert_true (spc_connection_is_held (self->connection));
}

static void
leave (Rig *self)
{
  spc_transport_free (self->end);
  spc_transport_free (self->main_end);
  session_settle (&self->session);
  NET_RUN_UNTIL (&self->session.net,
                 spc_server_clients (self->session.server)->len == 0);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->client, spc_client_unref);
}

/* whether it is let in with this */
static bool
moves_in (Rig *self, const void *state, uint32_t size)
{
  bool is_in;

  arrive (self);
  say (self, self->end, SPICE_MSGC_MIGRATE_DATA, state, size);
  is_in = !spc_connection_is_closed (self->connection);
  leave (self);
  return is_in;
}

static GBytes *
good_state (SpcPortKind kind)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) unread = g_bytes_new_static (UNREAD, strlen (UNREAD));
  SpcSmartcard card;

  spc_smartcard_init (&card);
  spc_port_blob_write (writer, true, unread,
                       kind == SPC_PORT_SMARTCARD ? &card : NULL);
  spc_smartcard_clear (&card);
  return qxl_writer_steal (writer);
}

static void
test_state_of_a_byte_stream (gconstpointer data)
{
  SpcPortKind kind = (SpcPortKind)GPOINTER_TO_INT (data);
  g_autoptr (GBytes) good = good_state (kind);
  static const uint8_t zeros[100];
  g_autoptr (WireClient) next = NULL;
  const uint8_t *bytes;
  gsize size;
  Rig rig;

  rig_init (&rig, kind);
  bytes = g_bytes_get_data (good, &size);
  g_assert_true (moves_in (&rig, bytes, (uint32_t)size));
  g_assert_false (moves_in (&rig, zeros, sizeof zeros));
  for (uint32_t n = 0; n < size; n++) {
    g_autofree uint8_t *copy = g_memdup2 (bytes, size);

    g_assert_false (moves_in (&rig, bytes, n));
    /* let in or not, with sizes and places that lead out of it */
    memset (copy + n, 0xff, MIN (4, size - n));
    moves_in (&rig, copy, (uint32_t)size);
  }
  next = session_join (&rig.session);
  wire_client_free (g_steal_pointer (&next));
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *name;
    SpcPortKind kind;
  } kinds[] = {
      {"port", SPC_PORT_PLAIN},
      {"webdav", SPC_PORT_WEBDAV},
      {"usbredir", SPC_PORT_USBREDIR},
      {"smartcard", SPC_PORT_SMARTCARD},
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    g_autofree char *path =
        g_strconcat ("/hardening/base/migration-data/", kinds[i].name, NULL);

    g_test_add_data_func (path, GINT_TO_POINTER (kinds[i].kind),
                          test_state_of_a_byte_stream);
  }
  return g_test_run ();
}
