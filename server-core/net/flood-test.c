/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A peer that sends without end what comes to nothing: others have their turn
 * meanwhile. */
#include "entrance.h"
#include "net-fixture.h"
#include "transport-ws.h"

#include <string.h>

#define TOO_MANY_READS 1000

/* A line whose peer says @first once and then @pattern for ever, and takes all
 * that is written. */
typedef struct {
  SpcTransport parent;
  const char *first;
  const char *pattern;
  gsize pattern_size, position;
  guint n_reads;
} Endless;

static gssize
endless_read (SpcTransport *transport, void *buffer, gsize size, GError **error)
{
  Endless *self = (Endless *)transport;
  gsize n_first = MIN (size, strlen (self->first));

  g_assert_cmpuint (++self->n_reads, <, TOO_MANY_READS);
  if (n_first > 0) {
    memcpy (buffer, self->first, n_first);
    self->first += n_first;
    return (gssize)n_first;
  }
  for (gsize i = 0; i < size; i++)
    ((char *)buffer)[i] = self->pattern[self->position++ % self->pattern_size];
  return (gssize)size;
}

static void
endless_want (SpcTransport *transport, GIOCondition conditions)
{
}

static void
endless_close (SpcTransport *transport)
{
}

static void
endless_free (SpcTransport *transport)
{
  g_free (transport);
}

static SpcTransport *
endless_new (const char *first, const char *pattern, gsize pattern_size)
{
  static const SpcTransportClass klass = {
      .read = endless_read,
      .writev = net_swallow,
      .want = endless_want,
      .close = endless_close,
      .free = endless_free,
  };
  Endless *self = g_new0 (Endless, 1);

  spc_transport_init (&self->parent, &klass, g_strdup ("peer:1"),
                      g_strdup ("peer"));
  self->first = first;
  self->pattern = pattern;
  self->pattern_size = pattern_size;
  return &self->parent;
}

static void
check_frames (const char *frame, gsize size)
{
  SpcTransport *line = endless_new ("", frame, size);
  g_autoptr (SpcTransport) ws = spc_transport_new_ws (line);
  g_autoptr (GError) error = NULL;
  char byte;

  g_assert_cmpint (spc_transport_read (ws, &byte, 1, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_assert_cmpuint (((Endless *)line)->n_reads, >, 0);
}

static void
test_empty_frames (void)
{
  check_frames ("\x82\x80mask", 6); /* a message of nothing */
  check_frames ("\x89\x80mask", 6); /* a ping */
  check_frames ("\x8a\x84mask1234", 10);
}

typedef struct {
  guint n_passed, n_ended;
} Seen;

static void
on_passed (SpcEntrance *entrance, SpcTransport *transport, gpointer user_data)
{
  ((Seen *)user_data)->n_passed++;
  spc_transport_free (transport);
}

static void
on_ended (SpcEntrance *entrance, const char *peer, const GError *error,
          gpointer user_data)
{
  ((Seen *)user_data)->n_ended++;
}

/* a browser that has its page and goes on sending */
static void
test_endless_farewell (void)
{
  static const SpcEntranceFuncs funcs = {on_passed, on_ended};
  const SpcEntranceRules rules = {NULL};
  NetFixture net;
  Seen seen = {0};
  SpcTransport *line = endless_new ("GET / HTTP/1.1\r\n\r\n", "more", 4);

  net_fixture_init (&net);
  spc_entrance_new (net.loop, line, 60000, &rules, &funcs, &seen);
  spc_transport_notify (line, G_IO_IN);
  g_assert_cmpuint (seen.n_ended, ==, 1);
  g_assert_cmpuint (seen.n_passed, ==, 0);
  net_fixture_clear (&net);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flood/frames-without-a-payload", test_empty_frames);
  g_test_add_func ("/flood/bytes-after-a-page", test_endless_farewell);
  return g_test_run ();
}
