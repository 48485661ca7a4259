/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was once published of servers and decoders, tried on ours by those who
 * draw: guests, players of recordings, programs. docs/hardening.md has the
 * list. */
#include "hardening-fixture.h"
#include "image-decoders.h"
#include "qxl/replay-fixture.h"
#include "server-core/image/quic-decode.h"

#define GIB_SIDE 16384u

/* CVE-2015-3247: heads that change behind the server's back */
static void
test_heads_that_change (void)
{
  QxlRect heads[2] = {QXL_RECT (0, 0, 32, 48), QXL_RECT (32, 0, 64, 48)};
  const QxlRect before = heads[1];
  Hardening rig;
  const QxlRect *got;
  guint n;

  hardening_init (&rig);
  spc_display_post_heads (rig.display, heads, 2);
  heads[1] = QXL_RECT (G_MININT32, 0, G_MAXINT32, G_MAXINT32);
  NET_RUN_UNTIL (&rig.session.net,
                 (got = wire_canvas_heads (rig.bystander->canvas, &n), n == 2));
  g_assert_true (qxl_rect_equal (&got[1], &before));
  spc_display_post_heads (rig.display, heads, 2); /* the first one is good */
  NET_RUN_UNTIL (&rig.session.net,
                 (wire_canvas_heads (rig.bystander->canvas, &n), n == 1));
  hardening_clear (&rig);
}

/* CVE-2015-5260: surfaces that are none */
static void
test_surfaces_that_are_none (void)
{
  static const uint32_t ids[] = {SPC_MAX_SURFACES, 5000,        0x7fffffffu,
                                 0x80000000u,      G_MAXUINT32, 1023};
  const QxlRect box = QXL_RECT (0, 0, 4, 4);
  Hardening rig;

  hardening_init (&rig);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    QxlBatch *batch = qxl_batch_new ();

    qxl_batch_draw (batch, qxl_drawable_new_fill (ids[i], &box, 1));
    qxl_batch_draw (batch, qxl_drawable_new_copy_surface (0, &box, ids[i],
                                                          (QxlPoint){0, 0}));
    qxl_batch_destroy_surface (batch, ids[i]);
    if (ids[i] >= SPC_MAX_SURFACES)
      qxl_batch_create_surface (batch, ids[i], 4, 4, QXL_FORMAT_BGRX);
    spc_display_post (rig.display, batch);
    hardening_check_bystander (&rig);
  }
  g_assert_cmpuint (hardening_n_refused (&rig), ==, 4 * G_N_ELEMENTS (ids) - 1);
  hardening_clear (&rig);
}

/* CVE-2015-5261, CVE-2016-2150: what a surface is said to be and its memory do
 * not fit */

typedef struct {
  const char *format, *width, *height, *stride;
} BadSurface;

static const BadSurface bad_surfaces[] = {
    {"32", "2", "1", "7"},
    {"32", "2", "1", "-7"},
    {"32", "2", "1", "-2147483648"},
    {"32", "0", "1", "4"},
    {"32", "1", "0", "4"},
    {"32", "1", "16385", "4"},
    {"32", "16385", "1", "65540"},
    {"32", "32768", "32768", "131072"},
    {"32", "2147483647", "2147483647", "2147483644"},
    {"32", "1073741825", "4", "4"}, /* × 4 wraps to 4 */
    {"31", "1", "1", "4"},
};

static void
check_recorded_surfaces (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_surfaces); i++) {
    const BadSurface *bad = &bad_surfaces[i];
    g_autofree char *text = g_strdup_printf (
        HEADER EVENT (0, 5, 5) "surface_cmd\nsurface_id %s\ntype 0\nflags 0\n"
                               "u.surface_create.format %s\n"
                               "u.surface_create.width %s\n"
                               "u.surface_create.height %s\n"
                               "u.surface_create.stride %s\n" DRAW FILL,
        id, bad->format, bad->width, bad->height, bad->stride);
    g_auto (Result) result = play (text, strlen (text));
    guint n_commands = 0;

    g_assert_true (result.refusal != NULL || result.error != NULL);
    for (guint j = 0; j < result.n_batches; j++)
      n_commands += result.batches[j]->commands->len;
    /* the fill behind it, unless the number itself could not be read */
    g_assert_cmpuint (n_commands, ==, result.error == NULL ? 1 : 0);
  }
}

static void
test_surfaces_without_memory (void)
{
  check_recorded_surfaces ("3");
}

static void
check_posted_surface (Hardening *rig, uint32_t width, uint32_t height)
{
  QxlBatch *batch = qxl_batch_new ();
  guint64 before = hardening_n_refused (rig);

  qxl_batch_create_surface (batch, QXL_PRIMARY_SURFACE, width, height,
                            QXL_FORMAT_BGRX);
  spc_display_post (rig->display, batch);
  hardening_check_bystander (rig);
  g_assert_cmpuint (hardening_n_refused (rig), ==, before + 1);
}

/* a primary surface of a wrong size leaves the one there is */
static void
test_primaries_without_memory (void)
{
  Hardening rig;

  check_recorded_surfaces ("0");
  hardening_init (&rig);
  check_posted_surface (&rig, 0, 1);
  check_posted_surface (&rig, 1, 0);
  check_posted_surface (&rig, GIB_SIDE + 1, 1);
  check_posted_surface (&rig, 0x40000001u, 4);
  check_posted_surface (&rig, G_MAXUINT32, G_MAXUINT32);
  hardening_clear (&rig);
}

/* CVE-2018-10893: an LZ stream says what it is, and lies */
static void
test_lz_that_lies (void)
{
  static const struct {
    guint8 type;
    guint32 width, height, stride;
  } rows[] = {
      {255, 2, 1, 8},
      {0, 2, 1, 8},
      {LZ_N_TYPES, 2, 1, 8},
      {LZ_RGB32, 0x40000001u, 4, 4},
      {LZ_RGB32, 0x10000u, 0x10000u, 0x40000u},
      {LZ_RGB32, G_MAXUINT32, G_MAXUINT32, G_MAXUINT32},
      {LZ_RGB32, 0, 0, 0},
      {LZ_RGB32, 8192, 8193, 8192 * 4}, /* beyond the limit */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    const guint32 header[] = {GUINT32_TO_BE (0x20205a4c), /* "  ZL" */
                              GUINT32_TO_BE (0x00010001),
                              GUINT32_TO_BE (rows[i].type),
                              GUINT32_TO_BE (rows[i].width),
                              GUINT32_TO_BE (rows[i].height),
                              GUINT32_TO_BE (rows[i].stride),
                              GUINT32_TO_BE (1),
                              0};
    g_auto (ImagePixels) pixels = {0};
    g_autoptr (GError) error = NULL;

    g_assert_false (image_decode_lz ((const uint8_t *)header, sizeof header,
                                     &pixels, &error));
    g_assert_nonnull (error);
    g_assert_null (pixels.pixels);
  }
}

/* CVE-2020-14355: QUIC images of a producer */

static void
write_quic_header (uint8_t header[20], uint32_t type, uint32_t width,
                   uint32_t height)
{
  const uint32_t words[] = {GUINT32_TO_LE (0x43495551), 0, GUINT32_TO_LE (type),
                            GUINT32_TO_LE (width), GUINT32_TO_LE (height)};

  memcpy (header, words, sizeof words);
}

static void
check_no_quic (const uint8_t *data, gsize size, uint32_t width, uint32_t height)
{
  g_autofree uint8_t *copy = g_memdup2 (data, size); /* of just this size */
  g_autoptr (GError) error = NULL;

  g_assert_null (spc_quic_decode (copy, size, width, height, &error));
  g_assert_nonnull (error);
}

static void
test_quic_that_lies (void)
{
  uint8_t stream[20 + 64];
  static const struct {
    uint32_t type, width, height;
  } rows[] = {
      {4, 0, 5},
      {4, 5, 0},
      {4, 0x80000000u, 1},
      {4, G_MAXUINT32, G_MAXUINT32},
      {4, 0x10000u, 0x10000u},
      {0, 8, 8},
      {6, 8, 8},
      {G_MAXUINT32, 8, 8},
  };

  check_no_quic (NULL, 0, 8, 8);
  memset (stream, 0, sizeof stream);
  write_quic_header (stream, 4, 8, 8);
  for (gsize size = 0; size <= 20; size++)
    check_no_quic (stream, size, 8, 8);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    write_quic_header (stream, rows[i].type, rows[i].width, rows[i].height);
    check_no_quic (stream, sizeof stream, rows[i].width, rows[i].height);
  }
  /* another size than the image's */
  write_quic_header (stream, 4, 9, 8);
  check_no_quic (stream, sizeof stream, 8, 8);
}

/* bytes by chance behind a good header: runs beyond a row, codes without end.
 * It ends, and what it makes is of the size it said. */
static void
test_quic_by_chance (void)
{
  GRand *random = g_rand_new_with_seed (14355);
  uint8_t stream[20 + 400];

  for (guint i = 0; i < 3000; i++) {
    gsize size = (gsize)g_rand_int_range (random, 20, sizeof stream);
    g_autofree uint8_t *copy = NULL;
    g_autoptr (QxlImage) image = NULL;

    write_quic_header (stream, 1 + i % 5, 40, 12);
    for (gsize j = 20; j < size; j++)
      stream[j] = i % 3 ? (uint8_t)g_rand_int (random) : 0;
    copy = g_memdup2 (stream, size);
    image = spc_quic_decode (copy, size, 40, 12, NULL);
    if (image != NULL)
      g_assert_cmpuint (image->width, ==, 40);
  }
  g_rand_free (random);
}

/* CVE-2021-4206: width × height × 4 of a pointer wraps, so that little memory
 * seems enough */
static void
test_pointers_that_wrap (void)
{
  static const struct {
    uint16_t width, height;
    gsize given;
  } rows[] = {
      {0x8000, 0x8000, 4}, {0x4000, 0x8001, 64},      {65535, 65535, 4096},
      {1025, 1, 4 * 1025}, {1024, 1024, 1024 * 4},    {0, 16, 64},
      {16, 0, 64},         {16, 16, 16 * 16 * 4 - 1},
  };
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) pointer = NULL;
  Hardening rig;

  hardening_init (&rig);
  main = hardening_join (&rig);
  pointer = hardening_open (&rig, main, HARDENING_CURSOR);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (QxlCursorType type = 0; type < QXL_N_CURSOR_TYPES; type++) {
      QxlCursorCommand *command = qxl_cursor_command_new (QXL_CURSOR_SET);

      command->is_visible = true;
      command->shape = qxl_cursor_shape_new (
          type, 1, rows[i].width, rows[i].height, 0, 0,
          g_bytes_new_take (g_malloc0 (rows[i].given), rows[i].given));
      g_assert_false (qxl_cursor_shape_check (command->shape, NULL));
      spc_cursor_post_command (SPC_CURSOR (rig.channels[HARDENING_CURSOR]),
                               command);
    }
  hardening_check_bystander (&rig);
  g_assert_cmpuint (wire_client_count (pointer, SPICE_MSG_CURSOR_SET), ==, 0);
  g_assert_false (pointer->closed);
  wire_client_free (g_steal_pointer (&pointer));
  wire_client_free (g_steal_pointer (&main));
  hardening_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define TEST(path, func) g_test_add_func ("/vulnerabilities/" path, func)
  TEST ("CVE-2015-3247", test_heads_that_change);
  TEST ("CVE-2015-5260", test_surfaces_that_are_none);
  TEST ("CVE-2015-5261", test_surfaces_without_memory);
  TEST ("CVE-2016-2150", test_primaries_without_memory);
  TEST ("CVE-2018-10893", test_lz_that_lies);
  TEST ("CVE-2020-14355", test_quic_that_lies);
  TEST ("CVE-2020-14355/by-chance", test_quic_by_chance);
  TEST ("CVE-2021-4206", test_pointers_that_wrap);
  return g_test_run ();
}
