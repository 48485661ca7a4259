/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspiceinput.h – what viewers type and point at, as bytes and as text.
 *
 * One input is 32 bytes of application/x-spice-input, or a line of text/x-raw;
 * docs/input.md has both. Plain data, no references. Any thread. */
#pragma once

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * GST_SPICE_INPUT_CAPS:
 *
 * Caps of buffers that hold inputs as bytes, one after the other.
 */
#define GST_SPICE_INPUT_CAPS "application/x-spice-input, version = (int) 1"
/**
 * GST_SPICE_INPUT_TEXT_CAPS:
 *
 * Caps of buffers that hold inputs as lines of text.
 */
#define GST_SPICE_INPUT_TEXT_CAPS "text/x-raw, format = (string) utf8"
/**
 * GST_SPICE_INPUT_BYTES:
 *
 * Bytes of one input.
 */
#define GST_SPICE_INPUT_BYTES 32
/**
 * GST_SPICE_INPUT_MAX_TEXT:
 *
 * No line of text is longer, in bytes, its end included.
 */
#define GST_SPICE_INPUT_MAX_TEXT 128

/**
 * GstSpiceInputKind:
 * @GST_SPICE_INPUT_KEY: scancode, pressed
 * @GST_SPICE_INPUT_MOVE: the pointer is at x, y of a display
 * @GST_SPICE_INPUT_MOTION: the pointer has moved by x, y
 * @GST_SPICE_INPUT_BUTTON: button, pressed
 * @GST_SPICE_INPUT_SCROLL: the wheel has turned by y notches, down is positive
 * @GST_SPICE_INPUT_LOCKS: which lock lights the viewer has lit
 *
 * What has happened.
 */
typedef enum {
  GST_SPICE_INPUT_KEY = 1,
  GST_SPICE_INPUT_MOVE = 2,
  GST_SPICE_INPUT_MOTION = 3,
  GST_SPICE_INPUT_BUTTON = 4,
  GST_SPICE_INPUT_SCROLL = 5,
  GST_SPICE_INPUT_LOCKS = 6,
} GstSpiceInputKind;

typedef struct _GstSpiceInput GstSpiceInput;

/**
 * GstSpiceInput:
 * @time: running time of its arrival, ns
 * @kind: what has happened
 * @connection_id: of which viewer
 * @pressed: of a key or button: goes down
 * @scancode: PC XT set 1 make code; 0x100 is added for e0 keys, Pause is 0x245
 * @button: 1 left, 2 middle, 3 right, 8 side, 9 extra, 10 … further
 * @buttons: held after it, bit (button - 1)
 * @locks: 1 scroll lock, 2 num lock, 4 caps lock
 * @display: of a move: which display
 * @x: pixels
 * @y: pixels, or notches
 *
 * One input of a viewer. Fields that do not belong to its kind are 0.
 */
struct _GstSpiceInput {
  GstClockTime time;
  GstSpiceInputKind kind;
  guint connection_id;
  gboolean pressed;
  guint scancode;
  guint button;
  guint buttons;
  guint locks;
  guint display;
  gint x;
  gint y;
};

void gst_spice_input_write (const GstSpiceInput *self, guint8 *bytes);
gboolean gst_spice_input_read (GstSpiceInput *self, const guint8 *bytes,
                               gsize size);
gchar *gst_spice_input_to_text (const GstSpiceInput *self);
gboolean gst_spice_input_from_text (GstSpiceInput *self, const gchar *line);

G_END_DECLS
