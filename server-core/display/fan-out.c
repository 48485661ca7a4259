/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "fan-out.h"

#include "display-connection.h"
#include "display-private.h"
#include "draw-item.h"
#include "qxl/tree.h"
#include "server-core/channel/channel.h"
#include "snapshot-item.h"

struct _SpcFanOut {
  SpcDisplay *display;
  QxlTree *tree;
  GPtrArray *hidden; /* SpcFlight, to be taken out of the pipes */
};

struct _SpcFlight {
  guint ref_count;
  SpcFanOut *fan_out;
  QxlTreeNode *node; /* NULL: hidden */
  /* what viewers are told, made when the first of them needs it; not owned,
   * each keeps a reference to the flight */
  SpcItem *command, *picture;
};

/* flights */

static SpcFlight *
flight_ref (SpcFlight *self)
{
  self->ref_count++;
  return self;
}

static void
flight_unref (SpcFlight *self)
{
  if (self == NULL || --self->ref_count > 0)
    return;
  if (self->node != NULL)
    qxl_tree_remove (self->fan_out->tree, self->node);
  g_free (self);
}

static void
unref_flight (gpointer flight)
{
  flight_unref (flight);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcFlight, flight_unref)

void
spc_flight_leave (SpcFlight *self, const SpcItem *item)
{
  if (self == NULL)
    return;
  if (self->command == item)
    self->command = NULL;
  if (self->picture == item)
    self->picture = NULL;
  flight_unref (self);
}

static void
on_hidden (gpointer data, gpointer user_data)
{
  SpcFlight *flight = data;
  SpcFanOut *self = user_data;

  flight->node = NULL;
  g_ptr_array_add (self->hidden, flight_ref (flight));
}

static SpcFlight *
flight_new (SpcFanOut *self, const QxlDrawable *draw)
{
  SpcFlight *flight = g_new0 (SpcFlight, 1);

  flight->ref_count = 1;
  flight->fan_out = self;
  flight->node = qxl_tree_add (self->tree, draw, flight);
  return flight;
}

/* taking back */

static void
take_back (SpcFanOut *self, SpcItem *item)
{
  GPtrArray *connections =
      spc_channel_connections (SPC_CHANNEL (self->display));

  if (item == NULL)
    return;
  spc_item_ref (item);
  for (guint i = 0; i < connections->len; i++)
    spc_display_connection_take_back (g_ptr_array_index (connections, i), item);
  spc_item_unref (item);
}

/* An item that goes may end what others were kept for, so this may go on. */
static void
take_back_hidden (SpcFanOut *self)
{
  while (self->hidden->len > 0) {
    g_autoptr (SpcFlight) flight =
        g_ptr_array_steal_index_fast (self->hidden, self->hidden->len - 1);

    take_back (self, flight->command);
    take_back (self, flight->picture);
  }
}

/* giving out */

/* a draw, for as long as it is given out */
typedef struct {
  QxlDrawable *draw;
  SpcDraft *draft; /* owned; NULL: none, or the command has it */
  SpcFlight *flight;
  SpcItem *command, *picture; /* owned */
} Giving;

static void
clear_giving (Giving *self)
{
  spc_draft_free (self->draft);
  g_clear_pointer (&self->command, spc_item_unref);
  g_clear_pointer (&self->picture, spc_item_unref);
  flight_unref (self->flight);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Giving, clear_giving)

/* where a film plays some viewers are sent nothing else */
static bool
is_for_all (const Giving *self, SpcDisplay *display)
{
  return !spc_streams_meet (spc_display_streams (display), self->draw);
}

static SpcItem *
command_of (Giving *self, SpcDisplay *display)
{
  SpcFlight *flight = self->flight;

  if (self->command == NULL) {
    self->command =
        spc_draw_item_new (display, self->draw, g_steal_pointer (&self->draft),
                           is_for_all (self, display));
    spc_draw_item_take_flight (self->command, flight_ref (flight));
    flight->command = self->command;
  }
  return self->command;
}

/* to a viewer that has streams: what none of them stands for */
static void
give_beside (const Giving *self, SpcConnection *connection, SpcDisplay *display)
{
  const SpcViewerStreams *streams = spc_display_connection_streams (connection);
  const QxlRect *rects;
  QxlRegion left;
  int n_rects;

  pixman_region32_init (&left);
  qxl_region_add (&left, &self->draw->box);
  spc_viewer_streams_subtract (streams, &left);
  rects = qxl_region_rects (&left, &n_rects);
  if (n_rects > 0) {
    g_autoptr (SpcItem) item = spc_snapshot_item_new (
        display, self->draw->surface_id, rects, (guint)n_rects);

    spc_display_count_snapshot (display);
    spc_display_connection_draw (connection, self->draw, SPC_DRAW_BESIDE, item);
  }
  pixman_region32_fini (&left);
}

static SpcItem *
picture_of (Giving *self, SpcDisplay *display)
{
  SpcFlight *flight = self->flight;

  if (self->picture == NULL) {
    spc_display_count_snapshot (display);
    self->picture = spc_snapshot_item_new (display, self->draw->surface_id,
                                           &self->draw->box, 1);
    spc_snapshot_item_take_flight (self->picture, flight_ref (flight));
    flight->picture = self->picture;
  }
  return self->picture;
}

void
spc_fan_out_draw (SpcFanOut *self, QxlDrawable *draw, SpcDraft *draft)
{
  g_auto (Giving) giving = {.draw = draw, .draft = draft};
  GPtrArray *connections =
      spc_channel_connections (SPC_CHANNEL (self->display));

  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);
    SpcDrawForm form = spc_display_connection_draw_form (connection, draw);

    if (form == SPC_DRAW_AS_VIDEO || form == SPC_DRAW_BESIDE)
      spc_viewer_streams_blur (spc_display_connection_streams (connection),
                               &draw->box);
    if (form == SPC_DRAW_BESIDE)
      give_beside (&giving, connection, self->display);
    if (form != SPC_DRAW_AS_COMMAND && form != SPC_DRAW_AS_PICTURE)
      continue;
    if (giving.flight == NULL) {
      giving.flight = flight_new (self, draw);
      take_back_hidden (self);
    }
    spc_display_connection_draw (connection, draw, form,
                                 form == SPC_DRAW_AS_COMMAND
                                     ? command_of (&giving, self->display)
                                     : picture_of (&giving, self->display));
  }
}

/* surfaces */

void
spc_fan_out_add_surface (SpcFanOut *self, uint32_t id, uint32_t width,
                         uint32_t height)
{
  qxl_tree_add_surface (self->tree, id, width, height);
  take_back_hidden (self);
}

void
spc_fan_out_drop_surface (SpcFanOut *self, uint32_t id)
{
  qxl_tree_drop_surface (self->tree, id);
  take_back_hidden (self);
}

/* life */

SpcFanOut *
spc_fan_out_new (SpcDisplay *display)
{
  SpcFanOut *self = g_new (SpcFanOut, 1);

  self->display = display;
  self->tree = qxl_tree_new (on_hidden, self);
  self->hidden = g_ptr_array_new_with_free_func (unref_flight);
  return self;
}

void
spc_fan_out_free (SpcFanOut *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->hidden);
  qxl_tree_free (self->tree);
  g_free (self);
}
