/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "channel-security.h"

#include "server-core/base/error.h"
#include "server-core/wire/protocol.h"

#include <string.h>

#define ALL_TYPES 0u

static const struct {
  const char *name;
  unsigned type;
} channels[] = {
    {"default", ALL_TYPES},
    {"all", ALL_TYPES},
    {"main", SPICE_CHANNEL_MAIN},
    {"display", SPICE_CHANNEL_DISPLAY},
    {"inputs", SPICE_CHANNEL_INPUTS},
    {"cursor", SPICE_CHANNEL_CURSOR},
    {"playback", SPICE_CHANNEL_PLAYBACK},
    {"record", SPICE_CHANNEL_RECORD},
    {"smartcard", SPICE_CHANNEL_SMARTCARD},
    {"usbredir", SPICE_CHANNEL_USBREDIR},
    {"port", SPICE_CHANNEL_PORT},
    {"webdav", SPICE_CHANNEL_WEBDAV},
};

static const char *const words[] = {
    [SPC_SECURITY_OPTIONAL] = "optional",
    [SPC_SECURITY_REQUIRED] = "required",
    [SPC_SECURITY_NONE] = "none",
};

static bool
find_word (const char *text, SpcSecurity *word, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (text, words[i])) {
      *word = i;
      return true;
    }
  g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS,
               "\"%s\" is none of none, optional, required", text);
  return false;
}

static bool
find_channel (const char *text, unsigned *type, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (channels); i++)
    if (g_str_equal (text, channels[i].name)) {
      *type = channels[i].type;
      return true;
    }
  g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS,
               "\"%s\" is no channel: there are default, main, display, "
               "inputs, cursor, playback, record, smartcard, usbredir, port, "
               "webdav",
               text);
  return false;
}

static void
set (SpcSecurity *security, unsigned type, SpcSecurity word)
{
  if (type != ALL_TYPES)
    security[type] = word;
  for (unsigned i = 0; type == ALL_TYPES && i < SPC_N_CHANNEL_TYPES; i++)
    security[i] = word;
}

/* "main=required", or a word alone */
static bool
parse_part (char *part, SpcSecurity *security, GError **error)
{
  char *equals = strchr (part, '=');
  unsigned type = ALL_TYPES;
  SpcSecurity word;

  if (equals)
    *equals = '\0';
  if (!find_word (g_strstrip (equals ? equals + 1 : part), &word, error) ||
      (equals && !find_channel (g_strstrip (part), &type, error)))
    return false;
  set (security, type, word);
  return true;
}

bool
spc_channel_security_parse (const char *text,
                            SpcSecurity security[SPC_N_CHANNEL_TYPES],
                            GError **error)
{
  SpcSecurity parsed[SPC_N_CHANNEL_TYPES] = {SPC_SECURITY_OPTIONAL};
  g_auto (GStrv) parts = g_strsplit_set (text ? text : "", ";,", -1);

  for (char **part = parts; *part; part++)
    if (*g_strstrip (*part) != '\0' && !parse_part (*part, parsed, error))
      return false;
  memcpy (security, parsed, sizeof parsed);
  return true;
}

static bool
is_to_be_had (SpcSecurity word, bool has_plain, bool has_secure)
{
  return word == SPC_SECURITY_REQUIRED ? has_secure
         : word == SPC_SECURITY_NONE   ? has_plain
                                       : true;
}

bool
spc_channel_security_check (const SpcSecurity *security, bool has_plain,
                            bool has_secure, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (channels); i++) {
    unsigned type = channels[i].type;

    if (type == ALL_TYPES ||
        is_to_be_had (security[type], has_plain, has_secure))
      continue;
    g_set_error (error, SPC_ERROR, SPC_ERROR_SETTINGS,
                 has_secure
                     ? "channel-security keeps \"%s\" off TLS, and there "
                       "is neither port nor unix-path"
                     : "channel-security requires TLS of \"%s\", and "
                       "there is no tls-port",
                 channels[i].name);
    return false;
  }
  return true;
}

unsigned
spc_channel_security_judge (const SpcSecurity *security, unsigned channel_type,
                            bool is_secure)
{
  SpcSecurity word = channel_type < SPC_N_CHANNEL_TYPES ? security[channel_type]
                                                        : SPC_SECURITY_OPTIONAL;

  if (word == SPC_SECURITY_REQUIRED && !is_secure)
    return SPICE_LINK_ERR_NEED_SECURED;
  if (word == SPC_SECURITY_NONE && is_secure)
    return SPICE_LINK_ERR_NEED_UNSECURED;
  return SPICE_LINK_ERR_OK;
}
