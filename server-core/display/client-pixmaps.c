/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-pixmaps.h"

bool
spc_init_is_native (const SpcDisplayInit *init, bool takes_composite)
{
  return init->glz_dictionary_window != 0 && takes_composite;
}

static bool
is_web (const SpcDisplayInit *init, bool takes_composite)
{
  return init->glz_dictionary_window == 0 && !takes_composite;
}

static void
free_pixmaps (gpointer pixmaps)
{
  spc_pixmap_cache_free (pixmaps);
}

static SpcPixmapCache *
add_pixmaps (SpcClient *client, const char *kind, uint8_t id, uint64_t size)
{
  SpcPixmapCache *pixmaps = spc_pixmap_cache_new (size);

  spc_client_add_resource (client, kind, id, pixmaps, free_pixmaps);
  return pixmaps;
}

SpcPixmapCache *
spc_client_join_pixmaps (SpcClient *client, const SpcDisplayInit *init,
                         bool takes_composite)
{
  bool web = is_web (init, takes_composite);
  const char *kind = web ? "web pixmaps" : "pixmaps";
  uint8_t id = web ? 0 : init->pixmap_cache_id;
  SpcPixmapCache *pixmaps = spc_client_resource (client, kind, id);

  if (init->pixmap_cache_size == 0 || (web && pixmaps != NULL))
    return NULL;
  return pixmaps != NULL
             ? pixmaps
             : add_pixmaps (client, kind, id, init->pixmap_cache_size);
}
