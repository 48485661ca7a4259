/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of what is read out of viewers' wishes. */
#include "monitors.h"

#include "qxl/bytes.h"
#include "server-core/base/error.h"

#include <string.h>

#define HAS_PLACES 1u
#define HAS_MILLIMETRES 2u

typedef struct {
  uint32_t width, height;
  int32_t x, y;
  uint16_t width_mm, height_mm;
} Wanted;

static GBytes *
write_config (const Wanted *wanted, uint32_t n, uint32_t flags)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  qxl_writer_u32 (writer, n);
  qxl_writer_u32 (writer, flags);
  for (uint32_t i = 0; i < n; i++) {
    qxl_writer_u32 (writer, wanted[i].height);
    qxl_writer_u32 (writer, wanted[i].width);
    qxl_writer_u32 (writer, 32);
    qxl_writer_u32 (writer, (uint32_t)wanted[i].x);
    qxl_writer_u32 (writer, (uint32_t)wanted[i].y);
  }
  for (uint32_t i = 0; flags & HAS_MILLIMETRES && i < n; i++) {
    qxl_writer_u16 (writer, wanted[i].height_mm);
    qxl_writer_u16 (writer, wanted[i].width_mm);
  }
  return qxl_writer_steal (writer);
}

static bool
parse (SpcMonitors *monitors, GBytes *bytes, gsize size, GError **error)
{
  /* memory of exactly this size, for sanitizers */
  g_autofree uint8_t *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), size);

  return spc_monitors_parse (monitors, copy, size, error);
}

static void
assert_refused (GBytes *bytes, gsize size)
{
  SpcMonitors monitors;
  GError *error = NULL;

  g_assert_false (parse (&monitors, bytes, size, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
}

static const Wanted two[] = {
    {1024, 768, -1024, 0, 300, 200},
    {800, 600, 0, 10, 0, 0},
};

static void
test_all_is_read (void)
{
  g_autoptr (GBytes) bytes =
      write_config (two, 2, HAS_PLACES | HAS_MILLIMETRES);
  SpcMonitors monitors;

  g_assert_true (parse (&monitors, bytes, g_bytes_get_size (bytes), NULL));
  g_assert_cmpuint (monitors.n, ==, 2);
  for (guint i = 0; i < 2; i++) {
    g_assert_cmpuint (monitors.items[i].id, ==, i);
    g_assert_cmpuint (monitors.items[i].width, ==, two[i].width);
    g_assert_cmpuint (monitors.items[i].height, ==, two[i].height);
    g_assert_cmpint (monitors.items[i].x, ==, two[i].x);
    g_assert_cmpint (monitors.items[i].y, ==, two[i].y);
    g_assert_cmpuint (monitors.items[i].width_mm, ==, two[i].width_mm);
    g_assert_cmpuint (monitors.items[i].height_mm, ==, two[i].height_mm);
  }
}

static void
test_places_count_only_with_their_flag (void)
{
  g_autoptr (GBytes) bytes = write_config (two, 2, 0);
  SpcMonitors monitors;

  g_assert_true (parse (&monitors, bytes, g_bytes_get_size (bytes), NULL));
  g_assert_cmpint (monitors.items[0].x, ==, 0);
  g_assert_cmpint (monitors.items[1].y, ==, 0);
  g_assert_cmpuint (monitors.items[0].width_mm, ==, 0);
}

static void
test_what_is_off_is_left_out (void)
{
  const Wanted sparse[] = {{0, 0}, {640, 480}, {0, 480}, {320, 0}, {800, 600}};
  g_autoptr (GBytes) bytes = write_config (sparse, 5, 0);
  g_autoptr (GBytes) nothing = write_config (sparse, 0, HAS_MILLIMETRES);
  SpcMonitors monitors;

  g_assert_true (parse (&monitors, bytes, g_bytes_get_size (bytes), NULL));
  g_assert_cmpuint (monitors.n, ==, 2);
  g_assert_cmpuint (monitors.items[0].id, ==, 1);
  g_assert_cmpuint (monitors.items[1].id, ==, 4);
  g_assert_true (parse (&monitors, nothing, g_bytes_get_size (nothing), NULL));
  g_assert_cmpuint (monitors.n, ==, 0);
}

static void
test_every_prefix_is_refused (void)
{
  g_autoptr (GBytes) bytes = write_config (two, 2, HAS_MILLIMETRES);

  for (gsize size = 0; size < g_bytes_get_size (bytes); size++)
    assert_refused (bytes, size);
}

static void
test_bounds (void)
{
  static const struct {
    Wanted wanted;
    bool is_good;
  } rows[] = {
      {{16384, 16384}, true},
      {{16385, 600}, false},
      {{800, 16385}, false},
      {{G_MAXUINT32, G_MAXUINT32}, false},
      {{0, G_MAXUINT32}, true},
      {{800, 600, 262144, -262144}, true},
      {{800, 600, 262145, 0}, false},
      {{800, 600, 0, -262145}, false},
      {{800, 600, G_MININT32, 0}, false},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) bytes = write_config (&rows[i].wanted, 1, HAS_PLACES);
    g_autoptr (GError) error = NULL;
    SpcMonitors monitors;

    if (parse (&monitors, bytes, g_bytes_get_size (bytes), &error) !=
        rows[i].is_good)
      g_error ("row %u: %s", i, error ? error->message : "was taken");
  }
}

static void
test_a_number_of_monitors_is_not_believed (void)
{
  static const uint32_t numbers[] = {17, 256, 257, 0x10000000, G_MAXUINT32};
  Wanted many[17];

  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    many[i] = (Wanted){640, 480};
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autoptr (GBytes) bytes = write_config (many, 17, 0);
    g_autofree uint8_t *copy =
        g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
    uint32_t number = GUINT32_TO_LE (numbers[i]);
    SpcMonitors monitors;

    memcpy (copy, &number, sizeof number);
    g_assert_false (
        spc_monitors_parse (&monitors, copy, g_bytes_get_size (bytes), NULL));
  }
}

static void
test_places_on_channels_and_heads (void)
{
  static const struct {
    uint8_t id;
    uint32_t displays;
    uint8_t display, head;
  } rows[] = {
      {0, 0x1, 0, 0}, {1, 0x1, 0, 1},      {1, 0x3, 1, 0}, {2, 0x3, 0, 2},
      {0, 0x0, 0, 0}, {15, 0x8000, 15, 0}, {1, 0x5, 0, 1}, {2, 0x5, 2, 0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    SpcMonitors monitors = {.n = 1, .items = {{.id = rows[i].id}}};

    spc_monitors_place (&monitors, rows[i].displays);
    g_assert_cmpuint (monitors.items[0].display, ==, rows[i].display);
    g_assert_cmpuint (monitors.items[0].head, ==, rows[i].head);
  }
}

static void
test_equal_looks_at_all (void)
{
  g_autoptr (GBytes) bytes =
      write_config (two, 2, HAS_PLACES | HAS_MILLIMETRES);
  SpcMonitors one, other;

  g_assert_true (parse (&one, bytes, g_bytes_get_size (bytes), NULL));
  other = one;
  g_assert_true (spc_monitors_equal (&one, &other));
  other.items[1].height_mm++;
  g_assert_false (spc_monitors_equal (&one, &other));
  other = one;
  other.items[0].x++;
  g_assert_false (spc_monitors_equal (&one, &other));
  other = one;
  other.n = 1;
  g_assert_false (spc_monitors_equal (&one, &other));
}

static void
test_looks (void)
{
  static const uint8_t body[] = {9, 0, 0, 0, 16, 0, 0, 0};
  static const uint8_t no_depth[] = {6, 0, 0, 0, 16, 0, 0, 0};
  SpcDisplayWish wish;

  g_assert_true (spc_display_wish_parse (&wish, body, sizeof body, NULL));
  g_assert_true (wish.no_wallpaper);
  g_assert_false (wish.no_font_smoothing);
  g_assert_false (wish.no_animation);
  g_assert_cmpuint (wish.depth, ==, 16);
  g_assert_true (spc_display_wish_parse (&wish, no_depth, 8, NULL));
  g_assert_true (wish.no_font_smoothing && wish.no_animation);
  g_assert_cmpuint (wish.depth, ==, 0);
  for (gsize size = 0; size < sizeof body; size++)
    g_assert_false (spc_display_wish_parse (&wish, body, size, NULL));
}

static void
test_volumes (void)
{
  static const uint8_t heard[] = {1, 0, 2, 0x00, 0x40, 0x00, 0x80};
  static const uint8_t silent[] = {0, 1, 0};
  SpcVolumeWish wish;

  g_assert_true (spc_volume_wish_parse (&wish, heard, sizeof heard, NULL));
  g_assert_false (wish.is_record);
  g_assert_false (wish.mute);
  g_assert_true (wish.has_volume);
  g_assert_cmpuint (wish.loudest, ==, 0x8000);
  for (gsize size = 0; size < sizeof heard; size++)
    g_assert_false (spc_volume_wish_parse (&wish, heard, size, NULL));
  g_assert_true (spc_volume_wish_parse (&wish, silent, sizeof silent, NULL));
  g_assert_true (wish.is_record);
  g_assert_true (wish.mute);
  g_assert_false (wish.has_volume);
}

static void
test_devices (void)
{
  SpcDevice devices[3] = {
      [0] = {(char *)"pci/0000/02.0", 0},
      [2] = {(char *)"x", 7},
  };
  static const uint8_t expected[] =
      "\2\0\0\0"
      "\0\0\0\0\0\0\0\0\0\0\0\0\16\0\0\0pci/0000/02.0\0"
      "\2\0\0\0\0\0\0\0\7\0\0\0\2\0\0\0x";
  g_autoptr (GBytes) info = spc_device_info_write (devices, 3);
  g_autoptr (GBytes) none = spc_device_info_write (devices + 1, 1);
  gsize size;
  const uint8_t *data = g_bytes_get_data (info, &size);

  g_assert_cmpmem (data, size, expected, sizeof expected);
  g_assert_cmpuint (g_bytes_get_size (none), ==, 4);
}

#define TEST(name, function) g_test_add_func ("/monitors/" name, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("all-is-read", test_all_is_read);
  TEST ("places-count-only-with-their-flag",
        test_places_count_only_with_their_flag);
  TEST ("what-is-off-is-left-out", test_what_is_off_is_left_out);
  TEST ("every-prefix-is-refused", test_every_prefix_is_refused);
  TEST ("bounds", test_bounds);
  TEST ("a-number-of-monitors-is-not-believed",
        test_a_number_of_monitors_is_not_believed);
  TEST ("places-on-channels-and-heads", test_places_on_channels_and_heads);
  TEST ("equal-looks-at-all", test_equal_looks_at_all);
  TEST ("looks", test_looks);
  TEST ("volumes", test_volumes);
  TEST ("devices", test_devices);
  return g_test_run ();
}
