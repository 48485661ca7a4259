/* SPDX-License-Identifier: LGPL-2.1-or-later */
#define _GNU_SOURCE /* memmem */
#include "events.h"

#include <stdio.h>
#include <string.h>

#define HEADER "SPICE_REPLAY 1\n"
#define EVENT "\nevent "
#define LINE_MAX_BYTES 80 /* four numbers of up to 20 digits, and the word */

enum {
  WHAT_COMMAND = 0,
  WHAT_CONTROL = 1,
};

enum {
  COMMAND_UPDATE = 2,
  CONTROL_DESTROY_SURFACES = 19,
  CONTROL_CREATE_PRIMARY = 20,
  CONTROL_DESTROY_PRIMARY = 21,
  CONTROL_CREATE_PRIMARY_ASYNC = 29,
};

static gboolean
is_acted_on (guint what, guint type)
{
  if (what == WHAT_COMMAND)
    return type != COMMAND_UPDATE;
  return type == CONTROL_DESTROY_SURFACES || type == CONTROL_CREATE_PRIMARY ||
         type == CONTROL_DESTROY_PRIMARY ||
         type == CONTROL_CREATE_PRIMARY_ASYNC;
}

/* @line: behind "event " */
static gboolean
parse_line (const char *line, gsize size, guint counter, guint *what,
            guint *type, gint64 *time_ns)
{
  char text[LINE_MAX_BYTES + 1];
  gsize length = MIN (size, LINE_MAX_BYTES);
  guint64 number, time;
  int end = 0;

  memcpy (text, line, length);
  text[length] = '\0';
  if (sscanf (text, "%" G_GUINT64_FORMAT " %u %u %" G_GUINT64_FORMAT "%n",
              &number, what, type, &time, &end) != 4 ||
      number != counter || *what > WHAT_CONTROL || text[end] != '\n')
    return FALSE;
  *time_ns = (gint64)time;
  return TRUE;
}

GArray *
feeder_events_find (const char *recording, gsize size)
{
  const char *end = recording + size, *at;
  gint64 first_ns = 0, time_ns;
  guint counter = 0, what, type;

  if (size < strlen (HEADER) || memcmp (recording, HEADER, strlen (HEADER)))
    return NULL;
  GArray *events = g_array_new (FALSE, FALSE, sizeof (FeederEvent));
  at = recording + strlen (HEADER) - 1;
  while ((at = memmem (at, (gsize)(end - at), EVENT, strlen (EVENT)))) {
    at += strlen (EVENT);
    if (!parse_line (at, (gsize)(end - at), counter, &what, &type, &time_ns))
      continue;
    if (counter++ == 0)
      first_ns = time_ns;
    if (is_acted_on (what, type)) {
      FeederEvent event = {time_ns - first_ns, what == WHAT_COMMAND};
      g_array_append_val (events, event);
    }
  }
  return events;
}
