/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Byte streams and clients one after the other, or beside each other: what is
 * one's is not another's, and who comes and goes leaves nothing behind. */
#include "port.h"

#include "server-core/base/limits.h"
#include "server-core/channel/channel-fixture.h"
#include "server-core/wire/protocol.h"

#include <string.h>

/* ReaderAdd of a client, without a name */
#define ADD_READER "101:030000000000000000000000"

typedef struct {
  ChannelFixture fixture;
  SpcPort *port;
} Test;

static void
test_init (Test *self, const SpcPortConfig *config)
{
  channel_fixture_init (&self->fixture);
  self->port = spc_port_new (self->fixture.server, config);
  spc_server_add_channel (self->fixture.server, SPC_CHANNEL (self->port));
  spc_port_post_consumer (self->port, true);
  channel_fixture_settle (&self->fixture);
}

static void
test_clear (Test *self)
{
  channel_fixture_clear (&self->fixture);
  g_object_unref (self->port);
}

static Viewer *
join (Test *self)
{
  return viewer_new (&self->fixture, SPC_CHANNEL (self->port), 0);
}

/* letters that wait for the consumer, of a kind */
static guint
take_letters (Test *self, SpcLetterKind kind)
{
  SpcLetter *letter;
  guint n = 0;

  while ((letter = spc_port_read (self->port, 0))) {
    n += letter->kind == kind;
    spc_port_give_back (self->port, letter);
  }
  return n;
}

/* so much that no more is taken of anybody */
static void
fill (Viewer *viewer)
{
  g_autofree char *hex = g_strnfill (2 * SPC_PORT_BLOCK_BYTES, '6');
  g_autofree char *message = g_strconcat ("101:", hex, NULL);

  for (guint i = 0; i < SPC_MAX_PORT_BYTES / SPC_PORT_BLOCK_BYTES; i++)
    viewer_send (viewer, message);
}

static void
comers_and_goers_do_not_pile_up (void)
{
  const SpcPortConfig config = {.name = "chat"};
  Viewer *viewer;
  Test self;

  test_init (&self, &config);
  viewer = join (&self);
  fill (viewer);
  viewer_free (viewer);
  for (guint i = 0; i < 100; i++)
    viewer_free (join (&self));
  g_assert_cmpuint (take_letters (&self, SPC_LETTER_ATTACHED), ==, 1);
  /* with room, each is told of */
  viewer_free (join (&self));
  viewer_free (join (&self));
  g_assert_cmpuint (take_letters (&self, SPC_LETTER_DETACHED), ==, 2);
  test_clear (&self);
}

static void
a_broadcast_hears_no_smartcards (void)
{
  const SpcPortConfig config = {
      .kind = SPC_PORT_SMARTCARD, .name = "cards", .broadcast = true};
  Viewer *viewer;
  Test self;

  test_init (&self, &config);
  viewer = join (&self);
  viewer_send (viewer, ADD_READER);
  g_assert_false (viewer_is_closed (viewer));
  g_assert_cmpuint (take_letters (&self, SPC_LETTER_DATA), ==, 0);
  viewer_free (viewer);
  test_clear (&self);
}

/* bytes of one that has left do not go along with the next */
static void
a_client_takes_its_own_bytes_along (void)
{
  static const char *const texts[] = {"mine", "not ", "yours"};
  SpcLetters *letters = spc_letters_new (1000);
  g_autoptr (GBytes) taken = NULL;
  guint n_left = 0;
  SpcLetter *letter;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    if (i != 2)
      spc_letters_push (letters,
                        spc_letter_new_client (SPC_LETTER_ATTACHED, i + 1));
    spc_letters_push (letters,
                      spc_letter_new_data (texts[i], strlen (texts[i])));
  }
  taken = spc_letters_take_data (letters);
  g_assert_cmpmem (g_bytes_get_data (taken, NULL), g_bytes_get_size (taken),
                   "not yours", strlen ("not yours"));
  while ((letter = spc_letters_pop (letters, 0))) {
    n_left++;
    spc_letters_give_back (letters, letter);
  }
  g_assert_cmpuint (n_left, ==, 3);
  g_assert_cmpuint (spc_letters_bytes (letters), ==, 0);
  spc_letters_unref (letters);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/port-guests/comers-and-goers-do-not-pile-up",
                   comers_and_goers_do_not_pile_up);
  g_test_add_func ("/port-guests/a-broadcast-hears-no-smartcards",
                   a_broadcast_hears_no_smartcards);
  g_test_add_func ("/port-guests/a-client-takes-its-own-bytes-along",
                   a_client_takes_its_own_bytes_along);
  return g_test_run ();
}
