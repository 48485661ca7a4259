/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer.h"

#include "server-core/video/video-codec.h"

static void
on_message (WireClient *client, uint16_t type, const uint8_t *body,
            uint32_t size, gpointer user_data)
{
  wire_canvas_message (user_data, type, body, size);
}

static void
say_init (WireClient *display, uint64_t cache_pixels)
{
  const SpcDisplayInit init = {.pixmap_cache_id = 1,
                               .pixmap_cache_size = cache_pixels,
                               .glz_dictionary_id = 1,
                               .glz_dictionary_window = WIRE_CANVAS_GLZ_WINDOW};

  wire_client_send_fields (display, SPICE_MSGC_DISPLAY_INIT,
                           spc_display_init_fields, &init);
}

void
viewer_say_init (WireClient *display)
{
  say_init (display, WIRE_PIXMAPS_USUAL);
}

static void
claim_codecs (SpcCaps *caps, uint32_t codecs)
{
  const SpcVideoCodec *codec;

  if (codecs != 0)
    spc_caps_set (caps, SPICE_DISPLAY_CAP_MULTI_CODEC);
  for (unsigned i = 0; (codec = spc_video_codec_at (i)) != NULL; i++)
    if ((codecs & 1u << codec->number) != 0)
      spc_caps_set (caps, codec->cap);
}

static WireClient *
open_display (Session *session, const WireClient *main,
              const ViewerSetup *setup)
{
  WireClientSetup link = {.channel_type = SPICE_CHANNEL_DISPLAY,
                          .channel_id = setup->display_id,
                          .connection_id = session_id_of (main),
                          .full_header = setup->full_header,
                          .silent = setup->silent};

  if (!setup->no_heads)
    spc_caps_set (&link.channel_caps, SPICE_DISPLAY_CAP_MONITORS_CONFIG);
  if (setup->is_native)
    spc_caps_set (&link.channel_caps, SPICE_DISPLAY_CAP_COMPOSITE);
  if (setup->takes_lz4)
    spc_caps_set (&link.channel_caps, SPICE_DISPLAY_CAP_LZ4_COMPRESSION);
  if (setup->reports)
    spc_caps_set (&link.channel_caps, SPICE_DISPLAY_CAP_STREAM_REPORT);
  if (setup->takes_sized)
    spc_caps_set (&link.channel_caps, SPICE_DISPLAY_CAP_SIZED_STREAM);
  claim_codecs (&link.channel_caps, setup->codecs);
  return session_link_over (session, &link,
                            setup->line_bytes != 0 ? setup->line_bytes
                                                   : SESSION_LINE_BYTES);
}

Viewer *
viewer_new (Session *session, const ViewerSetup *setup)
{
  static const ViewerSetup usual = {0};
  Viewer *self = g_new0 (Viewer, 1);
  uint64_t cache_pixels;

  if (setup == NULL)
    setup = &usual;
  cache_pixels =
      setup->cache_pixels != 0 ? setup->cache_pixels : WIRE_PIXMAPS_USUAL;
  self->main = session_join (session);
  self->display = open_display (session, self->main, setup);
  g_assert_cmpint (self->display->link_code, ==, SPICE_LINK_ERR_OK);
  self->canvas = wire_canvas_new ();
  wire_canvas_announce (self->canvas, cache_pixels);
  self->display->func = on_message;
  self->display->user_data = self->canvas;
  if (setup->compression != 0)
    wire_client_send (self->display, SPICE_MSGC_DISPLAY_PREFERRED_COMPRESSION,
                      &setup->compression, 1);
  say_init (self->display, cache_pixels);
  return self;
}

void
viewer_free (Viewer *self)
{
  if (self == NULL)
    return;
  wire_client_free (self->display);
  wire_client_free (self->main);
  wire_canvas_free (self->canvas);
  g_free (self);
}

bool
viewer_shows (const Viewer *self, const QxlImage *image)
{
  return wire_canvas_shows (self->canvas, 0, image);
}
