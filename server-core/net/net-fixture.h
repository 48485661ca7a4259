/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* net-fixture.h – for tests: a loop run by hand, and waiting with a deadline.
 */
#pragma once

#include "transport.h"

typedef struct {
  GMainContext *context;
  SpcLoop *loop;
} NetFixture;

static inline void
net_fixture_init (NetFixture *self)
{
  self->context = g_main_context_new ();
  self->loop = spc_loop_new (self->context);
  g_assert_true (g_main_context_acquire (self->context));
}

static inline void
net_fixture_clear (NetFixture *self)
{
  spc_loop_stop (self->loop);
  spc_loop_unref (self->loop);
  g_main_context_release (self->context);
  g_main_context_unref (self->context);
}

static inline gboolean
net_fixture_fail (gpointer user_data)
{
  g_error ("waited too long for: %s", (const char *)user_data);
  return G_SOURCE_REMOVE;
}

static inline GSource *
net_fixture_watchdog (NetFixture *self, const char *what)
{
  GSource *source = g_timeout_source_new_seconds (30);

  g_source_set_callback (source, net_fixture_fail, (gpointer)what, NULL);
  g_source_attach (source, self->context);
  return source;
}

/* runs the loop until @condition holds */
#define NET_RUN_UNTIL(fixture, condition)                                      \
  G_STMT_START                                                                 \
  {                                                                            \
    GSource *watchdog_ = net_fixture_watchdog (fixture, #condition);           \
    while (!(condition))                                                       \
      g_main_context_iteration ((fixture)->context, TRUE);                     \
    g_source_destroy (watchdog_);                                              \
    g_source_unref (watchdog_);                                                \
  }                                                                            \
  G_STMT_END

/* runs what is ready; returns how many rounds had something to do */
static inline guint
net_fixture_run_ready (NetFixture *self, guint max_rounds)
{
  guint n = 0;

  while (n < max_rounds && g_main_context_iteration (self->context, FALSE))
    n++;
  return n;
}

static inline gssize
net_write (SpcTransport *transport, const void *data, gsize size,
           GError **error)
{
  GOutputVector piece = {data, size};

  return spc_transport_writev (transport, &piece, 1, error);
}

/* the writev of a transport that takes all and keeps nothing */
static inline gssize
net_swallow (SpcTransport *transport, const GOutputVector *pieces, guint n,
             GError **error)
{
  gssize sum = 0;

  for (guint i = 0; i < n; i++)
    sum += (gssize)pieces[i].size;
  return sum;
}

/* how many descriptors this process has open */
static inline guint
net_n_descriptors (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}
