/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layouts of the display channel's cache messages and of image descriptors
 * (spec: pixmap cache). */
#include "messages-common.h"
#include "messages-display.h"

typedef struct {
  const QxlField *fields;
  const void *object;
} Part;

static GBytes *
write_parts (const Part *parts, gsize n_parts)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();

  for (gsize i = 0; i < n_parts; i++)
    qxl_fields_write (parts[i].fields, parts[i].object, writer);
  return qxl_writer_steal (writer);
}

static void
assert_bytes (GBytes *written, const uint8_t *golden, gsize size)
{
  g_assert_cmpmem (g_bytes_get_data (written, NULL), g_bytes_get_size (written),
                   golden, size);
}

static const uint8_t inval_list[] = {
    2, 0,                                  /* count */
    1, 7,    0,    0,    0,    0, 0, 0, 0, /* pixmap 7 */
    1, 0x78, 0x56, 0x34, 0x12, 0, 0, 0, 0, /* pixmap 0x12345678 */
};

static void
inval_list_is_nine_bytes_each (void)
{
  const SpcInvalList list = {2};
  const SpcInvalItem items[] = {{SPICE_RES_TYPE_PIXMAP, 7},
                                {SPICE_RES_TYPE_PIXMAP, 0x12345678}};
  const Part parts[] = {{spc_inval_list_fields, &list},
                        {spc_inval_item_fields, &items[0]},
                        {spc_inval_item_fields, &items[1]}};
  g_autoptr (GBytes) written = write_parts (parts, G_N_ELEMENTS (parts));

  assert_bytes (written, inval_list, sizeof inval_list);
  g_assert_cmpuint (qxl_fields_min_size (spc_inval_list_fields), ==, 2);
  g_assert_cmpuint (qxl_fields_min_size (spc_inval_item_fields), ==, 9);
}

/* true if all of it was there */
static bool
read_inval_list (const uint8_t *bytes, gsize size, SpcInvalItem *last)
{
  SpcInvalList list;
  QxlReader reader;

  qxl_reader_init (&reader, bytes, size);
  qxl_fields_read (spc_inval_list_fields, &list, &reader);
  for (guint i = 0; i < list.count && !reader.failed; i++)
    qxl_fields_read (spc_inval_item_fields, last, &reader);
  return !reader.failed && qxl_reader_left (&reader) == 0;
}

static void
inval_list_is_read_whole_or_not (void)
{
  SpcInvalItem last;

  for (gsize size = 0; size < sizeof inval_list; size++) {
    g_autofree uint8_t *prefix = g_memdup2 (inval_list, size);

    g_assert_false (read_inval_list (prefix, size, &last));
  }
  g_assert_true (read_inval_list (inval_list, sizeof inval_list, &last));
  g_assert_cmpuint (last.type, ==, SPICE_RES_TYPE_PIXMAP);
  g_assert_cmpuint (last.id, ==, 0x12345678);
}

static void
inval_all_is_a_list_of_waits (void)
{
  static const uint8_t golden[] = {1, 2, 3, 9, 0, 0, 0, 0, 0, 0, 0};
  static const uint8_t none[] = {0};
  const SpcWaitForChannels one = {.count = 1,
                                  .channels = {{SPICE_CHANNEL_DISPLAY, 3, 9}}};
  const SpcWaitForChannels empty = {0};
  g_autoptr (GBytes) written =
      write_parts (&(Part){spc_wait_for_channels_fields, &one}, 1);
  g_autoptr (GBytes) short_one =
      write_parts (&(Part){spc_wait_for_channels_fields, &empty}, 1);

  assert_bytes (written, golden, sizeof golden);
  assert_bytes (short_one, none, sizeof none);
}

static void
inval_palette_is_an_id (void)
{
  static const uint8_t golden[] = {5, 0, 0, 0, 0, 0, 0, 0};
  const SpcInvalPalette inval = {5};
  g_autoptr (GBytes) written =
      write_parts (&(Part){spc_inval_palette_fields, &inval}, 1);

  assert_bytes (written, golden, sizeof golden);
}

static void
descriptor_is_18_bytes (void)
{
  static const uint8_t golden[] = {5,   0, 0, 0, 0,  0, 0, 0, /* id */
                                   103, 1,                    /* type, flags */
                                   64,  0, 0, 0, 32, 0, 0, 0};
  const SpcImageDescriptor descriptor = {5, SPICE_IMAGE_TYPE_FROM_CACHE,
                                         SPICE_IMAGE_FLAGS_CACHE_ME, 64, 32};
  g_autoptr (GBytes) written =
      write_parts (&(Part){spc_image_descriptor_fields, &descriptor}, 1);

  assert_bytes (written, golden, sizeof golden);
  g_assert_cmpuint (qxl_fields_min_size (spc_image_descriptor_fields), ==, 18);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/messages/inval-list-is-nine-bytes-each",
                   inval_list_is_nine_bytes_each);
  g_test_add_func ("/messages/inval-list-is-read-whole-or-not",
                   inval_list_is_read_whole_or_not);
  g_test_add_func ("/messages/inval-all-is-a-list-of-waits",
                   inval_all_is_a_list_of_waits);
  g_test_add_func ("/messages-display/inval-palette-is-an-id",
                   inval_palette_is_an_id);
  g_test_add_func ("/messages/image-descriptor-is-18-bytes",
                   descriptor_is_18_bytes);
  return g_test_run ();
}
