/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "settings.h"

#include <gio/gio.h>

typedef struct {
  const char *name;
  int value;
} Choice;

/* clang-format off */
static const Choice compressions[] = {
  { "off",      SPICE_IMAGE_COMPRESSION_OFF },
  { "auto-glz", SPICE_IMAGE_COMPRESSION_AUTO_GLZ },
  { "auto-lz",  SPICE_IMAGE_COMPRESSION_AUTO_LZ },
  { "quic",     SPICE_IMAGE_COMPRESSION_QUIC },
  { "glz",      SPICE_IMAGE_COMPRESSION_GLZ },
  { "lz",       SPICE_IMAGE_COMPRESSION_LZ },
  { "lz4",      SPICE_IMAGE_COMPRESSION_LZ4 },
  { NULL, 0 },
};
static const Choice streamings[] = {
  { "off",    SPICE_STREAM_VIDEO_OFF },
  { "all",    SPICE_STREAM_VIDEO_ALL },
  { "filter", SPICE_STREAM_VIDEO_FILTER },
  { NULL, 0 },
};
static const Choice uses[] = {
  { "auto",   SPICE_WAN_COMPRESSION_AUTO },
  { "always", SPICE_WAN_COMPRESSION_ALWAYS },
  { "never",  SPICE_WAN_COMPRESSION_NEVER },
  { NULL, 0 },
};
/* clang-format on */

static gboolean
choose (const Choice *choices, const char *name, const char *what, int *value)
{
  for (const Choice *choice = choices; choice->name; choice++)
    if (g_str_equal (choice->name, name)) {
      *value = choice->value;
      return TRUE;
    }
  g_printerr ("%s: no such %s; there are:", name, what);
  for (const Choice *choice = choices; choice->name; choice++)
    g_printerr (" %s", choice->name);
  g_printerr ("\n");
  return FALSE;
}

gboolean
feeder_settings_apply (SpiceServer *server, const char *compression,
                       const char *jpeg, const char *streaming,
                       const char *codecs)
{
  int images, loss, streams;
  if (!choose (compressions, compression, "image compression", &images) ||
      !choose (uses, jpeg, "use of JPEG", &loss) ||
      !choose (streamings, streaming, "streaming", &streams))
    return FALSE;
  spice_server_set_image_compression (server, (SpiceImageCompression)images);
  spice_server_set_jpeg_compression (server, (spice_wan_compression_t)loss);
  spice_server_set_streaming_video (server, streams);
  if (codecs && spice_server_set_video_codecs (server, codecs) != 0) {
    g_printerr ("%s: no such codecs\n", codecs);
    return FALSE;
  }
  return TRUE;
}

/* The library cannot listen on port 0 and tell; the port may be taken by
 * another between here and there, which then shows as a failed start. */
int
feeder_settings_find_port (void)
{
  g_autoptr (GSocket) socket = g_socket_new (
      G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  if (!socket || !g_socket_bind (socket, any, TRUE, NULL))
    return 0;
  g_autoptr (GSocketAddress) bound = g_socket_get_local_address (socket, NULL);
  return bound ? g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound))
               : 0;
}
