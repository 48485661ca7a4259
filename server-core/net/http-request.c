/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "http-request.h"

#include "server-core/base/error.h"

#include <string.h>

/* RFC 6455, 1.3 */
#define WEBSOCKET_GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_BYTES 16
/* the one that SPICE clients name */
#define PROTOCOL "binary"

static bool refuse (GError **error, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static bool
refuse (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SPC_ERROR, SPC_ERROR_WEB, "HTTP: %s", text);
  return false;
}

/* reading */

/* is @word one of the words between commas? */
static bool
has_word (const char *list, const char *word)
{
  g_auto (GStrv) words = g_strsplit (list ? list : "", ",", -1);

  for (char **w = words; *w; w++)
    if (g_ascii_strcasecmp (g_strstrip (*w), word) == 0)
      return true;
  return false;
}

/* "GET /path?query HTTP/1.1" */
static bool
read_request_line (SpcHttpRequest *self, const char *line, GError **error)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 4);
  char *query;

  if (g_strv_length (words) != 3 || !g_str_has_prefix (words[2], "HTTP/1."))
    return refuse (error, "no request line");
  self->is_get = g_str_equal (words[0], "GET");
  self->is_head = g_str_equal (words[0], "HEAD");
  query = strchr (words[1], '?');
  if (query)
    *query = '\0';
  self->path = g_uri_unescape_string (words[1], NULL);
  if (!self->path || self->path[0] != '/')
    return refuse (error, "the path does not begin with /");
  return true;
}

/* false: one is there already, and who reads which would be anybody's guess */
static bool
keep (char **field, const char *value, GError **error)
{
  if (*field)
    return refuse (error, "a header that comes twice");
  *field = g_strdup (value);
  return true;
}

/* a list that may come in several headers (RFC 6455, 11.3.4) */
static void
add (char **list, const char *value)
{
  char *longer = *list ? g_strconcat (*list, ",", value, NULL) : NULL;

  g_free (*list);
  *list = longer ? longer : g_strdup (value);
}

static bool
read_field (SpcHttpRequest *self, char *line, bool *is_upgrade,
            bool *is_connection, GError **error)
{
  char *value = strchr (line, ':');

  if (!value)
    return refuse (error, "a header line without a colon");
  *value++ = '\0';
  value = g_strstrip (value);
  if (g_ascii_strcasecmp (line, "Host") == 0)
    return keep (&self->host, value, error);
  else if (g_ascii_strcasecmp (line, "Origin") == 0)
    return keep (&self->origin, value, error);
  else if (g_ascii_strcasecmp (line, "Upgrade") == 0)
    *is_upgrade |= has_word (value, "websocket");
  else if (g_ascii_strcasecmp (line, "Connection") == 0)
    *is_connection |= has_word (value, "upgrade");
  else if (g_ascii_strcasecmp (line, "Sec-WebSocket-Key") == 0)
    return keep (&self->key, value, error);
  else if (g_ascii_strcasecmp (line, "Sec-WebSocket-Version") == 0)
    return keep (&self->version, value, error);
  else if (g_ascii_strcasecmp (line, "Sec-WebSocket-Protocol") == 0)
    add (&self->protocol, value);
  return true;
}

/* What is refused is told to people, who look at it in terminals. */
static bool
is_text (const char *bytes, gsize size)
{
  for (gsize i = 0; i < size; i++)
    if (!g_ascii_isprint (bytes[i]) && bytes[i] != '\t' && bytes[i] != '\r' &&
        bytes[i] != '\n')
      return false;
  return true;
}

bool
spc_http_request_read (SpcHttpRequest *self, const char *text, gsize size,
                       GError **error)
{
  g_autofree char *copy = g_strndup (text, size);
  g_auto (GStrv) lines = g_strsplit (copy, "\r\n", -1);
  bool is_upgrade = false, is_connection = false;

  *self = (SpcHttpRequest){0};
  if (!is_text (text, size))
    return refuse (error, "bytes that are no text");
  if (!lines[0] || !read_request_line (self, lines[0], error))
    return false;
  for (char **line = lines + 1; *line && **line; line++)
    if (!read_field (self, *line, &is_upgrade, &is_connection, error))
      return false;
  self->wants_websocket = is_upgrade && is_connection;
  return true;
}

void
spc_http_request_clear (SpcHttpRequest *self)
{
  g_clear_pointer (&self->path, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->origin, g_free);
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->version, g_free);
  g_clear_pointer (&self->protocol, g_free);
}

/* judging */

bool
spc_http_origin_is_allowed (const char *origin, const char *host,
                            const char *allowed)
{
  const char *authority;

  if (!origin)
    return true;
  if (allowed)
    return has_word (allowed, "*") || has_word (allowed, origin);
  authority = strstr (origin, "://");
  return authority && host && g_ascii_strcasecmp (authority + 3, host) == 0;
}

/* of "example.org:5900" or "[::1]:5900" */
static char *
without_port (const char *host)
{
  bool has_brackets = host[0] == '[';
  const char *end = has_brackets ? strchr (host, ']') : strchr (host, ':');

  host += has_brackets;
  return end ? g_strndup (host, (gsize)(end - host)) : g_strdup (host);
}

bool
spc_http_host_is_own (const char *host)
{
  g_autofree char *name = host ? without_port (host) : NULL;

  return name && (g_hostname_is_ip_address (name) ||
                  g_ascii_strcasecmp (name, "localhost") == 0 ||
                  g_ascii_strcasecmp (name, g_get_host_name ()) == 0);
}

static bool
key_is_good (const char *key)
{
  gsize size = 0;
  g_autofree guchar *bytes = key ? g_base64_decode (key, &size) : NULL;

  return bytes && size == KEY_BYTES;
}

/* answers */

char *
spc_http_accept_websocket (const SpcHttpRequest *request, GError **error)
{
  g_autoptr (GChecksum) sum = NULL;
  g_autofree char *accept = NULL;
  guint8 digest[20];
  gsize size = sizeof digest;

  if (!key_is_good (request->key)) {
    refuse (error, "a WebSocket without a key of 16 bytes");
    return NULL;
  }
  if (g_strcmp0 (request->version, "13") != 0) {
    refuse (error, "WebSocket version %s, 13 is spoken here",
            request->version ? request->version : "none");
    return NULL;
  }
  if (request->protocol && !has_word (request->protocol, PROTOCOL)) {
    refuse (error, "WebSocket protocol %s, " PROTOCOL " is spoken here",
            request->protocol);
    return NULL;
  }
  sum = g_checksum_new (G_CHECKSUM_SHA1);
  g_checksum_update (sum, (const guchar *)request->key, -1);
  g_checksum_update (sum, (const guchar *)WEBSOCKET_GUID, -1);
  g_checksum_get_digest (sum, digest, &size);
  accept = g_base64_encode (digest, size);
  return g_strconcat (
      "HTTP/1.1 101 Switching Protocols\r\n"
      "Upgrade: websocket\r\n"
      "Connection: Upgrade\r\n"
      "Sec-WebSocket-Accept: ",
      accept, "\r\n",
      request->protocol ? "Sec-WebSocket-Protocol: " PROTOCOL "\r\n" : "",
      "\r\n", NULL);
}

static const char *
name_status (unsigned status)
{
  switch (status) {
  case 200:
    return "OK";
  case 400:
    return "Bad Request";
  case 403:
    return "Forbidden";
  case 404:
    return "Not Found";
  case 405:
    return "Method Not Allowed";
  case 431:
    return "Request Header Fields Too Large";
  default:
    return "Internal Server Error";
  }
}

/* who shows it in a frame could have it clicked unseen */
static void
append_framers (GString *answer, const char *framers)
{
  g_autofree char *words = g_strdup (framers ? framers : "");

  g_string_append_printf (
      answer, "Content-Security-Policy: frame-ancestors 'self' %s\r\n",
      g_strdelimit (words, ",;\r\n", ' '));
}

GString *
spc_http_answer (unsigned status, const char *type, gsize size,
                 const char *framers)
{
  const char *name = name_status (status);
  GString *answer = g_string_new (NULL);

  if (!type)
    size = strlen (name) + 1;
  g_string_append_printf (answer,
                          "HTTP/1.1 %u %s\r\n"
                          "Content-Type: %s\r\n"
                          "Content-Length: %" G_GSIZE_FORMAT "\r\n"
                          "%s"
                          "X-Content-Type-Options: nosniff\r\n"
                          "Cache-Control: no-cache\r\n",
                          status, name, type ? type : "text/plain", size,
                          status == 405 ? "Allow: GET, HEAD\r\n" : "");
  append_framers (answer, framers);
  g_string_append (answer, "Connection: close\r\n\r\n");
  if (!type)
    g_string_append_printf (answer, "%s\n", name);
  return answer;
}
