/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "record.h"

#include "audio-settings.h"

/* a speaker that sends nothing for so long may be interrupted */
#define FLOOR_SILENCE_US (1 * G_USEC_PER_SEC)
/* what may follow the mode (spec: maximum body per client message) */
#define MAX_MODE_SIZE 64
#define MAX_RECORD_OPUS 1500u

struct _SpcRecord {
  SpcChannel parent;
  /* set at construction, read by any thread */
  uint32_t rate, channels;
  SpcMailbox *mailbox;
  /* under the lock: what the consumer has posted */
  GMutex lock;
  bool posted_active;
  SpcAudioSettings posted_settings;
  bool update_posted;
  /* loop thread only */
  bool active;
  SpcAudioSettings settings;
  SpcConnection *speaker; /* has the floor; not owned, cleared when it leaves */
  int64_t heard_us;       /* when the speaker was last heard */
  bool first;             /* the next packet begins a speech */
};

G_DEFINE_TYPE (SpcRecord, spc_record, SPC_TYPE_CHANNEL)

/* the same without Opus among the capabilities, which belong to the class */
typedef SpcRecord RawRecord;
typedef SpcRecordClass RawRecordClass;

static GType raw_record_get_type (void);
G_DEFINE_FINAL_TYPE (RawRecord, raw_record, SPC_TYPE_RECORD)

#define TYPE_RECORD_CONNECTION (record_connection_get_type ())
G_DECLARE_FINAL_TYPE (RecordConnection, record_connection, RECORD, CONNECTION,
                      SpcConnection)

struct _RecordConnection {
  SpcConnection parent;
  bool opus;   /* what the viewer says it sends */
  bool queued; /* an item stands in the pipe */
  /* what the viewer was told */
  bool told_start;
  SpcAudioSettings told_settings;
};

G_DEFINE_FINAL_TYPE (RecordConnection, record_connection, SPC_TYPE_CONNECTION)

void
spc_record_packet_free (SpcRecordPacket *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->data, g_bytes_unref);
  g_free (self);
}

/* to a viewer */

static bool
shall_record (SpcRecord *self, SpcConnection *connection)
{
  SpcClient *client = spc_connection_client (connection);

  return self->active && client && client->role == SPC_ROLE_FULL;
}

static void
send_start (SpcRecord *self, SpcConnection *connection)
{
  SpcRecordStart message = {
      .channels = self->channels,
      .format = SPICE_AUDIO_FMT_S16,
      .rate = self->rate,
  };

  spc_connection_write (connection, SPICE_MSG_RECORD_START,
                        spc_record_start_fields, &message);
}

/* leads the viewer from what it was told last to what holds now */
static void
build_state (SpcItem *item, SpcConnection *connection)
{
  RecordConnection *self = RECORD_CONNECTION (connection);
  SpcRecord *record = SPC_RECORD (spc_connection_channel (connection));
  bool start = shall_record (record, connection);

  self->queued = false;
  if (spc_connection_has_cap (connection, SPICE_RECORD_CAP_VOLUME))
    spc_audio_settings_send (&record->settings, &self->told_settings,
                             connection, SPICE_MSG_RECORD_VOLUME,
                             SPICE_MSG_RECORD_MUTE);
  if (start && !self->told_start)
    send_start (record, connection);
  if (!start && self->told_start)
    spc_connection_write (connection, SPICE_MSG_RECORD_STOP, NULL, NULL);
  self->told_start = start;
}

static const SpcItemClass state_class = {
    .name = "record state",
    .build = build_state,
};

static void
queue_state (SpcConnection *connection, gpointer user_data)
{
  RecordConnection *self = RECORD_CONNECTION (connection);
  SpcItem *item;

  if (!self->queued) {
    self->queued = true;
    item = g_new0 (SpcItem, 1);
    spc_item_init (item, &state_class, 0);
    spc_connection_push (connection, item);
  }
  spc_connection_pump (connection);
}

/* the floor */

static void
take_floor (SpcRecord *self, SpcConnection *speaker)
{
  if (self->speaker != speaker)
    SPC_DEBUG (SPC_LOG_AUDIO, "%s: %s speaks",
               spc_channel_name (SPC_CHANNEL (self)),
               spc_connection_name (speaker));
  self->speaker = speaker;
  self->first = true;
  self->heard_us = g_get_monotonic_time ();
}

static bool
may_speak (SpcRecord *self, RecordConnection *connection)
{
  return connection->told_start &&
         shall_record (self, SPC_CONNECTION (connection));
}

static bool
has_floor (SpcRecord *self, SpcConnection *connection)
{
  int64_t silence_us = g_get_monotonic_time () - self->heard_us;

  if (self->speaker != connection &&
      (!self->speaker || silence_us >= FLOOR_SILENCE_US))
    take_floor (self, connection);
  return self->speaker == connection;
}

/* from a viewer */

static bool
on_mode (SpcConnection *connection, const void *message, GError **error)
{
  RecordConnection *self = RECORD_CONNECTION (connection);
  SpcRecord *record = SPC_RECORD (spc_connection_channel (connection));
  const SpcAudioMode *mode = message;
  bool takes_opus = spc_caps_has (&SPC_CHANNEL_GET_CLASS (record)->caps,
                                  SPICE_RECORD_CAP_OPUS);

  if (mode->mode != SPICE_AUDIO_DATA_MODE_RAW &&
      (mode->mode != SPICE_AUDIO_DATA_MODE_OPUS || !takes_opus)) {
    g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
                 "record mode %u, allowed are %u%s", mode->mode,
                 SPICE_AUDIO_DATA_MODE_RAW, takes_opus ? " and 3 (Opus)" : "");
    return false;
  }
  self->opus = mode->mode == SPICE_AUDIO_DATA_MODE_OPUS;
  if (may_speak (record, self))
    take_floor (record, connection);
  return true;
}

static bool
on_start_mark (SpcConnection *connection, const void *message, GError **error)
{
  SpcRecord *record = SPC_RECORD (spc_connection_channel (connection));

  if (may_speak (record, RECORD_CONNECTION (connection)))
    take_floor (record, connection);
  return true;
}

static bool
check_packet (RecordConnection *self, uint32_t size, GError **error)
{
  if (!self->opus || size <= MAX_RECORD_OPUS)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT,
               "recorded Opus packet of %u bytes, at most %u", size,
               MAX_RECORD_OPUS);
  return false;
}

static void
post_packet (SpcRecord *self, bool opus, uint32_t time_ms, const uint8_t *data,
             uint32_t size)
{
  SpcRecordPacket *packet = g_new0 (SpcRecordPacket, 1);

  packet->opus = opus;
  packet->first = self->first;
  packet->time_ms = time_ms;
  packet->arrival_us = self->heard_us = g_get_monotonic_time ();
  packet->data = g_bytes_new (data, size);
  self->first = false;
  if (spc_mailbox_push (self->mailbox, packet) > 0)
    SPC_LOG (SPC_LOG_AUDIO, "%s: the consumer is late, oldest packet dropped",
             spc_channel_name (SPC_CHANNEL (self)));
}

static bool
on_data (SpcConnection *connection, const void *message, GError **error)
{
  RecordConnection *self = RECORD_CONNECTION (connection);
  SpcRecord *record = SPC_RECORD (spc_connection_channel (connection));
  const SpcRecordData *data = message;
  uint32_t size = data->packet.size;

  if (!check_packet (self, size, error))
    return false;
  if (!self->opus)
    size -= size % (record->channels * (uint32_t)sizeof (int16_t));
  if (size == 0 || !may_speak (record, self) || !has_floor (record, connection))
    return true;
  post_packet (record, self->opus, data->time_ms, data->packet.data, size);
  return true;
}

/* connection */

/* clang-format off */
static const SpcMessageHandler handlers[] = {
  { SPICE_MSGC_RECORD_DATA, 4, SPC_MAX_RECORD_DATA, spc_record_data_fields,
    sizeof (SpcRecordData), on_data },
  { SPICE_MSGC_RECORD_MODE, 6, MAX_MODE_SIZE, spc_audio_mode_fields,
    sizeof (SpcAudioMode), on_mode },
  { SPICE_MSGC_RECORD_START_MARK, 4, 4, spc_record_start_mark_fields,
    sizeof (SpcRecordStartMark), on_start_mark },
};
/* clang-format on */

static void
on_opened (SpcConnection *connection)
{
  queue_state (connection, NULL);
}

static void
record_connection_class_init (RecordConnectionClass *klass)
{
  SpcConnectionClass *connection = SPC_CONNECTION_CLASS (klass);

  connection->log_category = SPC_LOG_AUDIO;
  connection->handlers = handlers;
  connection->n_handlers = G_N_ELEMENTS (handlers);
  connection->opened = on_opened;
}

static void
record_connection_init (RecordConnection *self)
{
}

/* from the consumer to the loop */

static void
take_posted (gpointer user_data)
{
  SpcRecord *self = user_data;

  g_mutex_lock (&self->lock);
  self->active = self->posted_active;
  self->settings = self->posted_settings;
  self->update_posted = false;
  g_mutex_unlock (&self->lock);
  if (!self->active)
    self->speaker = NULL;
  spc_channel_foreach (SPC_CHANNEL (self), queue_state, NULL);
}

/* with the lock held, which it releases */
static void
post_and_unlock (SpcRecord *self)
{
  bool post = !self->update_posted;

  self->update_posted = true;
  g_mutex_unlock (&self->lock);
  if (post)
    spc_loop_post (spc_channel_loop (SPC_CHANNEL (self)), take_posted,
                   g_object_ref (self), g_object_unref);
}

SpcMailbox *
spc_record_mailbox (SpcRecord *self)
{
  g_return_val_if_fail (SPC_IS_RECORD (self), NULL);
  return self->mailbox;
}

void
spc_record_post_start (SpcRecord *self)
{
  g_return_if_fail (SPC_IS_RECORD (self));
  g_mutex_lock (&self->lock);
  if (!self->posted_active)
    spc_mailbox_clear (self->mailbox);
  self->posted_active = true;
  post_and_unlock (self);
}

void
spc_record_post_stop (SpcRecord *self)
{
  g_return_if_fail (SPC_IS_RECORD (self));
  g_mutex_lock (&self->lock);
  self->posted_active = false;
  post_and_unlock (self);
}

void
spc_record_set_volume (SpcRecord *self, const uint16_t *volume,
                       guint n_channels)
{
  g_return_if_fail (SPC_IS_RECORD (self));
  g_mutex_lock (&self->lock);
  spc_audio_settings_set_volume (&self->posted_settings, volume, n_channels);
  post_and_unlock (self);
}

void
spc_record_set_mute (SpcRecord *self, bool mute)
{
  g_return_if_fail (SPC_IS_RECORD (self));
  g_mutex_lock (&self->lock);
  spc_audio_settings_set_mute (&self->posted_settings, mute);
  post_and_unlock (self);
}

/* channel */

SpcRecord *
spc_record_new (SpcServer *server, SpcAudioCodec codec, uint32_t rate,
                uint32_t channels)
{
  bool raw = codec == SPC_AUDIO_RAW || !spc_audio_opus_takes (rate, channels);
  SpcRecord *self;

  g_return_val_if_fail (rate > 0 && channels > 0 && channels <= 8, NULL);
  self = g_object_new (raw ? raw_record_get_type () : SPC_TYPE_RECORD, NULL);
  self->rate = rate;
  self->channels = channels;
  spc_channel_construct (SPC_CHANNEL (self), server, 0);
  return self;
}

static void
on_disconnected (SpcChannel *channel, SpcConnection *connection)
{
  SpcRecord *self = SPC_RECORD (channel);

  if (self->speaker == connection)
    self->speaker = NULL;
}

/* roles may have changed: who may only look now is no longer heard */
static void
on_server_changed (SpcChannel *channel, SpcServerChange change,
                   SpcChannel *subject)
{
  spc_channel_foreach (channel, queue_state, NULL);
}

static void
spc_record_finalize (GObject *object)
{
  SpcRecord *self = SPC_RECORD (object);

  spc_mailbox_unref (self->mailbox);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (spc_record_parent_class)->finalize (object);
}

static void
spc_record_class_init (SpcRecordClass *klass)
{
  SpcChannelClass *channel = SPC_CHANNEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = spc_record_finalize;
  channel->channel_type = SPICE_CHANNEL_RECORD;
  channel->connection_type = TYPE_RECORD_CONNECTION;
  spc_caps_set (&channel->caps, SPICE_RECORD_CAP_VOLUME);
  spc_caps_set (&channel->caps, SPICE_RECORD_CAP_OPUS);
  channel->disconnected = on_disconnected;
  channel->server_changed = on_server_changed;
}

static void
spc_record_init (SpcRecord *self)
{
  g_mutex_init (&self->lock);
  self->mailbox = spc_mailbox_new (
      SPC_MAX_AUDIO_PACKETS, (GDestroyNotify)spc_record_packet_free, NULL);
}

static void
raw_record_class_init (RawRecordClass *klass)
{
  spc_caps_unset (&SPC_CHANNEL_CLASS (klass)->caps, SPICE_RECORD_CAP_OPUS);
}

static void
raw_record_init (RawRecord *self)
{
}
