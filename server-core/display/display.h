/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display.h – the display channel: what a producer draws, viewers see.
 *
 * A producer posts batches of draw commands while there is room. The display
 * keeps each surface's picture, gives every viewer the draws it can take, and
 * brings slow or late ones up to date from the picture. An image is encoded
 * once for all viewers that use the same encoding. */
#pragma once

#include "qxl/command.h"
#include "server-core/base/jobs.h"
#include "server-core/channel/channel.h"
#include "server-core/video/video-encoder.h"

#define SPC_TYPE_DISPLAY (spc_display_get_type ())
G_DECLARE_FINAL_TYPE (SpcDisplay, spc_display, SPC, DISPLAY, SpcChannel)

/* life: any thread; give it to the server with spc_server_add_channel */
SpcDisplay *spc_display_new (SpcServer *server, uint8_t id);

/* producer: any thread */
/* takes @batch, whose first command for a new size creates the primary surface
 * (an existing one is replaced). Invalid commands are dropped and counted. A
 * producer that posts without room is obeyed; what slow viewers miss is folded
 * into the picture. */
void spc_display_post (SpcDisplay *self, QxlBatch *batch);
/* the same for a job of the server's workers, which it uses to do at once what
 * viewers would wait for: see draft.h */
void spc_display_post_from (SpcDisplay *self, QxlBatch *batch,
                            SpcWorker *worker);
/* The same for commands that are no frame, and may not be left out: whoever has
 * them waits for no room and takes none. @taken: on the loop, once viewers are
 * being told them; @destroy: after that, or instead of it */
void spc_display_post_commands (SpcDisplay *self, QxlBatch *batch,
                                SpcWorker *worker, SpcFunc taken,
                                gpointer user_data, GDestroyNotify destroy);
/* batches that may be posted now, 0 to SPC_MAX_BATCHES. Room comes back when
 * the fastest viewer has taken a batch, or at once when there is no viewer. */
guint spc_display_room (SpcDisplay *self);
/* @func: on the loop thread, whenever room has come back. At most one; NULL
 * takes it away, and after that call returns it is not called any more unless
 * it is running at that moment on the loop. @destroy: when it is not. */
void spc_display_set_room_func (SpcDisplay *self, SpcFunc func,
                                gpointer user_data, GDestroyNotify destroy);
/* @func: on the loop thread, for each command that is dropped because it is
 * invalid; @error names what came and what is allowed. At most one; NULL takes
 * it away. @destroy: when it cannot be running any more. */
typedef void (*SpcRefusedFunc) (const GError *error, gpointer user_data);
void spc_display_set_refused_func (SpcDisplay *self, SpcRefusedFunc func,
                                   gpointer user_data, GDestroyNotify destroy);
/* where heads lie on the primary surface; at first, and with 0, one head is all
 * of it. Heads that do not fit into the surface are left out. */
void spc_display_post_heads (SpcDisplay *self, const QxlRect *heads,
                             guint n_heads);

/* films: any thread */
/* All that is drawn belongs to one film, which is sent as video. */
typedef struct {
  bool is_film;
  uint8_t codec; /* of packets posted beside the batches; 0: none are */
  /* of the packets' frames; the film begins once the primary surface has this
   * size */
  uint32_t width, height;
} SpcFilm;
/* counts for what is posted after it; another film than before begins with a
 * key frame */
void spc_display_set_film (SpcDisplay *self, const SpcFilm *film);
/* Adds where films are found now, and encoded, to @areas (of QxlRect): who
 * shows one whole in each batch (qxl_batch_show()) spares the display to read
 * it back. What it says may be old. */
void spc_display_films (SpcDisplay *self, GArray *areas);
/* A frame of the film, encoded. It is referenced. What came since the last key
 * frame is kept for viewers to come. When the loop is so far behind that
 * SPC_MAX_FILM_PACKETS wait for it, or the packet is too large, it is dropped,
 * and the film goes on with the next key frame. */
void spc_display_post_packet (SpcDisplay *self, const SpcVideoPacket *packet);
typedef enum {
  SPC_FILM_WANTS_KEY = 1 << 0,    /* packets are to go on with a key frame */
  SPC_FILM_WANTS_FRAMES = 1 << 1, /* there are viewers who cannot take packets:
                                   * batches must show the film as well */
  SPC_FILM_WANTS_STILL = 1 << 2,  /* no packet has come for a while: batches
                                   * should show the last frame, if they can */
} SpcFilmWants;
/* @wants: SpcFilmWants; @bitrate_bps: what the narrowest line bears of those
 * the packets go over; 0: none has met its bound. @func: on the loop thread,
 * when a key frame is wanted, when it begins or ends that frames are or that
 * the film stands still, and when the bit rate has changed by an eighth, that
 * twice a second at most. As spc_display_set_room_func. */
typedef void (*SpcFilmFunc) (guint wants, guint bitrate_bps,
                             gpointer user_data);
void spc_display_set_film_func (SpcDisplay *self, SpcFilmFunc func,
                                gpointer user_data, GDestroyNotify destroy);

/* viewers: any thread */
/* Every viewer is told all anew, as if it had just come: what a surface shows,
 * once all that was posted before is drawn. For one that shows something else,
 * for whatever reason. */
void spc_display_resync (SpcDisplay *self);

/* reading back: any thread */
/* @image: BGRX, of a surface with alpha BGRA, premultiplied; NULL: there is no
 * such surface, or nothing of the area in it */
typedef void (*SpcDisplaySnapshotFunc) (QxlImage *image, gpointer user_data);
/* What @area of a surface shows once all that was posted before is drawn. @func
 * runs on the loop, with viewers or without; not when the server stops before,
 * but @destroy is always called, on any thread. */
void spc_display_snapshot (SpcDisplay *self, uint32_t surface_id,
                           const QxlRect *area, SpcDisplaySnapshotFunc func,
                           gpointer user_data, GDestroyNotify destroy);

/* counters, any thread, published by the loop */
typedef struct {
  guint64 batches, draws, draws_dropped, images_encoded, bytes_encoded;
  guint64 folds, snapshots, invalid_commands;
  guint64 streams, video_frames; /* begun; sent to a viewer */
} SpcDisplayStats;
void spc_display_stats (SpcDisplay *self, SpcDisplayStats *stats);
