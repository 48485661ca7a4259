/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the images in drawing commands: which of them a client keeps. */
#include "display-stage.h"
#include "qxl/operation.h"

#define SIDE 32u
#define SHORT_BYTES 200u  /* of a command without its image's pixels */
#define CHOOSE_CODE 0xcau /* the brush says which of source and surface */

static WireClient *
display_new (Stage *stage, const WireClient *main)
{
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_DISPLAY,
                           .connection_id = session_id_of (main)};
  WireClient *display;

  spc_caps_set (&setup.channel_caps, SPICE_DISPLAY_CAP_COMPOSITE);
  display = session_link (&stage->session, &setup);
  g_assert_cmpint (display->link_code, ==, SPICE_LINK_ERR_OK);
  viewer_say_init (display);
  return display;
}

static QxlImage *
noise_new (QxlFormat format, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (format, SIDE, SIDE, &pixels);

  for (size_t i = 0; i < qxl_image_size (image); i++)
    pixels[i] = i % 4 == 3 ? 0 : (uint8_t)g_rand_int_range (rand, 0, 256);
  return image;
}

/* equal pixels, each time an image of its own, as drivers do */
static void
post_operation (Stage *stage, QxlOpKind kind, QxlFormat format)
{
  const QxlRect box = QXL_RECT (0, 0, (int32_t)SIDE, (int32_t)SIDE);
  QxlOperation *operation = qxl_operation_new (kind);
  QxlBatch *batch = qxl_batch_new ();
  QxlSource source = qxl_source_image (noise_new (format, 1));

  if (kind == QXL_OP_ALPHA_BLEND) {
    operation->u.alpha_blend.alpha = 0x80;
    operation->u.alpha_blend.src = source;
    operation->u.alpha_blend.src_area = box;
  } else {
    operation->u.rop3.code = CHOOSE_CODE;
    operation->u.rop3.brush = (QxlBrush){.kind = QXL_BRUSH_SOLID};
    operation->u.rop3.copy.src = source;
    operation->u.rop3.copy.src_area = box;
  }
  qxl_batch_draw (batch, qxl_drawable_new_operation (0, &box, operation));
  stage_post (stage, batch);
}

static gsize
size_of (const WireClient *display, uint16_t type, guint nth)
{
  return g_bytes_get_size (wire_client_find (display, type, nth)->body);
}

static const struct {
  const char *path;
  QxlOpKind kind;
  uint16_t type;
  QxlFormat format;
  bool is_kept;
} rows[] = {
    {"a-source-that-comes-again-is-named", QXL_OP_ROP3,
     SPICE_MSG_DISPLAY_DRAW_ROP3, QXL_FORMAT_BGRX, true},
    {"what-may-have-alpha-is-sent", QXL_OP_ALPHA_BLEND,
     SPICE_MSG_DISPLAY_DRAW_ALPHA_BLEND, QXL_FORMAT_BGRA, false},
};

static void
test_row (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (WireClient) main = NULL;
  g_autoptr (WireClient) display = NULL;
  Stage stage;

  stage_init (&stage);
  stage_post_first (&stage);
  main = session_join (&stage.session);
  display = display_new (&stage, main);
  NET_RUN_UNTIL (&stage.session.net,
                 wire_client_find (display, SPICE_MSG_DISPLAY_MARK, 0) != NULL);
  for (guint i = 0; i < 3; i++) {
    post_operation (&stage, rows[row].kind, rows[row].format);
    NET_RUN_UNTIL (&stage.session.net,
                   wire_client_find (display, rows[row].type, i) != NULL);
    if (i == 0 || !rows[row].is_kept)
      g_assert_cmpuint (size_of (display, rows[row].type, i), >, SHORT_BYTES);
    else
      g_assert_cmpuint (size_of (display, rows[row].type, i), <, SHORT_BYTES);
  }
  stage_clear (&stage);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path =
        g_strconcat ("/operation-images/", rows[i].path, NULL);
    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_row);
  }
  return g_test_run ();
}
