/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "port.h"

#include "data-item.h"
#include "port-blob.h"
#include "port-connection.h"
#include "port-inbox.h"
#include "port-kinds.h"
#include "port-outbox.h"
#include "server-core/base/limits.h"
#include "smartcard.h"

#include <string.h>

struct _SpcPort {
  SpcChannel parent;
  /* set at construction, read by any thread */
  SpcPortKind kind;
  char *name;
  SpcPortFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
  /* see there for the threads */
  SpcPortOutbox out; /* to the clients */
  SpcPortInbox in;   /* from the client */
  /* loop thread only */
  SpcConnection *holder; /* not owned; cleared when it leaves */
  SpcSmartcard card;
  bool is_opened;       /* what clients are told on arrival */
  bool has_turned_away; /* somebody who may want to come back */
  bool was_opened;      /* what a holder that moves was told last */
};

G_DEFINE_TYPE (SpcPort, spc_port, SPC_TYPE_CHANNEL)

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

static void
send_body (GBytes *body, gpointer user_data)
{
  SpcPort *self = user_data;
  g_autoptr (SpcItem) item = spc_data_item_new (body, self->out.letters, NULL);

  spc_port_outbox_push (&self->out, item);
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
  end = spc_data_item_new (NULL, self->out.letters, letter);
  spc_port_outbox_push (&self->out, end);
}

static void
send_data (SpcPort *self, SpcLetter *letter)
{
  g_autoptr (SpcItem) item = NULL;

  if (self->kind == SPC_PORT_SMARTCARD) {
    send_card_data (self, letter);
    return;
  }
  item = spc_data_item_new (letter->data, self->out.letters, letter);
  spc_port_outbox_push (&self->out, item);
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

  spc_letters_give_back (self->out.letters, letter);
  if (!is_news)
    return;
  if (message.event != SPC_PORT_BREAK)
    self->is_opened = opens;
  if (opens && self->kind == SPC_PORT_SMARTCARD)
    spc_smartcard_reset_device (&self->card);
  if (has_events (self))
    spc_channel_foreach (SPC_CHANNEL (self), send_event_to_one, &message);
}

static void
send_letter (SpcChannel *channel, SpcLetter *letter)
{
  SpcPort *self = SPC_PORT (channel);

  if (letter->kind == SPC_LETTER_EVENT)
    send_event (self, letter);
  else
    send_data (self, letter);
}

void
spc_port_go_on (SpcPort *self)
{
  spc_port_outbox_schedule (&self->out);
}

void
spc_port_note_flushed (SpcPort *self)
{
  spc_port_outbox_note_flushed (&self->out);
}

/* from a client */

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
  spc_port_inbox_post (&self->in, connection, letter);
}

/* empties @writer */
static void
post_written (SpcPort *self, SpcConnection *connection, QxlWriter *writer)
{
  g_autoptr (GBytes) bytes = qxl_writer_steal (writer);
  gsize size;
  const uint8_t *data = g_bytes_get_data (bytes, &size);

  if (size > 0)
    spc_port_inbox_post (&self->in, connection,
                         spc_letter_new_data (data, size));
}

static void
answer (SpcPort *self, SpcConnection *connection, QxlWriter *writer)
{
  g_autoptr (GBytes) body = qxl_writer_steal (writer);

  if (g_bytes_get_size (body) > 0)
    spc_connection_push (connection,
                         spc_data_item_new (body, self->out.letters, NULL));
}

bool
spc_port_take_card_message (SpcPort *self, SpcConnection *connection,
                            const SpcVscMessage *message, GError **error)
{
  g_autoptr (QxlWriter) to_device = qxl_writer_new ();
  g_autoptr (QxlWriter) to_client = qxl_writer_new ();
  const SpcClient *client = spc_connection_client (connection);
  bool is_heard = self->holder == connection && client->role == SPC_ROLE_FULL;
  bool is_right =
      self->in.has_consumer && is_heard
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
  if (self->out.is_broadcast)
    return NULL;
  if (spc_connection_client (connection)->role == SPC_ROLE_VIEW_ONLY)
    return "a viewer that may only look has no byte streams";
  return self->holder ? "somebody else has this byte stream" : NULL;
}

static void
turn_away (SpcPort *self, SpcConnection *connection, const char *reason)
{
  self->has_turned_away = true;
  spc_connection_close (connection, reason);
}

static void
attach (SpcPort *self, SpcConnection *connection)
{
  if (!self->out.is_broadcast)
    self->holder = connection;
  spc_letters_set_present (self->out.letters, true);
  tell (self, SPC_LETTER_ATTACHED, 0, spc_connection_client (connection)->id);
  spc_port_inbox_attach (&self->in, connection);
  spc_port_outbox_schedule (&self->out);
}

void
spc_port_welcome (SpcPort *self, SpcConnection *connection)
{
  const char *reason = why_not (self, connection);

  if (reason) {
    turn_away (self, connection, reason);
    return;
  }
  if (has_events (self))
    send_init (self, connection);
  attach (self, connection);
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

  if (self->holder != connection && !self->out.is_broadcast)
    return;
  spc_port_outbox_note_left (&self->out);
  if (self->kind == SPC_PORT_SMARTCARD)
    tell_card_device (self, connection);
  self->holder = NULL;
  tell (self, SPC_LETTER_DETACHED, 0, spc_connection_client (connection)->id);
  spc_port_inbox_detach (&self->in, connection);
  spc_port_outbox_schedule (&self->out); /* drops what was for it */
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
  if (!self->out.is_broadcast)
    spc_channel_foreach (channel, close_if_spectator, NULL);
  offer_again (self);
}

/* clients that move */

void
spc_port_leave (SpcPort *self, SpcConnection *connection)
{
  SpcLetter *letter;

  self->was_opened = self->is_opened;
  if (self->holder != connection)
    return; /* a broadcast: what it has is on its way */
  self->in.is_leaving = true;
  spc_letters_set_present (self->out.letters, false);
  while ((letter = spc_letters_pop (self->out.letters, 0)))
    send_letter (SPC_CHANNEL (self), letter);
  self->was_opened = self->is_opened;
  spc_connection_pause_reading (connection, false);
}

void
spc_port_save (SpcPort *self, QxlWriter *blob)
{
  g_autoptr (GBytes) unread = spc_letters_take_data (self->in.letters);

  spc_port_blob_write (blob, self->was_opened, unread,
                       self->kind == SPC_PORT_SMARTCARD ? &self->card : NULL);
}

bool
spc_port_restore (SpcPort *self, SpcConnection *connection, const QxlTail *blob,
                  GError **error)
{
  SpcPortEventMessage event = {.event = self->is_opened ? SPC_PORT_OPENED
                                                        : SPC_PORT_CLOSED};
  const char *reason = why_not (self, connection);
  bool was_opened;
  QxlTail unread;

  /* somebody else's cards are not touched */
  if (reason) {
    turn_away (self, connection, reason);
    return true;
  }
  if (!spc_port_blob_read (
          blob, &was_opened, &unread,
          self->kind == SPC_PORT_SMARTCARD ? &self->card : NULL, error))
    return false;
  if (has_events (self) && was_opened != self->is_opened)
    send_event_to_one (connection, &event);
  attach (self, connection);
  if (!self->out.is_broadcast)
    spc_port_inbox_post_unread (&self->in, connection, &unread);
  return true;
}

/* producer */

gsize
spc_port_write (SpcPort *self, const void *data, gsize size)
{
  const uint8_t *bytes = data;
  gsize done = 0;

  while (done < size) {
    gsize n = MIN (size - done, SPC_PORT_BLOCK_BYTES);

    if (!spc_letters_put (self->out.letters,
                          spc_letter_new_data (bytes + done, n)))
      break;
    spc_port_outbox_schedule (&self->out);
    done += n;
  }
  return done;
}

bool
spc_port_write_event (SpcPort *self, SpcPortEvent event)
{
  bool is_taken = spc_letters_put (self->out.letters,
                                   spc_letter_new_event ((uint8_t)event));

  spc_port_outbox_schedule (&self->out);
  return is_taken;
}

bool
spc_port_post_event (SpcPort *self, SpcPortEvent event)
{
  if (event == SPC_PORT_BREAK &&
      spc_letters_bytes (self->out.letters) >= SPC_MAX_PORT_BYTES)
    return false;
  spc_letters_push (self->out.letters, spc_letter_new_event ((uint8_t)event));
  spc_port_outbox_schedule (&self->out);
  return true;
}

bool
spc_port_drain (SpcPort *self)
{
  return spc_letters_drain (self->out.letters);
}

gsize
spc_port_queued_bytes (SpcPort *self)
{
  return spc_letters_bytes (self->out.letters);
}

void
spc_port_unlock_producer (SpcPort *self)
{
  spc_letters_unlock (self->out.letters);
}

void
spc_port_lock_producer (SpcPort *self)
{
  spc_letters_lock (self->out.letters);
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

  spc_port_inbox_begin (&self->in, self->holder);
  resume (self);
}

static void
end_consuming (gpointer user_data)
{
  SpcPort *self = user_data;

  spc_port_inbox_end (&self->in);
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
  return spc_letters_pop (self->in.letters, deadline_us);
}

void
spc_port_give_back (SpcPort *self, SpcLetter *letter)
{
  if (spc_letters_give_back (self->in.letters, letter))
    post (self, resume);
}

void
spc_port_unlock_consumer (SpcPort *self)
{
  spc_letters_unlock (self->in.letters);
}

void
spc_port_lock_consumer (SpcPort *self)
{
  spc_letters_lock (self->in.letters);
}

/* type */

static void
spc_port_finalize (GObject *object)
{
  SpcPort *self = SPC_PORT (object);

  spc_port_outbox_clear (&self->out);
  spc_port_inbox_clear (&self->in);
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
  spc_port_outbox_init (&self->out, SPC_CHANNEL (self), send_letter);
  spc_port_inbox_init (&self->in);
  spc_smartcard_init (&self->card);
}

/* life */

SpcPort *
spc_port_new (SpcServer *server, const SpcPortConfig *config)
{
  SpcPort *self = g_object_new (spc_port_type_of (config->kind), NULL);

  self->kind = config->kind;
  self->name = g_strdup (config->name);
  self->out.is_broadcast = config->broadcast;
  if (self->out.is_broadcast)
    spc_letters_set_present (self->out.letters, true);
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
