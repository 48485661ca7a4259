/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Layouts of the small channels' messages against captured bytes (spec: worked
 * example) and against the specification's tables. */
#include "messages-small.h"

typedef struct {
  const char *path;
  const QxlField *fields;
  const void *object;
  gsize object_size;
  const uint8_t *golden;
  gsize golden_size;
} Case;

#define BYTES(...)                                                             \
  (const uint8_t[])                                                            \
  {                                                                            \
    __VA_ARGS__                                                                \
  }
#define CASE(name, fields, type, value, ...)                                   \
  {                                                                            \
    "/wire/small/" name, fields, &(const type)value, sizeof (type),            \
        BYTES (__VA_ARGS__), sizeof BYTES (__VA_ARGS__)                        \
  }
#define V(...)                                                                 \
  {                                                                            \
    __VA_ARGS__                                                                \
  }

static const Case cases[] = {
    CASE ("cursor-init", spc_cursor_init_fields, SpcCursorInit,
          V (.visible = 1, .flags = SPICE_CURSOR_FLAGS_NONE), 0, 0, 0, 0, 0, 0,
          0, 0, 1, 1, 0),
    CASE ("cursor-set", spc_cursor_set_fields, SpcCursorSet,
          V (3, 2, 1, SPICE_CURSOR_FLAGS_CACHE_ME), 3, 0, 2, 0, 1, 2, 0),
    CASE ("cursor-shape", spc_cursor_shape_fields, SpcCursorShape,
          V (11, SPICE_CURSOR_TYPE_ALPHA, 2, 2, 1, 0), 11, 0, 0, 0, 0, 0, 0, 0,
          0, 2, 0, 2, 0, 1, 0, 0, 0),
    CASE ("cursor-move", spc_cursor_move_fields, SpcCursorMove, V (-2, 258),
          0xfe, 0xff, 2, 1),
    CASE ("cursor-inval", spc_cursor_inval_fields, SpcCursorInval, V (0x0201),
          1, 2, 0, 0, 0, 0, 0, 0),
    CASE ("key-locks", spc_key_locks_fields, SpcKeyLocks, V (6), 6, 0),
    CASE ("key-code", spc_key_code_fields, SpcKeyCode, V (0xc8e0), 0xe0, 0xc8,
          0, 0),
    CASE ("mouse-motion", spc_mouse_motion_fields, SpcMouseMotion,
          V (-1, 2, 0x41), 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0x41, 0),
    CASE ("mouse-position", spc_mouse_position_fields, SpcMousePosition,
          V (640, 480, 1, 3), 0x80, 2, 0, 0, 0xe0, 1, 0, 0, 1, 0, 3),
    CASE ("mouse-button", spc_mouse_button_fields, SpcMouseButton, V (1, 1), 1,
          1, 0),
    CASE ("audio-packet", spc_audio_packet_fields, SpcAudioPacket,
          V (0x01020304), 4, 3, 2, 1),
    CASE ("audio-mode", spc_audio_mode_fields, SpcAudioMode,
          V (7, SPICE_AUDIO_DATA_MODE_OPUS), 7, 0, 0, 0, 3, 0),
    CASE ("playback-start", spc_playback_start_fields, SpcPlaybackStart,
          V (2, SPICE_AUDIO_FMT_S16, 48000, 9), 2, 0, 0, 0, 1, 0, 0x80, 0xbb, 0,
          0, 9, 0, 0, 0),
    CASE ("record-start", spc_record_start_fields, SpcRecordStart,
          V (1, SPICE_AUDIO_FMT_S16, 44100), 1, 0, 0, 0, 1, 0, 0x44, 0xac, 0,
          0),
    CASE ("audio-volume", spc_audio_volume_fields, SpcAudioVolume,
          V (2, V (V (0xffff), V (0x8000))), 2, 0xff, 0xff, 0, 0x80),
    CASE ("audio-mute", spc_audio_mute_fields, SpcAudioMute, V (1), 1),
    CASE ("playback-latency", spc_playback_latency_fields, SpcPlaybackLatency,
          V (200), 200, 0, 0, 0),
    CASE ("record-start-mark", spc_record_start_mark_fields, SpcRecordStartMark,
          V (0), 0, 0, 0, 0),
};

static void
check_write (const Case *c)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autoptr (GBytes) bytes = NULL;

  qxl_fields_write (c->fields, c->object, writer);
  bytes = qxl_writer_steal (writer);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   c->golden, c->golden_size);
}

static void
check_read (const Case *c)
{
  g_autoptr (QxlWriter) writer = qxl_writer_new ();
  g_autofree void *object = g_malloc0 (c->object_size);
  g_autoptr (GBytes) bytes = NULL;
  QxlReader reader;

  qxl_reader_init (&reader, c->golden, c->golden_size);
  qxl_fields_read (c->fields, object, &reader);
  g_assert_false (reader.failed);
  g_assert_cmpuint (qxl_reader_left (&reader), ==, 0);
  qxl_fields_write (c->fields, object, writer);
  bytes = qxl_writer_steal (writer);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   c->golden, c->golden_size);
}

static void
check_prefixes (const Case *c)
{
  for (gsize size = 0; size < c->golden_size; size++) {
    g_autofree uint8_t *prefix = g_memdup2 (c->golden, size);
    g_autofree void *object = g_malloc0 (c->object_size);
    QxlReader reader;

    qxl_reader_init (&reader, prefix, size);
    qxl_fields_read (c->fields, object, &reader);
    g_assert_true (reader.failed);
  }
}

static void
test_case (gconstpointer data)
{
  check_write (data);
  check_read (data);
  check_prefixes (data);
}

static void
test_volume_of_too_many_channels_fails (void)
{
  uint8_t bytes[1 + 2 * 255] = {SPC_MAX_VOLUME_CHANNELS + 1};
  SpcAudioVolume volume;
  QxlReader reader;

  qxl_reader_init (&reader, bytes, sizeof bytes);
  qxl_fields_read (spc_audio_volume_fields, &volume, &reader);
  g_assert_true (reader.failed);
  g_assert_cmpuint (volume.n_channels, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_case);
  g_test_add_func ("/wire/small/volume-of-too-many-channels-fails",
                   test_volume_of_too_many_channels_fails);
  return g_test_run ();
}
