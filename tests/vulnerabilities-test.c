/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was once published of servers, shared decoders and agents of this
 * protocol, tried on ours by those who connect: docs/hardening.md has the list.
 * Whoever tries is refused or thrown out, and a bystander notices nothing. */
#include "hardening-fixture.h"
#include "server-core/wire/messages-main.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define NO_END 0xffffffffu

/* CVE-2013-4130: sockets are reset while the server tells something to all */

#define N_VICTIMS 6u

static void
reset (GSocket *socket)
{
  const struct linger at_once = {.l_onoff = 1};

  g_assert_cmpint (setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_LINGER,
                               &at_once, sizeof at_once),
                   ==, 0);
}

static WireClient *
join_to_be_reset (Hardening *rig)
{
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN};
  GSocket *socket = hardening_dial (rig);
  WireClient *client;

  spc_caps_set (&setup.channel_caps, SPICE_MAIN_CAP_NAME_AND_UUID);
  reset (socket);
  client = wire_client_new (
      spc_transport_new_socket (rig->session.net.loop, socket), &setup);
  NET_RUN_UNTIL (&rig->session.net, client->link_code == SPICE_LINK_ERR_OK);
  return client;
}

static void
test_reset_while_all_are_told (void)
{
  WireClient *victims[N_VICTIMS], *inputs[N_VICTIMS];
  Hardening rig;

  hardening_init (&rig);
  for (guint round = 0; round < 3; round++) {
    for (guint i = 0; i < N_VICTIMS; i++) {
      victims[i] = join_to_be_reset (&rig);
      NET_RUN_UNTIL (&rig.session.net,
                     wire_client_find (victims[i], SPICE_MSG_MAIN_INIT, 0) !=
                         NULL);
      inputs[i] = hardening_open (&rig, victims[i], HARDENING_INPUTS);
    }
    for (guint i = 0; i < N_VICTIMS; i++) {
      wire_client_free (i % 2 ? inputs[i] : victims[i]);
      spc_server_set_name (rig.session.server, i % 2 ? "one" : "other");
      spc_server_set_keyboard_leds (rig.session.server, (uint8_t)(i % 8));
    }
    hardening_check_bystander (&rig);
    for (guint i = 0; i < N_VICTIMS; i++)
      wire_client_free (i % 2 ? victims[i] : inputs[i]);
    NET_RUN_UNTIL (&rig.session.net, hardening_n_clients (&rig) == 1);
  }
  hardening_clear (&rig);
}

/* CVE-2013-4282: what is in a ticket is longer than a password may be. One
 * address has few tries at once; ticket-test has all lengths. */
static void
test_long_passwords (void)
{
  static const guint lengths[] = {SPC_MAX_PASSWORD + 1, 72, 85};
  g_autofree char *right = g_strnfill (SPC_MAX_PASSWORD, 'a');
  Hardening rig;

  hardening_init (&rig);
  spc_server_set_password (rig.session.server, right, 0);
  spc_server_set_anonymous (rig.session.server, false);
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++) {
    g_autofree char *longer = g_strnfill (lengths[i], 'a');
    const WireClientSetup setup = {.channel_type = SPICE_CHANNEL_MAIN,
                                   .password = longer};
    g_autoptr (WireClient) client = hardening_link (&rig, &setup);

    g_assert_cmpint (client->link_code, ==, SPICE_LINK_ERR_PERMISSION_DENIED);
    hardening_check_ended (&rig, client);
  }
  hardening_clear (&rig);
}

/* CVE-2016-0749: readers with long names, which go nowhere */
static void
add_reader (Intruder *intruder, uint32_t length, uint32_t given)
{
  const uint32_t head[] = {GUINT32_TO_LE (SPC_VSC_READER_ADD),
                           GUINT32_TO_LE (SPC_VSC_NO_READER),
                           GUINT32_TO_LE (length)};
  g_autoptr (GByteArray) body = g_byte_array_new ();
  g_autofree uint8_t *name = g_malloc (given);

  memset (name, 'n', given);
  g_byte_array_append (body, (const uint8_t *)head, sizeof head);
  g_byte_array_append (body, name, given);
  intruder_send (intruder, SPICE_MSGC_SMARTCARD_DATA, body->len, body->data,
                 body->len);
}

static gsize
bytes_for_the_device (Hardening *rig)
{
  SpcPort *port = SPC_PORT (rig->channels[HARDENING_SMARTCARD]);
  SpcLetter *letter;
  gsize n = 0;

  while ((letter = spc_port_read (port, 0)) != NULL) {
    if (letter->data != NULL)
      n += g_bytes_get_size (letter->data);
    spc_port_give_back (port, letter);
  }
  return n;
}

static void
test_long_reader_names (void)
{
  static const struct {
    uint32_t length, given;
    bool is_taken;
  } rows[] = {
      {SPC_MAX_VSC_BODY, SPC_MAX_VSC_BODY, true},
      {SPC_MAX_VSC_BODY + 1, SPC_MAX_VSC_BODY + 1, false},
      {NO_END, 8, false},
      {9, 8, false},
  };
  Hardening rig;

  hardening_init (&rig);
  spc_port_post_consumer (SPC_PORT (rig.channels[HARDENING_SMARTCARD]), true);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    Intruder *intruder = intruder_new (&rig, HARDENING_SMARTCARD);

    add_reader (intruder, rows[i].length, rows[i].given);
    g_assert_cmpint (intruder_is_out (intruder), ==, !rows[i].is_taken);
    g_assert_cmpuint (bytes_for_the_device (&rig), ==,
                      rows[i].is_taken ? 12 : 0);
    intruder_free (intruder);
    bytes_for_the_device (&rig); /* the reader is taken away again */
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
}

/* CVE-2016-9577: messages on main beyond any buffer, by their header alone */
static void
test_large_messages_on_main (void)
{
  static const uint32_t sizes[] = {26624,      26625,       65536,
                                   G_MAXINT32, 0x80000000u, NO_END};
  const SpcMessageHandler *handlers;
  Hardening rig;
  guint n;

  hardening_init (&rig);
  handlers = hardening_handlers (&rig, HARDENING_MAIN, &n);
  g_assert_cmpuint (n, >, 10);
  for (guint i = 0; i < n; i++)
    for (guint j = 0; j < G_N_ELEMENTS (sizes); j++) {
      g_autoptr (Intruder) intruder = intruder_new (&rig, HARDENING_MAIN);

      intruder_send (intruder, handlers[i].type, sizes[j], NULL, 0);
      g_assert_true (intruder_is_out (intruder));
    }
  hardening_clear (&rig);
}

/* CVE-2016-9578: link messages whose sizes and counts are not to be believed */

typedef struct {
  uint32_t size; /* 0: as the message is */
  uint32_t n_common, n_channel, offset;
} BadLink;

static const BadLink bad_links[] = {
    {0xaaaaaaaau, 0, 0, SPC_LINK_MESS_SIZE},
    {NO_END, 0, 0, SPC_LINK_MESS_SIZE},
    {4097, 0, 0, SPC_LINK_MESS_SIZE},
    {17, 0, 0, SPC_LINK_MESS_SIZE},
    {0, 1025, 0, SPC_LINK_MESS_SIZE},
    {0, 0x40000000u, 0, SPC_LINK_MESS_SIZE},
    {0, 0x80000000u, 0x80000001u, SPC_LINK_MESS_SIZE},
    {0, NO_END, 2, SPC_LINK_MESS_SIZE},
    {0, 1, 0, SPC_LINK_MESS_SIZE},
    {0, 1, 0, 0xfffffffcu},
    {0, 1, 0, 17},
};

static void
test_bad_links (void)
{
  Hardening rig;

  hardening_init (&rig);
  for (guint i = 0; i < G_N_ELEMENTS (bad_links); i++) {
    const BadLink *bad = &bad_links[i];
    const SpcLinkMess mess = {.channel_type = SPICE_CHANNEL_MAIN,
                              .num_common_caps = bad->n_common,
                              .num_channel_caps = bad->n_channel,
                              .caps_offset = bad->offset};
    g_autoptr (RawLine) line = raw_line_new (&rig);

    g_test_message ("size %u, %u and %u words at %u", bad->size, bad->n_common,
                    bad->n_channel, bad->offset);
    raw_line_say_link (line, bad->size != 0 ? bad->size : SPC_LINK_MESS_SIZE,
                       &mess);
    NET_RUN_UNTIL (&rig.session.net, line->is_closed);
    g_assert_cmpuint (raw_line_answer (line), ==, SPICE_LINK_ERR_INVALID_DATA);
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
}

/* CVE-2017-7506: more monitors are announced than come, or than there can be */

typedef struct {
  uint32_t size;  /* the body's, as its header has it */
  uint32_t n;     /* of monitors, as the body has it */
  uint32_t given; /* monitors that come: 20 bytes each */
} BadMonitors;

static const BadMonitors bad_monitors[] = {
    {8, NO_END, 0},        {8, 1, 0},           {28, 2, 1},
    {28, NO_END, 1},       {28, 0x0ccccccd, 1}, /* × 20 wraps to 4 */
    {8 + 17 * 20, 17, 17}, {7, 0, 0},           {NO_END, 1, 1},
};

static void
test_more_monitors_than_come (void)
{
  Hardening rig;

  hardening_init (&rig);
  for (guint i = 0; i < G_N_ELEMENTS (bad_monitors); i++) {
    const BadMonitors *bad = &bad_monitors[i];
    g_autoptr (AgentClient) client = agent_client_start (&rig.session, 10, 0);
    uint32_t body[2 + 17 * 5] = {GUINT32_TO_LE (bad->n), 0};

    for (guint j = 2; j < G_N_ELEMENTS (body); j++)
      body[j] = GUINT32_TO_LE (640);
    agent_client_send_start (client, VD_AGENT_MONITORS_CONFIG, bad->size, body,
                             MIN (bad->size, 8 + 20 * bad->given));
    hardening_check_ended (&rig, client->main);
  }
  g_assert_cmpuint (rig.n_monitor_wishes, ==, 0);
  hardening_clear (&rig);
}

/* CVE-2017-12194, CVE-2018-10873: counts and lengths that wrap in 32 bits, and
 * messages that end within what must be there; those of the server's own
 * messages too, since a viewer's parser may be made of the same tables */

static bool
reads (const QxlField *fields, void *message, const uint32_t *words, gsize n)
{
  g_autofree uint8_t *copy = g_memdup2 (words, n);
  QxlReader reader;

  qxl_reader_init (&reader, copy, n);
  qxl_fields_read (fields, message, &reader);
  return qxl_reader_finish (&reader, "test", NULL);
}

static void
test_counts_that_wrap (void)
{
  static const uint32_t counts[] = {0x80000002u, NO_END, 0x7fffffffu, 65u, 3u};
  SpcChannelsList *list = g_new0 (SpcChannelsList, 1);
  SpcMainName name;

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
    const uint32_t words[] = {GUINT32_TO_LE (counts[i]), 0x00020001u};

    g_assert_false (
        reads (spc_channels_list_fields, list, words, sizeof words));
  }
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++) {
    const uint32_t words[] = {GUINT32_TO_LE (NO_END - 19 - i), 0};

    g_assert_true (!reads (spc_main_name_fields, &name, words, sizeof words) ||
                   name.name.size <= sizeof words);
  }
  g_free (list);
}

/* a message of each size, of zeros and of ones: those its channel's table does
 * not allow are refused, the others end nothing but who sends them */
static void
try_sizes (Hardening *rig, HardeningChannel channel,
           const SpcMessageHandler *handler, uint8_t value)
{
  uint32_t last = handler->min_size + 8;
  g_autofree uint8_t *body = g_malloc (last);

  memset (body, value, last);
  for (uint32_t size = 0; size <= last; size++) {
    g_autoptr (Intruder) intruder = intruder_new (rig, channel);
    bool is_out;

    intruder_send (intruder, handler->type, size, body, size);
    is_out = intruder_is_out (intruder);
    if (size < handler->min_size || size > handler->max_size)
      g_assert_true (is_out);
  }
}

static void
test_every_length (void)
{
  Hardening rig;

  hardening_init (&rig);
  for (guint channel = 0; channel < HARDENING_N_CHANNELS; channel++) {
    const SpcMessageHandler *handlers;
    guint n;

    handlers = hardening_handlers (&rig, channel, &n);
    for (guint i = 0; i < n; i++) {
      try_sizes (&rig, channel, &handlers[i], 0);
      try_sizes (&rig, channel, &handlers[i], 0xff);
    }
    hardening_check_bystander (&rig);
  }
  hardening_clear (&rig);
}

/* CVE-2019-3813: the first number that is none, of everything with numbers */
static void
test_first_number_beyond (void)
{
  const QxlRect box = QXL_RECT (0, 0, 4, 4);
  const uint32_t report[8] = {GUINT32_TO_LE (SPC_MAX_STREAMS)};
  const uint32_t card[3] = {GUINT32_TO_LE (SPC_VSC_ATR),
                            GUINT32_TO_LE (SPC_MAX_READERS)};
  QxlBatch *batch = qxl_batch_new ();
  g_autoptr (WireClient) main = NULL;
  Hardening rig;
  uint32_t id;

  hardening_init (&rig);
  qxl_batch_create_surface (batch, SPC_MAX_SURFACES, 4, 4, QXL_FORMAT_BGRX);
  qxl_batch_draw (batch, qxl_drawable_new_fill (SPC_MAX_SURFACES, &box, 1));
  qxl_batch_destroy_surface (batch, SPC_MAX_SURFACES);
  spc_display_post (rig.display, batch);
  hardening_check_bystander (&rig);
  g_assert_cmpuint (hardening_n_refused (&rig), ==, 3);
  main = hardening_join (&rig);
  id = session_id_of (main);
  for (guint i = 1; i < HARDENING_N_CHANNELS; i++)
    g_assert_cmpint (
        hardening_try (&rig, spc_channel_type (rig.channels[i]), 1, id), ==,
        SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE);
  g_assert_cmpint (hardening_try (&rig, SPICE_END_CHANNEL, 0, id), ==,
                   SPICE_LINK_ERR_CHANNEL_NOT_AVAILABLE);
  {
    g_autoptr (WireClient) display =
        hardening_open (&rig, main, HARDENING_DISPLAY);
    g_autoptr (WireClient) cards =
        hardening_open (&rig, main, HARDENING_SMARTCARD);

    viewer_say_init (display);
    wire_client_send (display, SPICE_MSGC_DISPLAY_STREAM_REPORT, report,
                      sizeof report);
    wire_client_send (cards, SPICE_MSGC_SMARTCARD_DATA, card, sizeof card);
    NET_RUN_UNTIL (&rig.session.net,
                   wire_client_count (cards, SPICE_MSG_SMARTCARD_DATA) == 1);
    hardening_check_bystander (&rig);
    g_assert_false (display->closed);
  }
  wire_client_free (g_steal_pointer (&main));
  hardening_clear (&rig);
}

/* CVE-2020-25652: no descriptor is left */

static void
test_out_of_descriptors (void)
{
  g_autoptr (GPtrArray) sockets =
      g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (WireClient) later = NULL;
  struct rlimit limit, narrow;
  Hardening rig;

  hardening_init (&rig);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  for (guint i = 0; i < 20; i++)
    g_ptr_array_add (sockets, hardening_dial (&rig));
  narrow = limit;
  narrow.rlim_cur = net_n_descriptors () + 3;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &narrow), ==, 0);
  /* it does not spin: there is an end to what is ready */
  g_assert_cmpuint (net_fixture_run_ready (&rig.session.net, 10000), <, 10000);
  hardening_check_bystander (&rig);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  g_ptr_array_set_size (sockets, 0);
  later = hardening_join (&rig);
  wire_client_free (g_steal_pointer (&later));
  hardening_clear (&rig);
}

/* CVE-2020-25653: a process proves nothing, not even on a local socket */
static void
test_local_viewers_prove_themselves (void)
{
  const WireClientSetup wrong = {.channel_type = SPICE_CHANNEL_MAIN,
                                 .password = "guess"};
  const WireClientSetup right = {.channel_type = SPICE_CHANNEL_MAIN,
                                 .password = "secret"};
  Hardening rig;

  hardening_init (&rig);
  spc_server_set_password (rig.session.server, "secret", 0);
  spc_server_set_anonymous (rig.session.server, false);
  for (guint i = 0; i < 2; i++) {
    const WireClientSetup *setup = i == 0 ? &wrong : &right;
    int ends[2];
    SpcTransport *near;
    g_autoptr (WireClient) client = NULL;

    g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, ends), ==, 0);
    near = spc_transport_new_socket (rig.session.net.loop,
                                     g_socket_new_from_fd (ends[0], NULL));
    g_assert_true (near->is_local);
    spc_server_take (rig.session.server, near);
    client = wire_client_new (
        spc_transport_new_socket (rig.session.net.loop,
                                  g_socket_new_from_fd (ends[1], NULL)),
        setup);
    NET_RUN_UNTIL (&rig.session.net, client->link_code != WIRE_PENDING);
    g_assert_cmpint (client->link_code, ==,
                     i == 0 ? SPICE_LINK_ERR_PERMISSION_DENIED
                            : SPICE_LINK_ERR_OK);
  }
  hardening_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/vulnerabilities/" path, func)
  TEST ("CVE-2013-4130", test_reset_while_all_are_told);
  TEST ("CVE-2013-4282", test_long_passwords);
  TEST ("CVE-2016-0749", test_long_reader_names);
  TEST ("CVE-2016-9577", test_large_messages_on_main);
  TEST ("CVE-2016-9578", test_bad_links);
  TEST ("CVE-2017-7506", test_more_monitors_than_come);
  TEST ("CVE-2017-12194", test_counts_that_wrap);
  TEST ("CVE-2018-10873", test_every_length);
  TEST ("CVE-2019-3813", test_first_number_beyond);
  TEST ("CVE-2020-25652", test_out_of_descriptors);
  TEST ("CVE-2020-25653", test_local_viewers_prove_themselves);
  return g_test_run ();
}
