/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* viewers of a display, told what there is to be seen: first, or anew */
#include "display-connection.h"
#include "display-items.h"
#include "display-private.h"
#include "server-core/base/limits.h"
#include "streams.h"

static SpcDisplay *
display_of (SpcConnection *connection)
{
  return SPC_DISPLAY (spc_connection_channel (connection));
}

void
spc_display_begin_viewer (SpcConnection *connection)
{
  SpcDisplay *display = display_of (connection);
  const SpcSurfaceList *surfaces = spc_display_surfaces (display);

  spc_connection_push (connection, spc_forget_item_new ());
  if (spc_surface_list_find (surfaces, QXL_PRIMARY_SURFACE) != NULL)
    spc_display_connection_add_surface (connection, QXL_PRIMARY_SURFACE, false);
  spc_streams_join (spc_display_streams (display), connection);
}

/* it has not been sent the last beginning yet, so all is new to it */
static bool
is_to_begin (SpcConnection *connection)
{
  const SpcPipe *pipe = spc_connection_pipe (connection);

  for (GList *link = pipe->items.head; link != NULL; link = link->next)
    if (spc_item_is_forget (link->data))
      return true;
  return false;
}

static void
resync_viewer (SpcConnection *connection, gpointer user_data)
{
  SpcPixmapCache *pixmaps = spc_display_connection_pixmaps (connection);

  if (!spc_display_connection_is_ready (connection) || is_to_begin (connection))
    return;
  spc_streams_withdraw (spc_display_streams (display_of (connection)),
                        connection);
  /* first the primary, as less of the others is needed then */
  for (uint32_t id = 0; id < SPC_MAX_SURFACES; id++)
    spc_display_connection_remove_surface (connection, id);
  if (pixmaps != NULL)
    spc_pixmap_cache_distrust (pixmaps);
  spc_display_begin_viewer (connection);
  spc_connection_pump (connection);
}

static void
take_resync (gpointer display)
{
  spc_channel_foreach (display, resync_viewer, NULL);
}

void
spc_display_resync (SpcDisplay *self)
{
  spc_loop_post (spc_channel_loop (SPC_CHANNEL (self)), take_resync,
                 g_object_ref (self), g_object_unref);
}
