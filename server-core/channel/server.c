/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "server.h"

#include "acceptor.h"
#include "migrator.h"
#include "server-core/wire/protocol.h"
#include "server-private.h"

/* how often connections are looked after, and how often idle ones are pinged
 * (spec: ping, connectivity) */
#define TICK_MS 5000u
#define TICKS_PER_PING 3u

struct _SpcServer {
  GObject parent;
  /* set at construction, read by any thread */
  SpcLoop *loop;
  SpcJobs *jobs;
  const SpcHost *host;
  const SpcInputSink *input_sink;
  gpointer user_data;
  /* loop thread only */
  SpcConfig config;
  SpcAcceptor *acceptor;
  GPtrArray *channels; /* SpcChannel, owned */
  GPtrArray *clients;  /* SpcClient, owned */
  SpcTimer *tick;
  guint n_ticks;
  SpcControl control;
  bool client_mouse;
  uint8_t leds;
  /* start and stop only */
  bool started, stopped;
  /* atomic: written by the loop, read by any thread */
  gint port, n_clients;
};

G_DEFINE_FINAL_TYPE (SpcServer, spc_server, G_TYPE_OBJECT)

/* look-ups */

SpcChannel *
spc_server_find_channel (SpcServer *self, uint8_t type, uint8_t id)
{
  for (guint i = 0; i < self->channels->len; i++) {
    SpcChannel *channel = g_ptr_array_index (self->channels, i);
    if (spc_channel_type (channel) == type && spc_channel_id (channel) == id)
      return channel;
  }
  return NULL;
}

SpcClient *
spc_server_find_client (SpcServer *self, uint32_t id)
{
  for (guint i = 0; i < self->clients->len; i++) {
    SpcClient *client = g_ptr_array_index (self->clients, i);
    if (client->id == id && !client->closing)
      return client;
  }
  return NULL;
}

void
spc_server_tell_channels (SpcServer *self, SpcServerChange change,
                          SpcChannel *subject)
{
  for (guint i = 0; i < self->channels->len; i++) {
    SpcChannel *channel = g_ptr_array_index (self->channels, i);
    SpcChannelClass *klass = SPC_CHANNEL_GET_CLASS (channel);

    if (klass->server_changed != NULL)
      klass->server_changed (channel, change, subject);
  }
}

void
spc_server_client_came (SpcServer *self, SpcClient *client)
{
  g_ptr_array_add (self->clients, spc_client_ref (client));
  g_atomic_int_set (&self->n_clients, (gint)self->clients->len);
  SPC_INFO (SPC_LOG_SERVER, "client %08x of %s%s%s added, %u now", client->id,
            client->peer, client->identity.user[0] != '\0' ? ", " : "",
            client->identity.user, self->clients->len);
}

void
spc_server_client_gone (SpcServer *self, SpcClient *client, const char *reason)
{
  SpcClientInfo info = spc_server_client_info (self, client);
  guint index;

  if (!g_ptr_array_find (self->clients, client, &index))
    return;
  spc_client_ref (client);
  g_ptr_array_remove_index (self->clients, index);
  g_atomic_int_set (&self->n_clients, (gint)self->clients->len);
  SPC_INFO (SPC_LOG_SERVER, "client %08x of %s gone (%s), %u left", client->id,
            client->peer, reason, self->clients->len);
  spc_server_migrate_client_gone (self, client);
  if (self->host->client_removed != NULL)
    self->host->client_removed (&info, reason, self->clients->len,
                                self->user_data);
  spc_server_control_left (self, client);
  spc_client_unref (client);
}

/* looking after connections */

static bool
is_dead (SpcConnection *connection, int64_t now)
{
  int64_t idle_us = now - spc_connection_last_activity_us (connection);

  if (spc_connection_client (connection)->is_away &&
      spc_channel_type (spc_connection_channel (connection)) ==
          SPICE_CHANNEL_MAIN)
    return false;
  return spc_connection_is_blocked (connection) &&
         idle_us > (int64_t)SPC_CLIENT_TIMEOUT_MS * 1000;
}

static void
look_after_client (SpcServer *self, SpcClient *client, int64_t now)
{
  bool ping = self->n_ticks % TICKS_PER_PING == 0;

  for (guint i = 0; i < client->connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (client->connections, i);

    if (is_dead (connection, now)) {
      SPC_WARNING (SPC_LOG_SERVER, "%s does not answer for %u s",
                   spc_connection_name (connection),
                   SPC_CLIENT_TIMEOUT_MS / 1000);
      spc_client_close (client, "unresponsive");
      return;
    }
    if (ping && !spc_connection_is_blocked (connection)) {
      spc_connection_ping (connection, 0, NULL, NULL);
      spc_connection_pump (connection);
    }
  }
}

void
spc_server_look_after_clients (SpcServer *self, int64_t now_us)
{
  g_autoptr (GPtrArray) clients =
      g_ptr_array_new_with_free_func ((GDestroyNotify)spc_client_unref);

  self->n_ticks++;
  for (guint i = 0; i < self->clients->len; i++)
    g_ptr_array_add (clients,
                     spc_client_ref (g_ptr_array_index (self->clients, i)));
  for (guint i = 0; i < clients->len; i++)
    look_after_client (self, g_ptr_array_index (clients, i), now_us);
}

static void
on_tick (gpointer user_data)
{
  SpcServer *self = user_data;

  spc_server_look_after_clients (self, g_get_monotonic_time ());
  spc_timer_arm (self->tick, TICK_MS);
}

/* life */

static const SpcHost no_host = {0};

SpcServer *
spc_server_new (const SpcConfig *config, GMainContext *context,
                const SpcHost *host, const SpcInputSink *input_sink,
                gpointer user_data)
{
  SpcServer *self = g_object_new (SPC_TYPE_SERVER, NULL);

  spc_config_copy (&self->config, config);
  self->control.rule = config->control;
  self->host = host != NULL ? host : &no_host;
  self->input_sink = input_sink;
  self->user_data = user_data;
  self->loop = spc_loop_new (context);
  self->jobs = spc_jobs_new (config->n_workers);
  self->acceptor = spc_acceptor_new (self->loop, self->jobs, &self->config,
                                     &spc_server_acceptor_owner, self);
  return self;
}

typedef struct {
  SpcServer *server;
  GError **error;
  bool ok;
} Start;

static void
start_on_loop (gpointer user_data)
{
  Start *start = user_data;
  SpcServer *self = start->server;

  self->tick = spc_timer_new (self->loop, on_tick, self);
  spc_timer_arm (self->tick, TICK_MS);
  start->ok = spc_acceptor_open (self->acceptor, start->error);
  if (start->ok)
    g_atomic_int_set (&self->port, spc_acceptor_port (self->acceptor));
}

bool
spc_server_start (SpcServer *self, GError **error)
{
  Start start = {.server = self, .error = error};

  g_return_val_if_fail (!self->started && !self->stopped, false);
  self->started = true;
  spc_loop_start (self->loop);
  spc_loop_call (self->loop, start_on_loop, &start);
  return start.ok;
}

static void
stop_on_loop (gpointer user_data)
{
  SpcServer *self = user_data;

  spc_acceptor_close (self->acceptor);
  g_clear_pointer (&self->tick, spc_timer_free);
  while (self->clients->len > 0)
    spc_client_close (g_ptr_array_index (self->clients, 0), "server stopped");
  for (guint i = 0; i < self->channels->len; i++)
    spc_channel_set_server (g_ptr_array_index (self->channels, i), NULL);
  g_ptr_array_set_size (self->channels, 0);
  g_clear_pointer (&self->acceptor, spc_acceptor_free);
  g_atomic_int_set (&self->port, 0);
}

void
spc_server_stop (SpcServer *self)
{
  if (self->stopped)
    return;
  self->stopped = true;
  spc_loop_call (self->loop, stop_on_loop, self);
  spc_jobs_stop (self->jobs);
  spc_loop_stop (self->loop);
}

static void
spc_server_finalize (GObject *object)
{
  SpcServer *self = SPC_SERVER (object);

  spc_server_stop (self);
  g_ptr_array_unref (self->channels);
  g_ptr_array_unref (self->clients);
  spc_jobs_unref (self->jobs);
  spc_loop_unref (self->loop);
  spc_config_clear (&self->config);
  G_OBJECT_CLASS (spc_server_parent_class)->finalize (object);
}

static void
spc_server_class_init (SpcServerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = spc_server_finalize;
}

static void
spc_server_init (SpcServer *self)
{
  self->channels = g_ptr_array_new_with_free_func (g_object_unref);
  self->clients =
      g_ptr_array_new_with_free_func ((GDestroyNotify)spc_client_unref);
}

/* asking */

SpcLoop *
spc_server_loop (SpcServer *self)
{
  return self->loop;
}

SpcJobs *
spc_server_jobs (SpcServer *self)
{
  return self->jobs;
}

uint16_t
spc_server_port (SpcServer *self)
{
  return (uint16_t)g_atomic_int_get (&self->port);
}

guint
spc_server_n_clients (SpcServer *self)
{
  return (guint)g_atomic_int_get (&self->n_clients);
}

/* changes, on the loop or before the start */

bool
spc_server_has_started (SpcServer *self)
{
  return self->started;
}

SpcAcceptor *
spc_server_acceptor (SpcServer *self)
{
  return self->acceptor;
}

void
spc_server_do_add_channel (SpcServer *self, SpcChannel *channel)
{
  if (spc_server_find_channel (self, spc_channel_type (channel),
                               spc_channel_id (channel)) != NULL) {
    SPC_WARNING (SPC_LOG_SERVER, "a second %s is not offered",
                 spc_channel_name (channel));
    return;
  }
  g_ptr_array_add (self->channels, g_object_ref (channel));
  spc_channel_set_server (channel, self);
  SPC_DEBUG (SPC_LOG_SERVER, "offers %s", spc_channel_name (channel));
  spc_server_tell_channels (self, SPC_CHANGE_CHANNEL_ADDED, channel);
}

void
spc_server_do_remove_channel (SpcServer *self, SpcChannel *channel)
{
  guint index;

  if (!g_ptr_array_find (self->channels, channel, &index))
    return;
  g_object_ref (channel);
  g_ptr_array_remove_index (self->channels, index);
  spc_channel_close_all (channel, "no longer offered");
  spc_channel_set_server (channel, NULL);
  SPC_DEBUG (SPC_LOG_SERVER, "no longer offers %s", spc_channel_name (channel));
  g_object_unref (channel);
}

void
spc_server_do_disconnect (SpcServer *self, uint32_t id)
{
  SpcClient *client = spc_server_find_client (self, id);

  if (client != NULL)
    spc_client_close (client, "disconnected by the server");
}

void
spc_server_do_set_leds (SpcServer *self, uint8_t leds)
{
  if (self->leds == leds)
    return;
  self->leds = leds;
  spc_server_tell_channels (self, SPC_CHANGE_KEYBOARD_LEDS, NULL);
}

void
spc_server_do_set_name (SpcServer *self, char **name)
{
  g_free (self->config.name);
  self->config.name = g_steal_pointer (name);
  spc_server_tell_channels (self, SPC_CHANGE_NAME, NULL);
}

void
spc_server_do_set_images (SpcServer *self, const SpcImageConfig *images)
{
  self->config.images = *images;
}

void
spc_server_do_set_tls (SpcServer *self, const SpcTlsConfig *tls)
{
  spc_tls_config_clear (&self->config.tls);
  spc_tls_config_copy (&self->config.tls, tls);
}

void
spc_server_do_set_video (SpcServer *self, const SpcVideoConfig *video)
{
  self->config.video = *video;
}

/* loop thread: for server-control.c */

SpcControl *
spc_server_control (SpcServer *self)
{
  return &self->control;
}

const SpcHost *
spc_server_host (SpcServer *self, gpointer *user_data)
{
  *user_data = self->user_data;
  return self->host;
}

void
spc_server_set_view_only (SpcServer *self, bool by_default)
{
  self->config.default_view_only = by_default;
}

void
spc_server_set_client_mouse (SpcServer *self, bool client_mode)
{
  self->client_mouse = client_mode;
}

/* loop thread: for channel implementations */

void
spc_server_take (SpcServer *self, SpcTransport *transport)
{
  if (self->acceptor != NULL)
    spc_acceptor_take (self->acceptor, transport);
  else
    spc_transport_free (transport);
}

const SpcConfig *
spc_server_config (SpcServer *self)
{
  return &self->config;
}

GPtrArray *
spc_server_channels (SpcServer *self)
{
  return self->channels;
}

GPtrArray *
spc_server_clients (SpcServer *self)
{
  return self->clients;
}

void
spc_server_input (SpcServer *self, SpcClient *client,
                  const SpcInputEvent *event)
{
  SpcInputEvent stamped = *event;

  if (!spc_client_is_in_control (client))
    return;
  stamped.client_id = client->id;
  if (stamped.time_us == 0)
    stamped.time_us = g_get_monotonic_time ();
  if (self->input_sink != NULL && self->input_sink->event != NULL)
    self->input_sink->event (&stamped, self->user_data);
}

bool
spc_server_is_client_mouse (SpcServer *self)
{
  return self->client_mouse;
}

uint8_t
spc_server_keyboard_leds (SpcServer *self)
{
  return self->leds;
}

void
spc_server_publish_clock (SpcServer *self)
{
  spc_server_tell_channels (self, SPC_CHANGE_CLOCK, NULL);
}
