/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* what a display shows, read back by its producer */
#include "display-private.h"

/* on its way to the loop, where the order of what is posted is known */
typedef struct {
  SpcDisplay *display;
  uint32_t surface_id;
  QxlRect area;
  SpcDisplaySnapshotFunc func;
  gpointer user_data;
  GDestroyNotify destroy; /* NULL: none, or the picture calls it */
} Ask;

static void
ask_free (gpointer data)
{
  Ask *ask = data;

  if (ask->destroy != NULL)
    ask->destroy (ask->user_data);
  g_object_unref (ask->display);
  g_free (ask);
}

static void
take_ask (gpointer user_data)
{
  Ask *ask = user_data;

  spc_picture_read (spc_display_picture (ask->display), ask->surface_id,
                    &ask->area, ask->func, ask->user_data,
                    g_steal_pointer (&ask->destroy));
}

void
spc_display_snapshot (SpcDisplay *self, uint32_t surface_id,
                      const QxlRect *area, SpcDisplaySnapshotFunc func,
                      gpointer user_data, GDestroyNotify destroy)
{
  Ask *ask = g_new (Ask, 1);

  *ask = (Ask){.display = g_object_ref (self),
               .surface_id = surface_id,
               .area = *area,
               .func = func,
               .user_data = user_data,
               .destroy = destroy};
  spc_loop_post (spc_channel_loop (SPC_CHANNEL (self)), take_ask, ask,
                 ask_free);
}
