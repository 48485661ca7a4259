/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server allocates while it shows pictures: nothing large, once it has
 * shown some. A server with threads of its own, a viewer over a socket, and
 * frames that change all over, in all kinds of content. */
#include "qxl/differ.h"
#include "server-core/net/net-fixture.h"
#include "server-core/spc.h"
#include "session.h"
#include "server-core/wire/messages-display.h"

#include <gio/gio.h>
#include <string.h>

#define WIDTH 640u
#define HEIGHT 480u
#define STRIDE ((size_t)WIDTH * 4)
#define N_WARM 60u /* frames */
#define N_STEADY 60u
/* sizes of encodings vary: now and then one is of another class of blocks */
#define MAX_NEW (N_STEADY / 10)
/* bytes: what is not proportional to pixels is smaller */
#define LARGE ((size_t)16 * 1024)

/* counting: sanitizers have a malloc of their own */

static gint n_large; /* atomic: of the server's threads */
static gint is_counting;
static __thread bool is_of_test;

#ifndef __has_feature /* gcc */
#define __has_feature(feature) 0
#endif
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) &&         \
    !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer) &&   \
    defined(__GLIBC__)
#define COUNTS_MALLOC 1

void *__libc_malloc (size_t size);
void *__libc_calloc (size_t n, size_t size);
void *__libc_realloc (void *memory, size_t size);

static void
count (size_t size)
{
  if (size >= LARGE && !is_of_test && g_atomic_int_get (&is_counting))
    g_atomic_int_inc (&n_large);
}

void *
malloc (size_t size)
{
  count (size);
  return __libc_malloc (size);
}

void *
calloc (size_t n, size_t size)
{
  count (n * size);
  return __libc_calloc (n, size);
}

void *
realloc (void *memory, size_t size)
{
  count (size);
  return __libc_realloc (memory, size);
}
#endif

/* the stage */

typedef struct {
  NetFixture net;
  SpcServer *server;
  SpcDisplay *display;
  SpcStrand *strand; /* whose jobs alone use the differ */
  QxlDiffer *differ;
  uint8_t *frame;
  uint32_t seed;
  gint n_compared; /* atomic: frames that have been compared */
  WireClient *main, *look;
} Steady;

static WireClient *
link_to (Steady *self, const WireClientSetup *setup)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (
      "127.0.0.1", spc_server_port (self->server));
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                                  G_SOCKET_PROTOCOL_DEFAULT, &error);
  WireClient *client;

  g_assert_no_error (error);
  g_socket_connect (socket, address, NULL, &error);
  g_assert_no_error (error);
  client = wire_client_new (spc_transport_new_socket (self->net.loop, socket),
                            setup);
  NET_RUN_UNTIL (&self->net, client->link_code != WIRE_PENDING);
  g_assert_cmpint (client->link_code, ==, SPICE_LINK_ERR_OK);
  return client;
}

static void
look_at_it (Steady *self)
{
  const WireClientSetup main = {.channel_type = SPICE_CHANNEL_MAIN};
  const SpcDisplayInit init = {.pixmap_cache_id = 1,
                               .pixmap_cache_size = 1 << 20,
                               .glz_dictionary_id = 1,
                               .glz_dictionary_window = 1 << 20};
  WireClientSetup display = {.channel_type = SPICE_CHANNEL_DISPLAY};

  self->main = link_to (self, &main);
  NET_RUN_UNTIL (&self->net,
                 wire_client_find (self->main, SPICE_MSG_MAIN_INIT, 0) != NULL);
  display.connection_id = session_id_of (self->main);
  self->look = link_to (self, &display);
  wire_client_send_fields (self->look, SPICE_MSGC_DISPLAY_INIT,
                           spc_display_init_fields, &init);
}

static void
steady_init (Steady *self, uint8_t compression)
{
  g_autoptr (GError) error = NULL;
  SpcConfig config;

  *self = (Steady){.seed = 1};
  net_fixture_init (&self->net);
  spc_config_init (&config);
  config.port = 0;
  config.allow_anonymous = true;
  config.n_workers = 2;
  config.images.compression = compression;
  self->server = spc_new (&config, NULL, NULL, NULL, NULL);
  spc_config_clear (&config);
  self->display = spc_display_new (self->server, 0);
  spc_server_add_channel (self->server, SPC_CHANNEL (self->display));
  spc_server_start (self->server, &error);
  g_assert_no_error (error);
  self->differ = qxl_differ_new (QXL_FORMAT_BGRX, WIDTH, HEIGHT);
  qxl_differ_use_blocks (self->differ,
                         spc_jobs_blocks (spc_server_jobs (self->server)));
  self->strand = spc_strand_new (spc_server_jobs (self->server));
  self->frame = g_malloc0 (STRIDE * HEIGHT);
}

static void
steady_clear (Steady *self)
{
  wire_client_free (self->look);
  wire_client_free (self->main);
  spc_strand_unref (self->strand);
  spc_server_stop (self->server);
  g_assert_finalize_object (self->display);
  g_assert_finalize_object (self->server);
  qxl_differ_free (self->differ);
  g_free (self->frame);
  net_fixture_clear (&self->net);
}

/* frames */

static uint32_t
next_random (Steady *self)
{
  self->seed = self->seed * 1664525u + 1013904223u;
  return self->seed >> 8;
}

static uint32_t
noise_at (Steady *self, uint32_t x, uint32_t y)
{
  return next_random (self);
}

static uint32_t
letters_at (Steady *self, uint32_t x, uint32_t y)
{
  return next_random (self) % 5 == 0 ? 0x202020 : 0xf0f0f0;
}

static uint32_t
photo_at (Steady *self, uint32_t x, uint32_t y)
{
  return (x / 3 + next_random (self) % 4) << 16 | (y / 2 & 0xff) << 8 |
         ((x + y) / 4 & 0xff);
}

/* a quarter of the picture of each kind, and one that stays */
static void
draw_frame (Steady *self)
{
  static uint32_t (*const kinds[]) (Steady *, uint32_t, uint32_t) = {
      noise_at, letters_at, photo_at};

  for (guint kind = 0; kind < G_N_ELEMENTS (kinds); kind++)
    for (uint32_t y = 0; y < HEIGHT / 2; y++)
      for (uint32_t x = 0; x < WIDTH / 2; x++) {
        uint32_t colour = kinds[kind](self, x, y);
        size_t at = (y + kind / 2 * (HEIGHT / 2)) * STRIDE +
                    (x + kind % 2 * (WIDTH / 2)) * 4;

        memcpy (self->frame + at, &colour, 4);
      }
}

static void
post_frame (SpcWorker *worker, gpointer user_data)
{
  Steady *self = user_data;
  QxlBatch *batch = qxl_differ_push (self->differ, self->frame, STRIDE);

  g_atomic_int_inc (&self->n_compared); /* posting wakes who waits for it */
  spc_display_post_from (self->display, batch, worker);
}

static void
show_frame (Steady *self)
{
  SpcDisplayStats stats;
  gint n_compared = g_atomic_int_get (&self->n_compared);
  guint64 before;

  spc_display_stats (self->display, &stats);
  before = stats.batches;
  draw_frame (self);
  spc_strand_push (self->strand, post_frame, self, NULL);
  NET_RUN_UNTIL (&self->net,
                 (spc_display_stats (self->display, &stats),
                  g_atomic_int_get (&self->n_compared) > n_compared &&
                      stats.batches > before &&
                      spc_display_room (self->display) == SPC_MAX_BATCHES));
  wire_client_forget (self->look);
}

static void
test_steady (gconstpointer compression)
{
  Steady self;
  QxlBlocksStats before, after;
  QxlBatch *create = qxl_batch_new ();

  steady_init (&self, (uint8_t)GPOINTER_TO_UINT (compression));
  look_at_it (&self);
  qxl_batch_create_surface (create, QXL_PRIMARY_SURFACE, WIDTH, HEIGHT,
                            QXL_FORMAT_BGRX);
  spc_display_post (self.display, create);
  for (guint i = 0; i < N_WARM; i++)
    show_frame (&self);
  qxl_blocks_stats (spc_jobs_blocks (spc_server_jobs (self.server)), &before);
  g_atomic_int_set (&n_large, 0);
  g_atomic_int_set (&is_counting, 1);
  for (guint i = 0; i < N_STEADY; i++)
    show_frame (&self);
  g_atomic_int_set (&is_counting, 0);
  qxl_blocks_stats (spc_jobs_blocks (spc_server_jobs (self.server)), &after);
  g_test_message ("%u large allocations, %u blocks, %u of them new",
                  (guint)n_large, (guint)(after.taken - before.taken),
                  (guint)(after.allocated - before.allocated));
  g_assert_cmpuint (after.taken - before.taken, >=, 3 * N_STEADY);
  g_assert_cmpuint (after.allocated - before.allocated, <=, MAX_NEW);
  g_assert_cmpint (n_large, <=, MAX_NEW);
  steady_clear (&self);
}

#ifdef COUNTS_MALLOC
static void
test_counting (void)
{
  void *large;

  g_atomic_int_set (&n_large, 0);
  g_atomic_int_set (&is_counting, 1);
  is_of_test = false;
  large = g_malloc (LARGE);
  large = g_realloc (large, 2 * LARGE);
  g_free (large);
  large = g_malloc0 (LARGE);
  is_of_test = true;
  g_free (large);
  g_atomic_int_set (&is_counting, 0);
  g_assert_cmpint (n_large, ==, 3);
}
#endif

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    uint8_t compression;
  } rows[] = {
      {"/steady/auto-glz", SPICE_IMAGE_COMPRESSION_AUTO_GLZ},
      {"/steady/auto-lz", SPICE_IMAGE_COMPRESSION_AUTO_LZ},
      {"/steady/quic", SPICE_IMAGE_COMPRESSION_QUIC},
      {"/steady/glz", SPICE_IMAGE_COMPRESSION_GLZ},
      {"/steady/lz", SPICE_IMAGE_COMPRESSION_LZ},
      {"/steady/off", SPICE_IMAGE_COMPRESSION_OFF},
  };

  is_of_test = true;
  g_test_init (&argc, &argv, NULL);
#ifdef COUNTS_MALLOC
  g_test_add_func ("/steady/large-allocations-are-counted", test_counting);
#endif
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_test_add_data_func (rows[i].path,
                          GUINT_TO_POINTER ((guint)rows[i].compression),
                          test_steady);
  return g_test_run ();
}
