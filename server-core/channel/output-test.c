/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of framing and gathered writing: what output.h promises. */
#include "output.h"

#include "server-core/net/net-fixture.h"

typedef struct {
  NetFixture net;
  SpcTransport *near, *far; /* ours, the peer's */
  SpcOutput output;
  GByteArray *got;
  uint64_t written;
} Fixture;

static void
fixture_init (Fixture *self, bool mini_header, gsize capacity)
{
  *self = (Fixture){.got = g_byte_array_new ()};
  net_fixture_init (&self->net);
  spc_transport_new_pair (self->net.loop, capacity, &self->near, &self->far);
  spc_output_init (&self->output, mini_header, false);
}

static void
fixture_clear (Fixture *self)
{
  spc_output_clear (&self->output);
  spc_transport_free (self->near);
  spc_transport_free (self->far);
  net_fixture_clear (&self->net);
  g_byte_array_unref (self->got);
}

static void
take_all (Fixture *self)
{
  uint8_t buffer[4096];
  gssize n;

  while ((n = spc_transport_read (self->far, buffer, sizeof buffer, NULL)) > 0)
    g_byte_array_append (self->got, buffer, (guint)n);
}

static SpcOutputState
flush (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  SpcOutputState state =
      spc_output_flush (&self->output, self->near, &self->written, &error);

  g_assert_true ((state == SPC_OUTPUT_FAILED) == (error != NULL));
  return state;
}

/* an empty one, one with bytes, one with a piece by reference between */
static void
write_three (SpcOutput *output)
{
  g_autoptr (GBytes) piece = g_bytes_new_static ("piece", 5);

  spc_output_begin (output, 0x0102);
  g_assert_cmpuint (spc_output_body_size (output), ==, 0);
  spc_output_end (output);
  spc_output_begin (output, 4);
  qxl_writer_u32 (output->writer, 0x11223344);
  g_assert_cmpuint (spc_output_body_size (output), ==, 4);
  spc_output_end (output);
  spc_output_begin (output, 5);
  qxl_writer_u8 (output->writer, 'a');
  qxl_writer_ref (output->writer, piece);
  qxl_writer_u8 (output->writer, 'b');
  g_assert_cmpuint (spc_output_body_size (output), ==, 7);
  spc_output_end (output);
}

static const uint8_t short_form[] = {
    2, 1, 0, 0, 0, 0,                         /* */
    4, 0, 4, 0, 0, 0, 0x44, 0x33, 0x22, 0x11, /* */
    5, 0, 7, 0, 0, 0, 'a',  'p',  'i',  'e',  'c', 'e', 'b',
};

static const uint8_t long_form[] = {
    1,    0,    0,    0,    0,   0,   0,   0, 2,
    1,    0,    0,    0,    0,   0,   0,   0, 0, /* */
    2,    0,    0,    0,    0,   0,   0,   0, 4,
    0,    4,    0,    0,    0,   0,   0,   0, 0, /* */
    0x44, 0x33, 0x22, 0x11,                      /* */
    3,    0,    0,    0,    0,   0,   0,   0, 5,
    0,    7,    0,    0,    0,   0,   0,   0, 0, /* */
    'a',  'p',  'i',  'e',  'c', 'e', 'b',
};

typedef struct {
  bool mini_header;
  const uint8_t *bytes;
  gsize size;
} Form;

static const Form forms[] = {
    {true, short_form, sizeof short_form},
    {false, long_form, sizeof long_form},
};

static void
test_framing (gconstpointer user_data)
{
  const Form *form = user_data;
  Fixture fixture;

  fixture_init (&fixture, form->mini_header, 4096);
  g_assert_cmpint (flush (&fixture), ==, SPC_OUTPUT_EMPTY);
  write_three (&fixture.output);
  g_assert_cmpuint (spc_output_backlog (&fixture.output), ==, form->size);
  g_assert_cmpint (flush (&fixture), ==, SPC_OUTPUT_EMPTY);
  take_all (&fixture);
  g_assert_cmpmem (fixture.got->data, fixture.got->len, form->bytes,
                   form->size);
  g_assert_cmpuint (fixture.written, ==, form->size);
  g_assert_cmpuint (spc_output_backlog (&fixture.output), ==, 0);
  g_assert_cmpuint (fixture.output.serial, ==, 3);
  fixture_clear (&fixture);
}

/* a transport that takes 1, 2, 3 … bytes at a time cuts everywhere */
static void
test_every_cut (gconstpointer user_data)
{
  const Form *form = user_data;

  for (gsize capacity = 1; capacity <= form->size; capacity++) {
    Fixture fixture;
    guint n_rounds = 1;

    fixture_init (&fixture, form->mini_header, capacity);
    write_three (&fixture.output);
    for (; flush (&fixture) == SPC_OUTPUT_BLOCKED; n_rounds++) {
      g_assert_cmpuint (spc_output_backlog (&fixture.output), ==,
                        form->size - fixture.written);
      take_all (&fixture);
    }
    take_all (&fixture);
    g_assert_cmpuint (n_rounds, ==, (form->size + capacity - 1) / capacity);
    g_assert_cmpmem (fixture.got->data, fixture.got->len, form->bytes,
                     form->size);
    fixture_clear (&fixture);
  }
}

/* messages built while older bytes wait come behind them */
static void
test_built_while_blocked (void)
{
  Fixture fixture;

  fixture_init (&fixture, true, 7);
  write_three (&fixture.output);
  g_assert_cmpint (flush (&fixture), ==, SPC_OUTPUT_BLOCKED);
  write_three (&fixture.output);
  while (flush (&fixture) == SPC_OUTPUT_BLOCKED)
    take_all (&fixture);
  take_all (&fixture);
  g_assert_cmpuint (fixture.got->len, ==, 2 * sizeof short_form);
  g_assert_cmpmem (fixture.got->data, sizeof short_form, short_form,
                   sizeof short_form);
  g_assert_cmpmem (fixture.got->data + sizeof short_form, sizeof short_form,
                   short_form, sizeof short_form);
  fixture_clear (&fixture);
}

/* more pieces than one gathered write takes */
static void
test_many_pieces (void)
{
  g_autoptr (GBytes) piece = g_bytes_new_static ("xyz", 3);
  Fixture fixture;

  fixture_init (&fixture, true, 1 << 20);
  for (guint i = 0; i < 1000; i++) {
    spc_output_begin (&fixture.output, 1);
    qxl_writer_ref (fixture.output.writer, piece);
    spc_output_end (&fixture.output);
  }
  g_assert_cmpint (flush (&fixture), ==, SPC_OUTPUT_EMPTY);
  take_all (&fixture);
  g_assert_cmpuint (fixture.got->len, ==, 9000);
  for (guint i = 0; i < 1000; i++)
    g_assert_cmpmem (fixture.got->data + 9 * i, 9, "\1\0\3\0\0\0xyz", 9);
  fixture_clear (&fixture);
}

static void
test_peer_gone (void)
{
  Fixture fixture;

  fixture_init (&fixture, true, 100);
  write_three (&fixture.output);
  spc_transport_close (fixture.far);
  g_assert_cmpint (flush (&fixture), ==, SPC_OUTPUT_FAILED);
  g_assert_cmpuint (fixture.written, ==, 0);
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/output/framing/short-header", &forms[0],
                        test_framing);
  g_test_add_data_func ("/output/framing/long-header", &forms[1], test_framing);
  g_test_add_data_func ("/output/cut-anywhere/short-header", &forms[0],
                        test_every_cut);
  g_test_add_data_func ("/output/cut-anywhere/long-header", &forms[1],
                        test_every_cut);
  g_test_add_func ("/output/later-messages-stay-behind",
                   test_built_while_blocked);
  g_test_add_func ("/output/any-number-of-pieces", test_many_pieces);
  g_test_add_func ("/output/a-peer-that-is-gone-is-a-failure", test_peer_gone);
  return g_test_run ();
}
