/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display-connection.h – one viewer's side of a display.
 *
 * A viewer is told nothing before its INIT. Then it gets each surface whole,
 * and from there on every draw. When it falls behind by more than a bound, what
 * it has not been sent is folded into a dirty region of each surface; once its
 * socket takes data again it gets the newest pixels of that region. Loop thread
 * only. */
#pragma once

#include "choose-codec.h"
#include "glz-group.h"
#include "lossy-repair.h"
#include "palette-cache.h"
#include "pixmap-cache.h"
#include "qxl/command.h"
#include "server-core/channel/connection.h"
#include "viewer-streams.h"

#define SPC_TYPE_DISPLAY_CONNECTION (spc_display_connection_get_type ())
G_DECLARE_FINAL_TYPE (SpcDisplayConnection, spc_display_connection, SPC,
                      DISPLAY_CONNECTION, SpcConnection)

bool spc_display_connection_is_ready (SpcConnection *connection);
/* @init: a SpcDisplayInit, what the viewer says of itself; once */
bool spc_display_connection_begin (SpcConnection *connection, const void *init,
                                   GError **error);
/* how it is to be sent images, from the next one on: changes with what is
 * configured and what is known of the link */
SpcLinkCoding spc_display_connection_coding (SpcConnection *connection);
/* what it was sent with loss; NULL: nothing so far */
SpcLossyRepair *spc_display_connection_repair (SpcConnection *connection);
/* for the items: @draw was written */
void spc_display_connection_built (SpcConnection *connection,
                                   const QxlDrawable *draw, SpcDrawnHow how);
/* what @box of the primary surface shows there is not what it shows here, or
 * will not be soon */
void spc_display_connection_blur (SpcConnection *connection,
                                  const QxlRect *box);
/* its side of what is sent as video; once it is ready */
SpcViewerStreams *spc_display_connection_streams (SpcConnection *connection);
/* What its client keeps; NULL: this channel does not make it keep images. All
 * display channels of a client that name the same cache share one. */
SpcPixmapCache *spc_display_connection_pixmaps (SpcConnection *connection);
/* the viewer keeps this image, so that a draw now can name it */
bool spc_display_connection_keeps (SpcConnection *connection,
                                   const SpcContentId *content,
                                   bool permits_loss);
/* the palettes its client keeps for this channel; NULL: it takes none */
SpcPaletteCache *spc_display_connection_palettes (SpcConnection *connection);
/* Where the viewer stands in the display's GLZ dictionary, after all that was
 * built for it; NULL: it is not sent GLZ. Only one display channel of a client
 * is: its dictionary is one for all of them. */
SpcGlzPlace *spc_display_connection_glz_place (SpcConnection *connection);
/* the same after what has been prepared of its pipe, @item being next; begins
 * anew with the first image in the pipe */
SpcGlzPlace *spc_display_connection_glz_walk (SpcConnection *connection,
                                              const SpcItem *item);
/* the number of the client's next GLZ image */
uint64_t *spc_display_connection_glz_next_id (SpcConnection *connection);
/* a surface has appeared (or changed size) or gone; unless it @is_blank, its
 * picture is told whole, with all that was applied before */
void spc_display_connection_add_surface (SpcConnection *connection,
                                         uint32_t surface_id, bool is_blank);
void spc_display_connection_remove_surface (SpcConnection *connection,
                                            uint32_t surface_id);
/* for the items: from here on it keeps nothing of this channel */
void spc_display_connection_forget_kept (SpcConnection *connection);
/* how a viewer hears of a draw */
typedef enum {
  SPC_DRAW_UNTOLD, /* it has no such surface */
  SPC_DRAW_AS_COMMAND,
  SPC_DRAW_AS_PICTURE, /* of what the box shows afterwards */
  SPC_DRAW_AS_VIDEO,   /* by the next frame of a stream */
  SPC_DRAW_BESIDE,     /* a picture of what of the box no stream stands for */
} SpcDrawForm;
SpcDrawForm spc_display_connection_draw_form (SpcConnection *connection,
                                              const QxlDrawable *draw);
/* @item: of @draw, in that form */
void spc_display_connection_draw (SpcConnection *connection,
                                  const QxlDrawable *draw, SpcDrawForm form,
                                  SpcItem *item);
/* it is hidden by newer draws, and not worth being sent, if it is still here */
void spc_display_connection_take_back (SpcConnection *connection,
                                       SpcItem *item);
void spc_display_connection_end_batch (SpcConnection *connection,
                                       SpcItem *batch_end);
/* after what came without a batch's end: not more may wait than is allowed */
void spc_display_connection_bound_pipe (SpcConnection *connection);
void spc_display_connection_send_heads (SpcConnection *connection);
