/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* film-producer.h – what the producer of a film from outside is told.
 *
 * Packets go to viewers as they are, and as long as they do so nobody needs
 * pictures. The producer is asked to draw them, too, while there are viewers
 * who cannot take packets, and while the film stands still: who missed the last
 * frame, or has it with loss, is sent it as a picture then, and who comes later
 * finds it there. It also hears of key frames that are wanted and of narrow
 * lines. Loop thread only; the listener is set by any. */
#pragma once

#include "listener.h"
#include "server-core/base/loop.h"

#include <stdint.h>

typedef struct _SpcFilmProducer SpcFilmProducer;

/* no more pictures are drawn: what there is grows old */
typedef void (*SpcFilmProducerFunc) (gpointer user_data);

/* life; @unpictured: not called while it is freed */
SpcFilmProducer *spc_film_producer_new (SpcLoop *loop,
                                        SpcFilmProducerFunc unpictured,
                                        gpointer user_data);
void spc_film_producer_free (SpcFilmProducer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcFilmProducer, spc_film_producer_free)

/* what happens */
/* another film, or none; its first packet is yet to come */
void spc_film_producer_begin (SpcFilmProducer *self);
void spc_film_producer_note_packet (SpcFilmProducer *self);
/* Something was drawn in its place: a picture of it, if pictures are wanted and
 * there is one. */
void spc_film_producer_note_drawn (SpcFilmProducer *self);
/* when that was, the last time; 0: what there is is older than its packets */
int64_t spc_film_producer_drawn_us (const SpcFilmProducer *self);
/* whether there are viewers who cannot take packets */
void spc_film_producer_set_lacks_frames (SpcFilmProducer *self,
                                         bool lacks_frames);
/* nothing happens by itself any more */
void spc_film_producer_stop (SpcFilmProducer *self);
void spc_film_producer_want_key (SpcFilmProducer *self);
/* false: it has been told of one too lately to be told again */
bool spc_film_producer_takes_bitrate (const SpcFilmProducer *self);
/* what the narrowest line bears; 0: none has met its bound */
void spc_film_producer_set_bitrate (SpcFilmProducer *self, guint bitrate_bps);

/* who is told: of SpcFilmFunc */
SpcListener *spc_film_producer_listener (SpcFilmProducer *self);
