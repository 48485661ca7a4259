/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "channel.h"

#include "server.h"

typedef struct {
  /* set at construction, read by any thread */
  uint8_t id;
  SpcLoop *loop;
  char *name;
  /* loop thread only */
  SpcServer *server;       /* not owned; cleared when detached */
  GPtrArray *connections;  /* SpcConnection, referenced */
  SpcConnectionStats past; /* of closed connections */
  /* atomic: written by the loop, read by any thread */
  gint n_connections;
} SpcChannelPrivate;

G_DEFINE_TYPE_WITH_PRIVATE (SpcChannel, spc_channel, G_TYPE_OBJECT)

#define PRIV(self)                                                             \
  ((SpcChannelPrivate *)spc_channel_get_instance_private (self))

/* names of channel types 1 to 11 (spec: conventions) */
static const char *const type_names[] = {
    NULL,     "main",   "display",   "inputs",   "cursor", "playback",
    "record", "tunnel", "smartcard", "usbredir", "port",   "webdav",
};

const char *
spc_channel_type_name (uint8_t type)
{
  return type < G_N_ELEMENTS (type_names) ? type_names[type] : NULL;
}

void
spc_channel_construct (SpcChannel *self, SpcServer *server, uint8_t id)
{
  SpcChannelPrivate *priv = PRIV (self);

  priv->id = id;
  priv->loop = spc_loop_ref (spc_server_loop (server));
  priv->name = g_strdup_printf (
      "%s %u", spc_channel_type_name (spc_channel_type (self)), id);
}

uint8_t
spc_channel_type (SpcChannel *self)
{
  return SPC_CHANNEL_GET_CLASS (self)->channel_type;
}

uint8_t
spc_channel_id (SpcChannel *self)
{
  return PRIV (self)->id;
}

SpcLoop *
spc_channel_loop (SpcChannel *self)
{
  return PRIV (self)->loop;
}

const char *
spc_channel_name (SpcChannel *self)
{
  return PRIV (self)->name;
}

guint
spc_channel_n_connections (SpcChannel *self)
{
  return (guint)g_atomic_int_get (&PRIV (self)->n_connections);
}

SpcServer *
spc_channel_server (SpcChannel *self)
{
  return PRIV (self)->server;
}

GPtrArray *
spc_channel_connections (SpcChannel *self)
{
  return PRIV (self)->connections;
}

void
spc_channel_set_server (SpcChannel *self, SpcServer *server)
{
  SpcChannelClass *klass = SPC_CHANNEL_GET_CLASS (self);

  if (server == NULL && klass->detached != NULL)
    klass->detached (self);
  PRIV (self)->server = server;
  if (server != NULL && klass->attached != NULL)
    klass->attached (self);
}

void
spc_channel_add_connection (SpcChannel *self, SpcConnection *connection)
{
  SpcChannelPrivate *priv = PRIV (self);
  SpcChannelClass *klass = SPC_CHANNEL_GET_CLASS (self);

  g_ptr_array_add (priv->connections, g_object_ref (connection));
  g_atomic_int_set (&priv->n_connections, (gint)priv->connections->len);
  if (klass->connected != NULL)
    klass->connected (self, connection);
}

void
spc_channel_remove_connection (SpcChannel *self, SpcConnection *connection)
{
  SpcChannelPrivate *priv = PRIV (self);
  SpcChannelClass *klass = SPC_CHANNEL_GET_CLASS (self);

  if (!g_ptr_array_remove (priv->connections, connection))
    return;
  g_atomic_int_set (&priv->n_connections, (gint)priv->connections->len);
  spc_connection_stats_add (&priv->past, spc_connection_stats (connection));
  if (klass->disconnected != NULL)
    klass->disconnected (self, connection);
}

void
spc_channel_close_all (SpcChannel *self, const char *reason)
{
  GPtrArray *connections = PRIV (self)->connections;

  while (connections->len > 0)
    spc_connection_close (g_ptr_array_index (connections, connections->len - 1),
                          reason);
}

void
spc_channel_stats (SpcChannel *self, SpcConnectionStats *stats)
{
  const SpcChannelPrivate *priv = PRIV (self);

  *stats = priv->past;
  for (guint i = 0; i < priv->connections->len; i++)
    spc_connection_stats_add (
        stats, spc_connection_stats (g_ptr_array_index (priv->connections, i)));
}

static gpointer
ref_connection (gconstpointer connection, gpointer user_data)
{
  return g_object_ref ((gpointer)connection);
}

void
spc_channel_foreach (SpcChannel *self, void (*func) (SpcConnection *, gpointer),
                     gpointer user_data)
{
  g_autoptr (GPtrArray) now =
      g_ptr_array_copy (PRIV (self)->connections, ref_connection, NULL);

  g_ptr_array_set_free_func (now, g_object_unref);
  for (guint i = 0; i < now->len; i++) {
    SpcConnection *connection = g_ptr_array_index (now, i);
    if (!spc_connection_is_closed (connection))
      func (connection, user_data);
  }
}

typedef struct {
  uint16_t type;
  const QxlField *fields;
  const void *message;
} Broadcast;

static void
send_one (SpcConnection *connection, gpointer user_data)
{
  const Broadcast *broadcast = user_data;

  spc_connection_send_latest (connection, broadcast->type, broadcast->fields,
                              broadcast->message);
  spc_connection_pump (connection);
}

void
spc_channel_broadcast (SpcChannel *self, uint16_t type, const QxlField *fields,
                       const void *message)
{
  Broadcast broadcast = {.type = type, .fields = fields, .message = message};

  spc_channel_foreach (self, send_one, &broadcast);
}

static void
pump_one (SpcConnection *connection, gpointer user_data)
{
  spc_connection_pump (connection);
}

void
spc_channel_pump_all (SpcChannel *self)
{
  spc_channel_foreach (self, pump_one, NULL);
}

static void
spc_channel_finalize (GObject *object)
{
  SpcChannelPrivate *priv = PRIV (SPC_CHANNEL (object));

  g_ptr_array_unref (priv->connections);
  g_clear_pointer (&priv->loop, spc_loop_unref);
  g_free (priv->name);
  G_OBJECT_CLASS (spc_channel_parent_class)->finalize (object);
}

static void
spc_channel_class_init (SpcChannelClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = spc_channel_finalize;
}

static void
spc_channel_init (SpcChannel *self)
{
  PRIV (self)->connections = g_ptr_array_new_with_free_func (g_object_unref);
}
