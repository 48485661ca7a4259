/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Producers fill an inbox; the loop empties it, gives each viewer its packets
 * and leaves one item in its pipe. What that item sends is worked out when the
 * viewer has room: it leads the viewer from what it was told last to what holds
 * now, in the order clients insist on: STOP, MODE, VOLUME, MUTE, START, DATA
 * (spec: playback messages and modes). */
#include "playback.h"

#include "audio-settings.h"

/* clients decode Opus to two channels whatever the packet holds */
#define OPUS_CHANNELS 2
/* what is assumed of a producer before its first start */
#define USUAL_RATE 48000
#define USUAL_CHANNELS 2

/* immutable once posted */
typedef struct {
  gint ref_count;
  guint run; /* which start it belongs to */
  uint32_t time_ms;
  GBytes *opus, *raw; /* NULL: nobody wanted it */
} Packet;

/* a start, its packets, and a stop */
typedef struct {
  guint number; /* grows with each start */
  bool active;
  uint32_t rate, channels;
} Run;

typedef struct {
  SpcAudioSettings common;
  uint32_t latency_ms; /* 0: not set */
} Settings;

struct _SpcPlayback {
  SpcChannel parent;
  /* set at construction */
  SpcAudioCodec codec;
  /* under the lock */
  GMutex lock;
  Run posted_run;
  uint32_t posted_time_ms; /* of the newest packet */
  Settings posted_settings;
  GQueue inbox; /* Packet, owned; SPC_MAX_AUDIO_PACKETS at most */
  bool update_posted;
  guint64 dropped;
  /* loop thread only */
  Run run;
  uint32_t time_ms; /* of the newest packet taken: others are not older */
  Settings settings;
  /* atomic: written by the loop, read by any thread */
  gint has_opus_viewers, has_other_viewers;
};

G_DEFINE_FINAL_TYPE (SpcPlayback, spc_playback, SPC_TYPE_CHANNEL)

#define TYPE_PLAYBACK_CONNECTION (playback_connection_get_type ())
G_DECLARE_FINAL_TYPE (PlaybackConnection, playback_connection, PLAYBACK,
                      CONNECTION, SpcConnection)

struct _PlaybackConnection {
  SpcConnection parent;
  GQueue packets; /* Packet, referenced; SPC_MAX_AUDIO_PACKETS at most */
  bool queued;    /* an item stands in the pipe */
  /* what the viewer was told */
  uint16_t told_mode; /* 0: none yet */
  bool told_start;
  guint told_run;
  Settings told_settings;
};

G_DEFINE_FINAL_TYPE (PlaybackConnection, playback_connection,
                     SPC_TYPE_CONNECTION)

/* packets */

static Packet *
packet_ref (Packet *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

static void
packet_unref (gpointer data)
{
  Packet *self = data;

  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_clear_pointer (&self->opus, g_bytes_unref);
  g_clear_pointer (&self->raw, g_bytes_unref);
  g_free (self);
}

/* takes @packet; returns how many old ones had to go */
static guint
push_bounded (GQueue *packets, Packet *packet)
{
  guint n_dropped = 0;

  g_queue_push_tail (packets, packet);
  while (packets->length > SPC_MAX_AUDIO_PACKETS) {
    packet_unref (g_queue_pop_head (packets));
    n_dropped++;
  }
  return n_dropped;
}

/* what a viewer gets */

static bool
run_takes_opus (const Run *run)
{
  return spc_audio_opus_takes (run->rate ? run->rate : USUAL_RATE,
                               run->channels ? run->channels : USUAL_CHANNELS);
}

static bool
viewer_takes_opus (SpcPlayback *self, SpcConnection *connection)
{
  return self->codec != SPC_AUDIO_RAW &&
         spc_connection_has_cap (connection, SPICE_PLAYBACK_CAP_OPUS);
}

static uint16_t
mode_for (SpcPlayback *self, SpcConnection *connection)
{
  return viewer_takes_opus (self, connection) && run_takes_opus (&self->run)
             ? SPICE_AUDIO_DATA_MODE_OPUS
             : SPICE_AUDIO_DATA_MODE_RAW;
}

static void
publish_viewers (SpcPlayback *self)
{
  GPtrArray *all = spc_channel_connections (SPC_CHANNEL (self));
  gint has_opus = 0, has_other = 0;

  for (guint i = 0; i < all->len; i++) {
    if (viewer_takes_opus (self, g_ptr_array_index (all, i)))
      has_opus = 1;
    else
      has_other = 1;
  }
  g_atomic_int_set (&self->has_opus_viewers, has_opus);
  g_atomic_int_set (&self->has_other_viewers, has_other);
}

/* what the newest run is, which the loop may not have seen yet */
static bool
posted_run_takes_opus (SpcPlayback *self)
{
  Run run;

  g_mutex_lock (&self->lock);
  run = self->posted_run;
  g_mutex_unlock (&self->lock);
  return run_takes_opus (&run);
}

static void
count_dropped (SpcPlayback *self, guint n)
{
  g_mutex_lock (&self->lock);
  self->dropped += n;
  g_mutex_unlock (&self->lock);
}

/* messages */

static void
set_told_start (PlaybackConnection *self, bool told_start)
{
  SpcClient *client = spc_connection_client (SPC_CONNECTION (self));

  if (self->told_start == told_start)
    return;
  self->told_start = told_start;
  if (client != NULL)
    client->n_sounding += told_start ? 1 : -1u;
}

static void
send_stop (PlaybackConnection *self)
{
  spc_connection_write (SPC_CONNECTION (self), SPICE_MSG_PLAYBACK_STOP, NULL,
                        NULL);
  set_told_start (self, false);
}

static void
send_mode (PlaybackConnection *self, SpcPlayback *playback)
{
  SpcConnection *connection = SPC_CONNECTION (self);
  SpcAudioMode message = {
      .time_ms = playback->time_ms,
      .mode = mode_for (playback, connection),
  };

  if (message.mode == self->told_mode)
    return;
  spc_connection_write (connection, SPICE_MSG_PLAYBACK_MODE,
                        spc_audio_mode_fields, &message);
  self->told_mode = message.mode;
}

static void
send_settings (PlaybackConnection *self, SpcPlayback *playback)
{
  SpcConnection *connection = SPC_CONNECTION (self);
  SpcPlaybackLatency latency = {.latency_ms = playback->settings.latency_ms};

  if (spc_connection_has_cap (connection, SPICE_PLAYBACK_CAP_VOLUME))
    spc_audio_settings_send (
        &playback->settings.common, &self->told_settings.common, connection,
        SPICE_MSG_PLAYBACK_VOLUME, SPICE_MSG_PLAYBACK_MUTE);
  if (latency.latency_ms == 0 ||
      latency.latency_ms == self->told_settings.latency_ms ||
      !spc_connection_has_cap (connection, SPICE_PLAYBACK_CAP_LATENCY))
    return;
  spc_connection_write (connection, SPICE_MSG_PLAYBACK_LATENCY,
                        spc_playback_latency_fields, &latency);
  self->told_settings.latency_ms = latency.latency_ms;
}

static void
send_start (PlaybackConnection *self, SpcPlayback *playback)
{
  bool opus = self->told_mode == SPICE_AUDIO_DATA_MODE_OPUS;
  SpcPlaybackStart message = {
      .channels = opus ? OPUS_CHANNELS : playback->run.channels,
      .format = SPICE_AUDIO_FMT_S16,
      .rate = playback->run.rate,
      .time_ms = playback->time_ms,
  };

  if (!g_queue_is_empty (&self->packets))
    message.time_ms =
        ((const Packet *)g_queue_peek_head (&self->packets))->time_ms;
  spc_connection_write (SPC_CONNECTION (self), SPICE_MSG_PLAYBACK_START,
                        spc_playback_start_fields, &message);
  set_told_start (self, true);
  self->told_run = playback->run.number;
}

static void
send_packet (PlaybackConnection *self, const Packet *packet)
{
  SpcConnection *connection = SPC_CONNECTION (self);
  SpcAudioPacket header = {.time_ms = packet->time_ms};
  GBytes *data = self->told_mode == SPICE_AUDIO_DATA_MODE_OPUS ? packet->opus
                                                               : packet->raw;

  if (!data)
    return;
  spc_connection_begin (connection, SPICE_MSG_PLAYBACK_DATA);
  qxl_fields_write (spc_audio_packet_fields, &header,
                    spc_connection_writer (connection));
  qxl_writer_ref (spc_connection_writer (connection), data);
  spc_connection_end (connection);
}

/* up to the first packet of another run */
static void
send_packets (PlaybackConnection *self)
{
  Packet *packet;

  while ((packet = g_queue_peek_head (&self->packets)) &&
         packet->run == self->told_run) {
    send_packet (self, packet);
    packet_unref (g_queue_pop_head (&self->packets));
  }
}

/* packets of runs that began and ended while the viewer was not listening */
static void
skip_packets (PlaybackConnection *self, guint run)
{
  Packet *packet;

  while ((packet = g_queue_peek_head (&self->packets)) && packet->run != run)
    packet_unref (g_queue_pop_head (&self->packets));
}

static void
send_all (PlaybackConnection *self, SpcPlayback *playback)
{
  const Run *run = &playback->run;

  if (self->told_start)
    send_packets (self);
  if (self->told_start && self->told_run != run->number)
    send_stop (self);
  skip_packets (self, run->number);
  if (!self->told_start)
    send_mode (self, playback);
  send_settings (self, playback);
  /* a run that has ended already may have left packets to hear */
  if (!self->told_start && (run->active || self->packets.length > 0))
    send_start (self, playback);
  if (self->told_start)
    send_packets (self);
  if (self->told_start && !run->active)
    send_stop (self);
}

/* the item: one at most waits in a pipe */

/* sound must not age in our buffer: what waits there cannot be dropped */
static SpcItemState
prepare_sound (SpcItem *item, SpcConnection *connection)
{
  return spc_connection_backlog (connection) > 0 ? SPC_ITEM_WAIT
                                                 : SPC_ITEM_READY;
}

static void
build_sound (SpcItem *item, SpcConnection *connection)
{
  PlaybackConnection *self = PLAYBACK_CONNECTION (connection);
  SpcChannel *channel = spc_connection_channel (connection);

  self->queued = false;
  if (channel)
    send_all (self, SPC_PLAYBACK (channel));
}

static const SpcItemClass sound_class = {
    .name = "sound",
    .prepare = prepare_sound,
    .build = build_sound,
};

static void
queue_sound (SpcConnection *connection, gpointer user_data)
{
  PlaybackConnection *self = PLAYBACK_CONNECTION (connection);
  SpcItem *item;

  if (!self->queued) {
    self->queued = true;
    item = g_new0 (SpcItem, 1);
    spc_item_init (item, &sound_class, 0);
    spc_connection_push (connection, item);
  }
  spc_connection_pump (connection);
}

/* connection */

static void
on_closed (SpcConnection *connection)
{
  set_told_start ((PlaybackConnection *)connection, false);
}

static void
on_opened (SpcConnection *connection)
{
  queue_sound (connection, NULL);
}

static void
playback_connection_finalize (GObject *object)
{
  g_queue_clear_full (&PLAYBACK_CONNECTION (object)->packets, packet_unref);
  G_OBJECT_CLASS (playback_connection_parent_class)->finalize (object);
}

static void
playback_connection_class_init (PlaybackConnectionClass *klass)
{
  SpcConnectionClass *connection = SPC_CONNECTION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = playback_connection_finalize;
  connection->log_category = SPC_LOG_AUDIO;
  connection->opened = on_opened;
  connection->closed = on_closed;
}

static void
playback_connection_init (PlaybackConnection *self)
{
  g_queue_init (&self->packets);
}

/* from producers to the loop */

static void
give_packet (SpcConnection *connection, gpointer user_data)
{
  PlaybackConnection *self = PLAYBACK_CONNECTION (connection);
  SpcPlayback *playback = SPC_PLAYBACK (spc_connection_channel (connection));
  guint n_dropped = push_bounded (&self->packets, packet_ref (user_data));

  if (n_dropped > 0)
    count_dropped (playback, n_dropped);
}

static void
take_posted (gpointer user_data)
{
  SpcPlayback *self = user_data;
  SpcServer *server = spc_channel_server (SPC_CHANNEL (self));
  bool was_active = self->run.active;
  GQueue packets;
  Packet *packet;

  g_mutex_lock (&self->lock);
  packets = self->inbox;
  g_queue_init (&self->inbox);
  self->run = self->posted_run;
  self->time_ms = self->posted_time_ms;
  self->settings = self->posted_settings;
  self->update_posted = false;
  g_mutex_unlock (&self->lock);

  while ((packet = g_queue_pop_head (&packets))) {
    spc_channel_foreach (SPC_CHANNEL (self), give_packet, packet);
    packet_unref (packet);
  }
  spc_channel_foreach (SPC_CHANNEL (self), queue_sound, NULL);
  /* viewers went by the sound until now (spec: multimedia time) */
  if (was_active && !self->run.active && server)
    spc_server_publish_clock (server);
}

/* with the lock held, which it releases */
static void
post_and_unlock (SpcPlayback *self)
{
  bool post = !self->update_posted;

  self->update_posted = true;
  g_mutex_unlock (&self->lock);
  if (post)
    spc_loop_post (spc_channel_loop (SPC_CHANNEL (self)), take_posted,
                   g_object_ref (self), g_object_unref);
}

void
spc_playback_post_start (SpcPlayback *self, uint32_t rate, uint32_t channels,
                         uint32_t mm_time_ms)
{
  g_return_if_fail (SPC_IS_PLAYBACK (self));
  g_return_if_fail (rate > 0 && channels > 0);
  g_mutex_lock (&self->lock);
  if (self->posted_run.active && self->posted_run.rate == rate &&
      self->posted_run.channels == channels) {
    g_mutex_unlock (&self->lock);
    return;
  }
  self->posted_run = (Run){
      .number = self->posted_run.number + 1,
      .active = true,
      .rate = rate,
      .channels = channels,
  };
  self->posted_time_ms = mm_time_ms;
  post_and_unlock (self);
}

void
spc_playback_post_packet (SpcPlayback *self, GBytes *opus, GBytes *raw,
                          uint32_t mm_time_ms)
{
  Packet *packet = g_new0 (Packet, 1);

  g_return_if_fail (SPC_IS_PLAYBACK (self));
  packet->ref_count = 1;
  packet->time_ms = mm_time_ms;
  packet->opus = opus;
  packet->raw = raw;
  g_mutex_lock (&self->lock);
  packet->run = self->posted_run.number;
  if (self->posted_run.active)
    self->posted_time_ms = mm_time_ms;
  if (!self->posted_run.active || (!opus && !raw)) {
    g_mutex_unlock (&self->lock);
    packet_unref (packet);
    return;
  }
  self->dropped += push_bounded (&self->inbox, packet);
  post_and_unlock (self);
}

void
spc_playback_post_stop (SpcPlayback *self)
{
  g_return_if_fail (SPC_IS_PLAYBACK (self));
  g_mutex_lock (&self->lock);
  self->posted_run.active = false;
  post_and_unlock (self);
}

bool
spc_playback_wants_opus (SpcPlayback *self)
{
  return g_atomic_int_get (&self->has_opus_viewers) &&
         posted_run_takes_opus (self);
}

bool
spc_playback_wants_raw (SpcPlayback *self)
{
  if (g_atomic_int_get (&self->has_other_viewers))
    return true;
  return g_atomic_int_get (&self->has_opus_viewers) &&
         !posted_run_takes_opus (self);
}

void
spc_playback_set_volume (SpcPlayback *self, const uint16_t *volume,
                         guint n_channels)
{
  g_return_if_fail (SPC_IS_PLAYBACK (self));
  g_mutex_lock (&self->lock);
  spc_audio_settings_set_volume (&self->posted_settings.common, volume,
                                 n_channels);
  post_and_unlock (self);
}

void
spc_playback_set_mute (SpcPlayback *self, bool mute)
{
  g_return_if_fail (SPC_IS_PLAYBACK (self));
  g_mutex_lock (&self->lock);
  spc_audio_settings_set_mute (&self->posted_settings.common, mute);
  post_and_unlock (self);
}

void
spc_playback_set_latency (SpcPlayback *self, uint32_t latency_ms)
{
  g_return_if_fail (SPC_IS_PLAYBACK (self));
  g_mutex_lock (&self->lock);
  self->posted_settings.latency_ms = latency_ms;
  post_and_unlock (self);
}

guint64
spc_playback_dropped (SpcPlayback *self)
{
  guint64 dropped;

  g_return_val_if_fail (SPC_IS_PLAYBACK (self), 0);
  g_mutex_lock (&self->lock);
  dropped = self->dropped;
  g_mutex_unlock (&self->lock);
  return dropped;
}

/* channel */

SpcPlayback *
spc_playback_new (SpcServer *server, SpcAudioCodec codec)
{
  SpcPlayback *self = g_object_new (SPC_TYPE_PLAYBACK, NULL);

  self->codec = codec;
  spc_channel_construct (SPC_CHANNEL (self), server, 0);
  return self;
}

static void
on_connections_changed (SpcChannel *channel, SpcConnection *connection)
{
  publish_viewers (SPC_PLAYBACK (channel));
}

static void
add_stats (SpcChannel *channel, GVariantDict *dict)
{
  g_variant_dict_insert (dict, "packets-dropped", "t",
                         spc_playback_dropped (SPC_PLAYBACK (channel)));
}

static void
spc_playback_finalize (GObject *object)
{
  SpcPlayback *self = SPC_PLAYBACK (object);

  g_queue_clear_full (&self->inbox, packet_unref);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (spc_playback_parent_class)->finalize (object);
}

static void
spc_playback_class_init (SpcPlaybackClass *klass)
{
  SpcChannelClass *channel = SPC_CHANNEL_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = spc_playback_finalize;
  channel->channel_type = SPICE_CHANNEL_PLAYBACK;
  channel->connection_type = TYPE_PLAYBACK_CONNECTION;
  spc_caps_set (&channel->caps, SPICE_PLAYBACK_CAP_VOLUME);
  spc_caps_set (&channel->caps, SPICE_PLAYBACK_CAP_OPUS);
  channel->connected = on_connections_changed;
  channel->disconnected = on_connections_changed;
  channel->add_stats = add_stats;
}

static void
spc_playback_init (SpcPlayback *self)
{
  g_mutex_init (&self->lock);
  g_queue_init (&self->inbox);
}
