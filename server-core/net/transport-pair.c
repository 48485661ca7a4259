/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two transports joined in memory. Each end has a source on the loop whose
 * readiness is computed from the two pipes between them, so nothing has to be
 * woken up: both ends live on the loop thread. */
#include "transport.h"

#include <string.h>

/* bytes under way in one direction */
typedef struct {
  GByteArray *bytes;
  bool is_ended; /* nothing more will come */
  bool is_deaf;  /* nobody will read */
} Pipe;

/* what both ends hold */
typedef struct {
  guint ref_count;
  gsize capacity;
  Pipe pipes[2];
} Line;

typedef struct {
  SpcTransport parent;
  Line *line;
  Pipe *in, *out; /* inside @line */
  GSource *source;
  GIOCondition wanted;
} Pair;

typedef struct {
  GSource source;
  Pair *pair; /* not owned; it destroys the source before it goes */
} PairSource;

static void
line_unref (Line *line)
{
  if (--line->ref_count > 0)
    return;
  g_byte_array_unref (line->pipes[0].bytes);
  g_byte_array_unref (line->pipes[1].bytes);
  g_free (line);
}

static GIOCondition
ready_conditions (const Pair *self)
{
  GIOCondition ready = 0;
  bool is_broken = self->out->is_deaf;

  if (self->in->bytes->len > 0 || self->in->is_ended || is_broken)
    ready |= G_IO_IN;
  if (self->out->bytes->len < self->line->capacity || is_broken)
    ready |= G_IO_OUT;
  /* like a socket: a broken line shows whatever is wanted */
  if (is_broken && self->wanted != 0)
    return (self->wanted & G_IO_OUT) | G_IO_IN;
  return ready & self->wanted;
}

static gboolean
source_is_ready (GSource *source)
{
  return ready_conditions (((PairSource *)source)->pair) != 0;
}

static gboolean
prepare (GSource *source, gint *timeout_ms)
{
  *timeout_ms = -1;
  return source_is_ready (source);
}

static gboolean
dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  Pair *self = ((PairSource *)source)->pair;
  GIOCondition ready = ready_conditions (self);

  if (ready != 0)
    spc_transport_notify (&self->parent, ready);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {prepare, source_is_ready, dispatch};

static gssize
pair_read (SpcTransport *transport, void *buffer, gsize size, GError **error)
{
  Pair *self = (Pair *)transport;
  GByteArray *bytes = self->in->bytes;
  gsize n = MIN (size, bytes->len);

  if (n == 0 && size > 0 && !self->in->is_ended) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                         "nothing to read yet");
    return -1;
  }
  if (n > 0) {
    memcpy (buffer, bytes->data, n);
    g_byte_array_remove_range (bytes, 0, n);
  }
  return (gssize)n;
}

static gssize
pair_writev (SpcTransport *transport, const GOutputVector *pieces, guint n,
             GError **error)
{
  Pair *self = (Pair *)transport;
  GByteArray *bytes = self->out->bytes;
  gsize room = self->line->capacity - bytes->len;
  gsize left = room;

  if (self->out->is_deaf || self->out->is_ended) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE,
                 "%s: the other end is closed", transport->peer);
    return -1;
  }
  if (room == 0) {
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK,
                         "no room to write");
    return -1;
  }
  for (guint i = 0; i < n && left > 0; i++) {
    gsize taken = MIN (pieces[i].size, left);

    g_byte_array_append (bytes, pieces[i].buffer, taken);
    left -= taken;
  }
  return (gssize)(room - left);
}

static void
pair_want (SpcTransport *transport, GIOCondition conditions)
{
  ((Pair *)transport)->wanted = conditions;
}

static void
pair_shutdown (SpcTransport *transport)
{
  ((Pair *)transport)->out->is_ended = true;
}

static void
pair_close (SpcTransport *transport)
{
  Pair *self = (Pair *)transport;

  self->out->is_ended = true;
  self->in->is_deaf = true;
  g_byte_array_set_size (self->in->bytes, 0);
  g_source_destroy (self->source);
}

static void
pair_free (SpcTransport *transport)
{
  Pair *self = (Pair *)transport;

  g_source_unref (self->source);
  line_unref (self->line);
  g_free (self);
}

static gsize
pair_unsent (SpcTransport *transport)
{
  return ((Pair *)transport)->out->bytes->len;
}

static const SpcTransportClass pair_class = {
    .read = pair_read,
    .writev = pair_writev,
    .want = pair_want,
    .shutdown = pair_shutdown,
    .close = pair_close,
    .free = pair_free,
    .unsent = pair_unsent,
};

static SpcTransport *
pair_new (SpcLoop *loop, Line *line, guint side)
{
  Pair *self = g_new0 (Pair, 1);

  spc_transport_init (&self->parent, &pair_class,
                      g_strdup_printf ("pair:%u", side), g_strdup ("pair"));
  self->line = line;
  line->ref_count++;
  self->out = &line->pipes[side];
  self->in = &line->pipes[1 - side];
  self->source = g_source_new (&source_funcs, sizeof (PairSource));
  ((PairSource *)self->source)->pair = self;
  g_source_attach (self->source, spc_loop_context (loop));
  return &self->parent;
}

void
spc_transport_new_pair (SpcLoop *loop, gsize capacity, SpcTransport **a,
                        SpcTransport **b)
{
  Line *line = g_new0 (Line, 1);

  g_return_if_fail (capacity > 0 && capacity <= G_MAXINT);
  line->capacity = capacity;
  line->pipes[0].bytes = g_byte_array_new ();
  line->pipes[1].bytes = g_byte_array_new ();
  *a = pair_new (loop, line, 0);
  *b = pair_new (loop, line, 1);
}
