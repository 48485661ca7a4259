/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "port.h"

#include "data-item.h"
#include "port-connection.h"
#include "server-core/base/limits.h"
#include "smartcard.h"

#include <string.h>

/* bytes in a pipe after which no more is put there; the rest waits where it can
 * still be dropped when the client leaves */
#define ENOUGH_PIPE_BYTES (2 * SPC_PORT_BLOCK_BYTES)
/* a client of a broadcast that is behind by so much is let go */
#define TOO_SLOW_BYTES (SPC_MAX_PORT_BYTES / 2)

struct _SpcPort {
  SpcChannel parent;
  /* set at construction, read by any thread */
  SpcPortKind kind;
  char *name;
  bool broadcast;
  SpcPortFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
  /* any thread: they lock themselves */
  SpcLetters *out, *in; /* to the client, from it */
  /* loop thread only */
  SpcConnection *holder; /* not owned; cleared when it leaves */
  SpcSmartcard card;
  bool has_consumer;
  bool is_opened;       /* what clients are told on arrival */
  bool has_turned_away; /* somebody who may want to come back */
  /* atomic: sending is under way to the loop */
  gint is_scheduled;
};

G_DEFINE_TYPE (SpcPort, spc_port, SPC_TYPE_CHANNEL)

/* the kinds differ in what belongs to a class: channel type, connection type */
#define DEFINE_KIND(Name, name)                                                \
  typedef SpcPort Name;                                                        \
  typedef SpcPortClass Name##Class;                                            \
  static GType name##_get_type (void);                                         \
  G_DEFINE_FINAL_TYPE (Name, name, SPC_TYPE_PORT)                              \
  static void name##_init (Name *self)                                         \
  {                                                                            \
  }

DEFINE_KIND (WebdavPort, webdav_port)
DEFINE_KIND (UsbredirPort, usbredir_port)
DEFINE_KIND (SmartcardPort, smartcard_port)

static bool
has_events (const SpcPort *self)
{
  return self->kind == SPC_PORT_PLAIN || self->kind == SPC_PORT_WEBDAV;
}

static void
tell (SpcPort *self, SpcLetterKind kind, uint8_t event, uint32_t client_id)
{
  if (self->func)
    self->func (kind, event, client_id, self->user_data);
}

/* to the clients */

static GPtrArray *
connections_of (SpcPort *self)
{
  return spc_channel_connections (SPC_CHANNEL (self));
}

static void
push_to_all (SpcPort *self, SpcItem *item)
{
  GPtrArray *connections = connections_of (self);

  for (guint i = 0; i < connections->len; i++)
    spc_connection_push (g_ptr_array_index (connections, i),
                         spc_item_ref (item));
}

static void
send_body (GBytes *body, gpointer user_data)
{
  SpcPort *self = user_data;
  g_autoptr (SpcItem) item = spc_data_item_new (body, self->out, NULL);

  push_to_all (self, item);
}

/* A device's stream is followed even when nobody hears it: a later client's
 * messages begin where one ends. */
static void
send_card_data (SpcPort *self, SpcLetter *letter)
{
  g_autoptr (SpcItem) end = NULL;
  gsize size;
  const uint8_t *data = g_bytes_get_data (letter->data, &size);

  if (!self->card.is_lost &&
      !spc_smartcard_from_device (&self->card, data, size, send_body, self))
    SPC_WARNING (SPC_LOG_PORT,
                 "%s: a message of the device is larger than %u bytes; nothing "
                 "is sent until it opens the port anew",
                 spc_channel_name (SPC_CHANNEL (self)), SPC_MAX_VSC_BODY);
  end = spc_data_item_new (NULL, self->out, letter);
  push_to_all (self, end);
}

static void
send_data (SpcPort *self, SpcLetter *letter)
{
  g_autoptr (SpcItem) item = NULL;

  if (self->kind == SPC_PORT_SMARTCARD) {
    send_card_data (self, letter);
    return;
  }
  item = spc_data_item_new (letter->data, self->out, letter);
  push_to_all (self, item);
}

static void
send_event_to_one (SpcConnection *connection, gpointer user_data)
{
  const SpcPortEventMessage *message = user_data;

  spc_connection_send (connection, SPICE_MSG_PORT_EVENT, spc_port_event_fields,
                       message);
}

static void
send_event (SpcPort *self, SpcLetter *letter)
{
  SpcPortEventMessage message = {.event = letter->event};
  bool opens = letter->event == SPC_PORT_OPENED;
  bool is_news = letter->event == SPC_PORT_BREAK || self->is_opened != opens;

  spc_letters_give_back (self->out, letter);
  if (!is_news)
    return;
  if (message.event != SPC_PORT_BREAK)
    self->is_opened = opens;
  if (opens && self->kind == SPC_PORT_SMARTCARD)
    spc_smartcard_reset_device (&self->card);
  if (has_events (self))
    spc_channel_foreach (SPC_CHANNEL (self), send_event_to_one, &message);
}

/* a broadcast waits for nobody */
static void
let_go_if_slow (SpcConnection *connection, gpointer user_data)
{
  if (spc_connection_pipe (connection)->bytes > TOO_SLOW_BYTES)
    spc_connection_close (connection, "too slow for a broadcast");
}

static bool
has_room (SpcPort *self)
{
  if (self->broadcast || !self->holder)
    return true;
  return spc_connection_pipe (self->holder)->bytes < ENOUGH_PIPE_BYTES;
}

static void schedule (SpcPort *self);

/* Some of what waits: other channels of the loop have their turn after it. */
static void
send_some (gpointer user_data)
{
  SpcPort *self = user_data;
  gsize done = 0;
  SpcLetter *letter;

  g_atomic_int_set (&self->is_scheduled, FALSE);
  if (connections_of (self)->len > 0)
    spc_letters_set_busy (self->out, true);
  while (done < SPC_PORT_BLOCK_BYTES && has_room (self) &&
         (letter = spc_letters_pop (self->out, 0))) {
    done += letter->data ? g_bytes_get_size (letter->data) : 1;
    if (letter->kind == SPC_LETTER_EVENT)
      send_event (self, letter);
    else
      send_data (self, letter);
  }
  spc_channel_pump_all (SPC_CHANNEL (self));
  if (self->broadcast)
    spc_channel_foreach (SPC_CHANNEL (self), let_go_if_slow, NULL);
  if (done >= SPC_PORT_BLOCK_BYTES && has_room (self))
    schedule (self);
}

static void
schedule (SpcPort *self)
{
  if (g_atomic_int_compare_and_exchange (&self->is_scheduled, FALSE, TRUE))
    spc_loop_post (spc_channel_loop (SPC_CHANNEL (self)), send_some,
                   g_object_ref (self), g_object_unref);
}

void
spc_port_go_on (SpcPort *self)
{
  schedule (self);
}

void
spc_port_note_flushed (SpcPort *self)
{
  GPtrArray *connections = connections_of (self);

  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);

    if (spc_connection_backlog (connection) > 0 ||
        spc_pipe_length (spc_connection_pipe (connection)) > 0)
      return;
  }
  spc_letters_set_busy (self->out, false);
}

/* from a client */

/* takes @letter */
static void
post_to_consumer (SpcPort *self, SpcConnection *connection, SpcLetter *letter)
{
  if (!self->has_consumer)
    spc_letter_free (letter);
  else if (!spc_letters_push (self->in, letter))
    spc_connection_pause_reading (connection, true);
}

void
spc_port_take (SpcPort *self, SpcConnection *connection, SpcLetter *letter)
{
  bool is_spectator =
      spc_connection_client (connection)->role == SPC_ROLE_VIEW_ONLY;

  /* a broadcast hears nobody */
  if (self->holder != connection || is_spectator) {
    spc_letter_free (letter);
    return;
  }
  if (letter->kind == SPC_LETTER_EVENT)
    tell (self, SPC_LETTER_EVENT, letter->event,
          spc_connection_client (connection)->id);
  post_to_consumer (self, connection, letter);
}

/* empties @writer */
static void
post_written (SpcPort *self, SpcConnection *connection, QxlWriter *writer)
{
  g_autoptr (GBytes) bytes = qxl_writer_steal (writer);
  gsize size;
  const uint8_t *data = g_bytes_get_data (bytes, &size);

  if (size > 0)
    post_to_consumer (self, connection, spc_letter_new_data (data, size));
}

static void
answer (SpcPort *self, SpcConnection *connection, QxlWriter *writer)
{
  g_autoptr (GBytes) body = qxl_writer_steal (writer);

  if (g_bytes_get_size (body) > 0)
    spc_connection_push (connection, spc_data_item_new (body, self->out, NULL));
}

bool
spc_port_take_card_message (SpcPort *self, SpcConnection *connection,
                            const SpcVscMessage *message, GError **error)
{
  g_autoptr (QxlWriter) to_device = qxl_writer_new ();
  g_autoptr (QxlWriter) to_client = qxl_writer_new ();
  bool is_right =
      self->has_consumer
          ? spc_smartcard_from_client (&self->card, message, to_device,
                                       to_client, error)
          : spc_smartcard_refuse (&self->card, message, to_client, error);

  if (!is_right)
    return false;
  post_written (self, connection, to_device);
  answer (self, connection, to_client);
  return true;
}

/* clients that come and leave */

static void
send_init (SpcPort *self, SpcConnection *connection)
{
  uint32_t size = (uint32_t)strlen (self->name) + 1;
  const SpcPortInit init = {
      .name_size = size,
      .name_offset = SPC_PORT_INIT_SIZE,
      .opened = self->is_opened,
      .name = {.data = (const uint8_t *)self->name, .size = size},
  };

  spc_connection_send (connection, SPICE_MSG_PORT_INIT, spc_port_init_fields,
                       &init);
}

/* NULL: welcome */
static const char *
why_not (SpcPort *self, SpcConnection *connection)
{
  if (self->broadcast)
    return NULL;
  if (spc_connection_client (connection)->role == SPC_ROLE_VIEW_ONLY)
    return "a viewer that may only look has no byte streams";
  return self->holder ? "somebody else has this byte stream" : NULL;
}

void
spc_port_welcome (SpcPort *self, SpcConnection *connection)
{
  uint32_t client_id = spc_connection_client (connection)->id;
  const char *reason = why_not (self, connection);

  if (reason) {
    self->has_turned_away = true;
    spc_connection_close (connection, reason);
    return;
  }
  if (!self->broadcast)
    self->holder = connection;
  if (has_events (self))
    send_init (self, connection);
  spc_letters_set_present (self->out, true);
  tell (self, SPC_LETTER_ATTACHED, 0, client_id);
  post_to_consumer (self, connection,
                    spc_letter_new_client (SPC_LETTER_ATTACHED, client_id));
  schedule (self);
}

/* Clients that were turned away hear of the channel as of a new one. */
static void
offer_again (SpcPort *self)
{
  SpcServer *server = spc_channel_server (SPC_CHANNEL (self));
  GPtrArray *channels;

  if (!server || !self->has_turned_away || self->holder)
    return;
  self->has_turned_away = false;
  channels = spc_server_channels (server);
  for (guint i = 0; i < channels->len; i++) {
    SpcChannel *channel = g_ptr_array_index (channels, i);
    SpcChannelClass *klass = SPC_CHANNEL_GET_CLASS (channel);

    if (klass->server_changed && channel != SPC_CHANNEL (self))
      klass->server_changed (channel, SPC_CHANGE_CHANNEL_ADDED,
                             SPC_CHANNEL (self));
  }
}

static void
tell_card_device (SpcPort *self, SpcConnection *connection)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  spc_smartcard_leave (&self->card, writer);
  post_written (self, connection, writer);
}

static void
on_disconnected (SpcChannel *channel, SpcConnection *connection)
{
  SpcPort *self = SPC_PORT (channel);
  uint32_t client_id = spc_connection_client (connection)->id;

  if (self->holder != connection && !self->broadcast)
    return;
  if (connections_of (self)->len == 0)
    spc_letters_set_busy (self->out, false);
  if (!self->broadcast)
    spc_letters_set_present (self->out, false);
  if (self->kind == SPC_PORT_SMARTCARD)
    tell_card_device (self, connection);
  self->holder = NULL;
  tell (self, SPC_LETTER_DETACHED, 0, client_id);
  post_to_consumer (self, connection,
                    spc_letter_new_client (SPC_LETTER_DETACHED, client_id));
  schedule (self); /* drops what was for it */
  offer_again (self);
}

static void
close_if_spectator (SpcConnection *connection, gpointer user_data)
{
  if (spc_connection_client (connection)->role == SPC_ROLE_VIEW_ONLY)
    spc_connection_close (connection, "it may only look now");
}

static void
on_server_changed (SpcChannel *channel, SpcServerChange change,
                   SpcChannel *subject)
{
  SpcPort *self = SPC_PORT (channel);

  if (change != SPC_CHANGE_ROLE)
    return;
  if (!self->broadcast)
    spc_channel_foreach (channel, close_if_spectator, NULL);
  offer_again (self);
}

/* producer */

gsize
spc_port_write (SpcPort *self, const void *data, gsize size)
{
  const uint8_t *bytes = data;
  gsize done = 0;

  while (done < size) {
    gsize n = MIN (size - done, SPC_PORT_BLOCK_BYTES);

    if (!spc_letters_put (self->out, spc_letter_new_data (bytes + done, n)))
      break;
    schedule (self);
    done += n;
  }
  return done;
}

bool
spc_port_write_event (SpcPort *self, SpcPortEvent event)
{
  bool is_taken =
      spc_letters_put (self->out, spc_letter_new_event ((uint8_t)event));

  schedule (self);
  return is_taken;
}

bool
spc_port_post_event (SpcPort *self, SpcPortEvent event)
{
  if (event == SPC_PORT_BREAK &&
      spc_letters_bytes (self->out) >= SPC_MAX_PORT_BYTES)
    return false;
  spc_letters_push (self->out, spc_letter_new_event ((uint8_t)event));
  schedule (self);
  return true;
}

bool
spc_port_drain (SpcPort *self)
{
  return spc_letters_drain (self->out);
}

gsize
spc_port_queued_bytes (SpcPort *self)
{
  return spc_letters_bytes (self->out);
}

void
spc_port_unlock_producer (SpcPort *self)
{
  spc_letters_unlock (self->out);
}

void
spc_port_lock_producer (SpcPort *self)
{
  spc_letters_lock (self->out);
}

/* consumer */

static void
resume (gpointer user_data)
{
  SpcPort *self = user_data;

  if (self->holder)
    spc_connection_pause_reading (self->holder, false);
}

static void
post (SpcPort *self, SpcFunc func)
{
  spc_loop_post (spc_channel_loop (SPC_CHANNEL (self)), func,
                 g_object_ref (self), g_object_unref);
}

static void
begin_consuming (gpointer user_data)
{
  SpcPort *self = user_data;

  spc_letters_clear (self->in);
  self->has_consumer = true;
  if (self->holder)
    spc_letters_push (self->in, spc_letter_new_client (
                                    SPC_LETTER_ATTACHED,
                                    spc_connection_client (self->holder)->id));
  resume (self);
}

static void
end_consuming (gpointer user_data)
{
  SpcPort *self = user_data;

  self->has_consumer = false;
  spc_letters_clear (self->in);
  resume (self);
}

void
spc_port_post_consumer (SpcPort *self, bool is_there)
{
  post (self, is_there ? begin_consuming : end_consuming);
}

SpcLetter *
spc_port_read (SpcPort *self, gint64 deadline_us)
{
  return spc_letters_pop (self->in, deadline_us);
}

void
spc_port_give_back (SpcPort *self, SpcLetter *letter)
{
  if (spc_letters_give_back (self->in, letter))
    post (self, resume);
}

void
spc_port_unlock_consumer (SpcPort *self)
{
  spc_letters_unlock (self->in);
}

void
spc_port_lock_consumer (SpcPort *self)
{
  spc_letters_lock (self->in);
}

/* types */

static void
webdav_port_class_init (WebdavPortClass *klass)
{
  SPC_CHANNEL_CLASS (klass)->channel_type = SPICE_CHANNEL_WEBDAV;
}

static void
usbredir_port_class_init (UsbredirPortClass *klass)
{
  SPC_CHANNEL_CLASS (klass)->channel_type = SPICE_CHANNEL_USBREDIR;
  SPC_CHANNEL_CLASS (klass)->connection_type = SPC_TYPE_BYTES_CONNECTION;
}

static void
smartcard_port_class_init (SmartcardPortClass *klass)
{
  SpcChannelClass *channel = SPC_CHANNEL_CLASS (klass);

  channel->channel_type = SPICE_CHANNEL_SMARTCARD;
  channel->connection_type = SPC_TYPE_CARD_CONNECTION;
  spc_caps_unset (&channel->caps, SPICE_SPICEVMC_CAP_DATA_COMPRESS_LZ4);
}

static void
spc_port_finalize (GObject *object)
{
  SpcPort *self = SPC_PORT (object);

  spc_letters_unref (self->out);
  spc_letters_unref (self->in);
  spc_smartcard_clear (&self->card);
  if (self->destroy)
    self->destroy (self->user_data);
  g_free (self->name);
  G_OBJECT_CLASS (spc_port_parent_class)->finalize (object);
}

static void
spc_port_class_init (SpcPortClass *klass)
{
  SpcChannelClass *channel = SPC_CHANNEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = spc_port_finalize;
  channel->channel_type = SPICE_CHANNEL_PORT;
  channel->connection_type = SPC_TYPE_PORT_CONNECTION;
  spc_caps_set (&channel->caps, SPICE_SPICEVMC_CAP_DATA_COMPRESS_LZ4);
  channel->disconnected = on_disconnected;
  channel->server_changed = on_server_changed;
}

static void
spc_port_init (SpcPort *self)
{
  self->out = spc_letters_new (SPC_MAX_PORT_BYTES);
  self->in = spc_letters_new (SPC_MAX_PORT_BYTES);
  spc_smartcard_init (&self->card);
}

/* life */

static GType
type_of (SpcPortKind kind)
{
  switch (kind) {
  case SPC_PORT_WEBDAV:
    return webdav_port_get_type ();
  case SPC_PORT_USBREDIR:
    return usbredir_port_get_type ();
  case SPC_PORT_SMARTCARD:
    return smartcard_port_get_type ();
  default:
    return SPC_TYPE_PORT;
  }
}

SpcPort *
spc_port_new (SpcServer *server, const SpcPortConfig *config)
{
  SpcPort *self = g_object_new (type_of (config->kind), NULL);

  self->kind = config->kind;
  self->name = g_strdup (config->name);
  self->broadcast = config->broadcast;
  if (self->broadcast)
    spc_letters_set_present (self->out, true);
  spc_channel_construct (SPC_CHANNEL (self), server, config->id);
  return self;
}

void
spc_port_set_func (SpcPort *self, SpcPortFunc func, gpointer user_data,
                   GDestroyNotify destroy)
{
  self->func = func;
  self->user_data = user_data;
  self->destroy = destroy;
}
