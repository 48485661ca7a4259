/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* films that a producer brings to a display */
#include "display-private.h"

/* on its way to the loop */
typedef struct {
  SpcDisplay *display;
  SpcFilm film;
  SpcVideoPacket packet;
  bool follows_loss;
} Bring;

static void
bring_free (gpointer data)
{
  Bring *bring = data;

  g_clear_pointer (&bring->packet.bytes, g_bytes_unref);
  g_object_unref (bring->display);
  g_free (bring);
}

static void
take_film (gpointer user_data)
{
  Bring *bring = user_data;

  spc_streams_set_film (spc_display_streams (bring->display), &bring->film);
  spc_display_pump_soon (bring->display);
}

void
spc_display_set_film (SpcDisplay *self, const SpcFilm *film)
{
  Bring *bring = g_new0 (Bring, 1);

  bring->display = g_object_ref (self);
  bring->film = *film;
  spc_loop_post (spc_channel_loop (SPC_CHANNEL (self)), take_film, bring,
                 bring_free);
}

static void
take_packet (gpointer user_data)
{
  Bring *bring = user_data;

  SpcStreams *streams = spc_display_streams (bring->display);

  g_atomic_int_add (&spc_streams_film_inbox (streams)->n_waiting, -1);
  spc_streams_take_packet (streams, &bring->packet, bring->follows_loss);
}

void
spc_display_post_packet (SpcDisplay *self, const SpcVideoPacket *packet)
{
  SpcFilmInbox *inbox = spc_streams_film_inbox (spc_display_streams (self));
  Bring *bring;

  if (g_bytes_get_size (packet->bytes) > SPC_MAX_FILM_PACKET_BYTES ||
      g_atomic_int_get (&inbox->n_waiting) >= (gint)SPC_MAX_FILM_PACKETS) {
    g_atomic_int_set (&inbox->has_lost, 1);
    return;
  }
  g_atomic_int_inc (&inbox->n_waiting);
  bring = g_new0 (Bring, 1);
  bring->display = g_object_ref (self);
  bring->packet = *packet;
  bring->follows_loss =
      g_atomic_int_compare_and_exchange (&inbox->has_lost, 1, 0);
  g_bytes_ref (packet->bytes);
  spc_loop_post (spc_channel_loop (SPC_CHANNEL (self)), take_packet, bring,
                 bring_free);
}

void
spc_display_set_film_func (SpcDisplay *self, SpcFilmFunc func,
                           gpointer user_data, GDestroyNotify destroy)
{
  spc_listener_set (spc_streams_film_listener (spc_display_streams (self)),
                    G_CALLBACK (func), user_data, destroy);
}
