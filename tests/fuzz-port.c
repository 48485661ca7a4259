/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A byte-stream channel of any kind against a viewer, a producer and a consumer
 * that do what they like: what waits stays bounded, and nothing is left.
 *
 * An input is one byte of choices and a list of actions, one byte each, with
 * their values behind. */
#include "fuzz-input.h"
#include "fuzz.h"
#include "server-core/base/limits.h"
#include "server-core/channel/channel-fixture.h"
#include "server-core/port/port.h"

#include <stdlib.h>

#define LINE_BYTES 65536u
/* of one action */
#define MAX_PIECE 4096u

enum {
  KIND = 3, /* a mask */
  BROADCAST = 4,
  PACKED = 8, /* the viewer takes LZ4 */
};

typedef struct {
  ChannelFixture fixture;
  SpcPort *port;
  Viewer *viewer; /* NULL: nobody */
  uint8_t choices;
  gint n_clients; /* by what the port tells */
} Fuzz;

static void
on_news (SpcLetterKind kind, uint8_t event, uint32_t client_id,
         gpointer user_data)
{
  Fuzz *self = user_data;

  if (kind == SPC_LETTER_ATTACHED)
    self->n_clients++;
  if (kind == SPC_LETTER_DETACHED)
    self->n_clients--;
  if (self->n_clients < 0 || self->n_clients > 1)
    abort ();
}

static void
come (Fuzz *self)
{
  uint32_t caps = (self->choices & PACKED) ? 1 : 0;

  if (!self->viewer)
    self->viewer = viewer_new_slow (&self->fixture, SPC_CHANNEL (self->port),
                                    caps, LINE_BYTES);
}

static void
leave (Fuzz *self)
{
  g_clear_pointer (&self->viewer, viewer_free);
}

static size_t
take_size (Input *input)
{
  size_t n = take (input, 2);

  return MIN (n, MIN (input->size, MAX_PIECE));
}

static void
send_bytes (Fuzz *self, Input *input)
{
  size_t n = take_size (input);
  const GOutputVector piece = {input->data, n};

  if (self->viewer && n > 0)
    spc_transport_writev (self->viewer->end, &piece, 1, NULL);
  skip (input, (uint32_t)n);
}

static void
receive_bytes (Fuzz *self)
{
  uint8_t buffer[LINE_BYTES];

  if (self->viewer)
    spc_transport_read (self->viewer->end, buffer, sizeof buffer, NULL);
}

/* where the producer would wait, it does not come */
static void
produce (Fuzz *self, Input *input)
{
  size_t n = take_size (input);

  if ((self->n_clients > 0 || (self->choices & BROADCAST)) &&
      spc_port_queued_bytes (self->port) < SPC_MAX_PORT_BYTES - 2 * MAX_PIECE)
    spc_port_write (self->port, input->data, n);
  skip (input, (uint32_t)n);
}

static void
consume (Fuzz *self)
{
  SpcLetter *letter = spc_port_read (self->port, 0);

  if (!letter)
    return;
  if (letter->data && g_bytes_get_size (letter->data) > SPC_MAX_PORT_DATA)
    abort ();
  spc_port_give_back (self->port, letter);
}

static void
act (Fuzz *self, Input *input)
{
  switch (take (input, 1) % 9) {
  case 0:
    come (self);
    break;
  case 1:
    leave (self);
    break;
  case 2:
  case 3:
    send_bytes (self, input);
    break;
  case 4:
    receive_bytes (self);
    break;
  case 5:
    produce (self, input);
    break;
  case 6:
    consume (self);
    break;
  case 7:
    spc_port_post_event (self->port, (SpcPortEvent)(take (input, 1) % 3));
    break;
  case 8:
    spc_port_post_consumer (self->port, take (input, 1) % 2);
    break;
  }
  channel_fixture_settle (&self->fixture);
  if (spc_port_queued_bytes (self->port) > 2 * SPC_MAX_PORT_BYTES)
    abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  Fuzz self = {0};
  Input input = {data, size};
  SpcPortConfig config = {.name = "fuzz"};

  self.choices = (uint8_t)take (&input, 1);
  config.kind = (SpcPortKind)(self.choices & KIND);
  config.broadcast = (self.choices & BROADCAST) != 0;
  channel_fixture_init (&self.fixture);
  self.port = spc_port_new (self.fixture.server, &config);
  spc_port_set_func (self.port, on_news, &self, NULL);
  spc_server_add_channel (self.fixture.server, SPC_CHANNEL (self.port));
  spc_port_post_consumer (self.port, true);
  while (input.size > 0)
    act (&self, &input);
  leave (&self);
  channel_fixture_clear (&self.fixture);
  g_object_unref (self.port);
  return 0;
}
