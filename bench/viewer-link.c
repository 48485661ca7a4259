/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "viewer-link.h"

#include "qxl/bytes.h"

#include <gio/gunixsocketaddress.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <spice/enums.h>
#include <spice/protocol.h>
#include <string.h>

#define LINK_HEADER_SIZE 16u /* magic, major, minor, size */
#define LINK_MESSAGE_SIZE 18u
#define MAX_REPLY_SIZE 4096u
#define KEY_SIZE SPICE_TICKET_PUBKEY_BYTES
#define TICKET_SIZE 128u /* RSA-1024 */
#define MAX_PASSWORD 60u

#define BIT(n) (1u << (n))

typedef struct {
  uint8_t channel_type;
  uint32_t caps;
} ChannelCaps;

/* clang-format off */
static const uint32_t common_caps =
    BIT (SPICE_COMMON_CAP_PROTOCOL_AUTH_SELECTION) |
    BIT (SPICE_COMMON_CAP_MINI_HEADER);

/* what spice-gtk announces that has a decoder for each codec */
static const ChannelCaps channel_caps[] = {
  { SPICE_CHANNEL_MAIN,
    BIT (SPICE_MAIN_CAP_SEMI_SEAMLESS_MIGRATE) |
    BIT (SPICE_MAIN_CAP_NAME_AND_UUID) |
    BIT (SPICE_MAIN_CAP_AGENT_CONNECTED_TOKENS) |
    BIT (SPICE_MAIN_CAP_SEAMLESS_MIGRATE) },
  { SPICE_CHANNEL_DISPLAY,
    BIT (SPICE_DISPLAY_CAP_SIZED_STREAM) |
    BIT (SPICE_DISPLAY_CAP_MONITORS_CONFIG) |
    BIT (SPICE_DISPLAY_CAP_COMPOSITE) |
    BIT (SPICE_DISPLAY_CAP_A8_SURFACE) |
    BIT (SPICE_DISPLAY_CAP_STREAM_REPORT) |
    BIT (SPICE_DISPLAY_CAP_LZ4_COMPRESSION) |
    BIT (SPICE_DISPLAY_CAP_MULTI_CODEC) |
    BIT (SPICE_DISPLAY_CAP_CODEC_MJPEG) |
    BIT (SPICE_DISPLAY_CAP_CODEC_VP8) |
    BIT (SPICE_DISPLAY_CAP_CODEC_H264) |
    BIT (SPICE_DISPLAY_CAP_CODEC_VP9) |
    BIT (SPICE_DISPLAY_CAP_CODEC_H265) },
};
/* clang-format on */

static uint32_t
caps_of (uint8_t channel_type)
{
  for (size_t i = 0; i < G_N_ELEMENTS (channel_caps); i++)
    if (channel_caps[i].channel_type == channel_type)
      return channel_caps[i].caps;
  return 0;
}

static GSocketConnection *
connect_to (const char *address, GError **error)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_socket_client_set_timeout (client, VIEWER_LINK_TIMEOUT_S);
  if (address[0] != '/')
    return g_socket_client_connect_to_host (client, address, 0, NULL, error);
  g_autoptr (GSocketAddress) path = g_unix_socket_address_new (address);
  return g_socket_client_connect (client, G_SOCKET_CONNECTABLE (path), NULL,
                                  error);
}

static gboolean
send_all (GSocketConnection *to, QxlWriter *writer, GError **error)
{
  g_autoptr (GBytes) bytes = qxl_writer_steal (writer);
  gsize size;
  const void *data = g_bytes_get_data (bytes, &size);
  return g_output_stream_write_all (
      g_io_stream_get_output_stream (G_IO_STREAM (to)), data, size, NULL, NULL,
      error);
}

static gboolean
read_exactly (GSocketConnection *from, void *to, gsize size, GError **error)
{
  gsize got = 0;
  if (!g_input_stream_read_all (
          g_io_stream_get_input_stream (G_IO_STREAM (from)), to, size, &got,
          NULL, error))
    return FALSE;
  if (got == size)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT,
               "the server closed the link after %" G_GSIZE_FORMAT
               " of %" G_GSIZE_FORMAT " bytes",
               got, size);
  return FALSE;
}

static gboolean
send_link_message (GSocketConnection *to, uint32_t session,
                   uint8_t channel_type, GError **error)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  uint32_t caps = caps_of (channel_type);
  uint32_t n_words = caps ? 1 : 0;

  qxl_writer_u32 (writer, SPICE_MAGIC);
  qxl_writer_u32 (writer, SPICE_VERSION_MAJOR);
  qxl_writer_u32 (writer, SPICE_VERSION_MINOR);
  qxl_writer_u32 (writer, LINK_MESSAGE_SIZE + 4 + 4 * n_words);
  qxl_writer_u32 (writer, session);
  qxl_writer_u8 (writer, channel_type);
  qxl_writer_u8 (writer, 0); /* channel id */
  qxl_writer_u32 (writer, 1);
  qxl_writer_u32 (writer, n_words);
  qxl_writer_u32 (writer, LINK_MESSAGE_SIZE);
  qxl_writer_u32 (writer, common_caps);
  if (n_words)
    qxl_writer_u32 (writer, caps);
  return send_all (to, writer, error);
}

/* Takes the server's key out of its reply. */
static gboolean
read_reply (GSocketConnection *from, uint8_t *key, GError **error)
{
  uint8_t header[LINK_HEADER_SIZE], reply[MAX_REPLY_SIZE];
  QxlReader reader;

  if (!read_exactly (from, header, sizeof header, error))
    return FALSE;
  qxl_reader_init (&reader, header + 12, 4);
  uint32_t size = qxl_reader_u32 (&reader);
  if (size < 4 + KEY_SIZE || size > sizeof reply) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 "a link reply of %u bytes", size);
    return FALSE;
  }
  if (!read_exactly (from, reply, size, error))
    return FALSE;
  qxl_reader_init (&reader, reply, size);
  uint32_t code = qxl_reader_u32 (&reader);
  if (code != SPICE_LINK_ERR_OK) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "link error %u", code);
    return FALSE;
  }
  memcpy (key, reply + 4, KEY_SIZE);
  return TRUE;
}

static gboolean
encrypt (EVP_PKEY *key, const char *password, uint8_t *ticket)
{
  size_t size = TICKET_SIZE;
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new (key, NULL);
  gboolean done =
      context && EVP_PKEY_encrypt_init (context) > 0 &&
      EVP_PKEY_CTX_set_rsa_padding (context, RSA_PKCS1_OAEP_PADDING) > 0 &&
      EVP_PKEY_encrypt (context, ticket, &size, (const uint8_t *)password,
                        strlen (password) + 1) > 0 &&
      size == TICKET_SIZE;
  EVP_PKEY_CTX_free (context);
  return done;
}

static gboolean
send_ticket (GSocketConnection *to, const uint8_t *der, const char *password,
             GError **error)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  uint8_t ticket[TICKET_SIZE];
  EVP_PKEY *key = d2i_PUBKEY (NULL, &der, KEY_SIZE);
  gboolean encrypted = key && EVP_PKEY_get_size (key) == TICKET_SIZE &&
                       strlen (password) <= MAX_PASSWORD &&
                       encrypt (key, password, ticket);

  EVP_PKEY_free (key);
  if (!encrypted) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 "cannot encrypt the password");
    return FALSE;
  }
  qxl_writer_u32 (writer, SPICE_COMMON_CAP_AUTH_SPICE);
  qxl_writer_bytes (writer, ticket, sizeof ticket);
  return send_all (to, writer, error);
}

static gboolean
read_result (GSocketConnection *from, GError **error)
{
  uint8_t result[4];
  QxlReader reader;

  if (!read_exactly (from, result, sizeof result, error))
    return FALSE;
  qxl_reader_init (&reader, result, sizeof result);
  uint32_t code = qxl_reader_u32 (&reader);
  if (code == SPICE_LINK_ERR_OK)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "link result %u", code);
  return FALSE;
}

GSocketConnection *
viewer_link_open (const char *address, const char *password, uint32_t session,
                  uint8_t channel_type, GError **error)
{
  g_autoptr (GSocketConnection) link = connect_to (address, error);
  uint8_t key[KEY_SIZE];

  if (!link || !send_link_message (link, session, channel_type, error) ||
      !read_reply (link, key, error) ||
      !send_ticket (link, key, password ? password : "", error) ||
      !read_result (link, error))
    return NULL;
  GSocket *socket = g_socket_connection_get_socket (link);
  g_socket_set_timeout (socket, 0);
  g_socket_set_blocking (socket, FALSE);
  /* as spice-gtk does: else each pong waits for the frame after it */
  if (g_socket_get_family (socket) != G_SOCKET_FAMILY_UNIX)
    g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  return g_steal_pointer (&link);
}
