/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sasl-digest.h"

#include "server-core/base/error.h"

#include <string.h>

/* RFC 2831 knows 13 of a client's, others are allowed */
#define MAX_DIRECTIVES 24u

typedef struct {
  const char *at, *end;
  const char *names[MAX_DIRECTIVES];
  gsize sizes[MAX_DIRECTIVES];
  guint n_names;
} Words;

static bool
is_token (char c)
{
  return g_ascii_isgraph (c) && !strchr ("()<>@,;:\\\"/[]?={}", c);
}

static void
skip_space (Words *words)
{
  while (words->at < words->end && strchr (" \t\r\n", *words->at) &&
         *words->at != '\0')
    words->at++;
}

static gsize
take_token (Words *words)
{
  const char *begin = words->at;

  while (words->at < words->end && is_token (*words->at))
    words->at++;
  return (gsize)(words->at - begin);
}

/* behind its first quote */
static bool
take_string (Words *words)
{
  for (; words->at < words->end && *words->at != '\0'; words->at++) {
    if (*words->at == '"') {
      words->at++;
      return true;
    }
    if (*words->at == '\\' && ++words->at == words->end)
      return false;
  }
  return false;
}

static bool
take_sign (Words *words, char sign)
{
  skip_space (words);
  if (words->at == words->end || *words->at != sign)
    return false;
  words->at++;
  skip_space (words);
  return true;
}

static bool
take_directive (Words *words)
{
  gsize size;

  if (words->n_names == MAX_DIRECTIVES)
    return false;
  words->names[words->n_names] = words->at;
  size = take_token (words);
  words->sizes[words->n_names++] = size;
  if (size == 0 || !take_sign (words, '='))
    return false;
  return take_sign (words, '"') ? take_string (words) : take_token (words) > 0;
}

static bool
is_repeated (const Words *words)
{
  guint last = words->n_names - 1;

  for (guint i = 0; i < last; i++)
    if (words->sizes[i] == words->sizes[last] &&
        g_ascii_strncasecmp (words->names[i], words->names[last],
                             words->sizes[last]) == 0)
      return true;
  return false;
}

bool
spc_sasl_digest_check (const char *data, gsize size, GError **error)
{
  Words words = {.at = data, .end = data + size};

  skip_space (&words);
  do {
    if (!take_directive (&words)) {
      g_set_error (error, SPC_ERROR, SPC_ERROR_AUTH,
                   "byte %" G_GSIZE_FORMAT " of what " SPC_SASL_DIGEST
                   " was told is none of at most %u directives name=value",
                   (gsize)(words.at - data), MAX_DIRECTIVES);
      return false;
    }
    if (is_repeated (&words)) {
      g_set_error (error, SPC_ERROR, SPC_ERROR_AUTH,
                   SPC_SASL_DIGEST " was told %.*s twice",
                   (int)MIN (words.sizes[words.n_names - 1], 32),
                   words.names[words.n_names - 1]);
      return false;
    }
  } while (take_sign (&words, ','));
  if (words.at == words.end)
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_AUTH,
               "byte %" G_GSIZE_FORMAT " of what " SPC_SASL_DIGEST
               " was told is no comma",
               (gsize)(words.at - data));
  return false;
}
