/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "operation-rules.h"

static const SpcDrawTraits native = {true, true, true};
static const SpcDrawTraits web = {false, false, false};
static const QxlRect box = {0, 0, 8, 8};

static QxlDrawable *
draw_new (QxlOpKind kind)
{
  return qxl_drawable_new_operation (0, &box, qxl_operation_new (kind));
}

static void
tells_plain_draws_to_everybody (void)
{
  g_autoptr (QxlDrawable) fill = qxl_drawable_new_fill (0, &box, 1);

  g_assert_true (spc_draw_is_told (fill, QXL_FORMAT_BGRX, &web));
  g_assert_true (spc_draw_is_told (fill, QXL_FORMAT_BGRX, &native));
}

static void
tells_operations_to_native_clients (void)
{
  for (int kind = QXL_OP_FILL; kind < QXL_N_OPS; kind++) {
    g_autoptr (QxlDrawable) draw = draw_new ((QxlOpKind)kind);
    bool is_rop3 =
        kind == QXL_OP_ROP3; /* of code 0, which is none of its own */

    g_assert_false (spc_draw_is_told (draw, QXL_FORMAT_BGRX, &web));
    g_assert_cmpint (spc_draw_is_told (draw, QXL_FORMAT_BGRX, &native), ==,
                     !is_rop3);
  }
}

/* 218 codes need all three operands */
static void
tells_rop3_codes_that_clients_know (void)
{
  g_autoptr (QxlDrawable) draw = draw_new (QXL_OP_ROP3);
  guint n_told = 0;

  for (unsigned code = 0; code < 256; code++) {
    draw->u.operation->u.rop3.code = (uint8_t)code;
    n_told += spc_draw_is_told (draw, QXL_FORMAT_BGRX, &native);
  }
  g_assert_cmpuint (n_told, ==, 218);
  draw->u.operation->u.rop3.code = 0xcc;
  g_assert_false (spc_draw_is_told (draw, QXL_FORMAT_BGRX, &native));
  draw->u.operation->u.rop3.code = 0xca;
  g_assert_true (spc_draw_is_told (draw, QXL_FORMAT_BGRX, &native));
}

static void
makes_pictures_of_what_clients_get_wrong (void)
{
  g_autoptr (QxlDrawable) dashes = draw_new (QXL_OP_STROKE);
  g_autoptr (QxlDrawable) text = draw_new (QXL_OP_TEXT);
  g_autoptr (QxlDrawable) masked = draw_new (QXL_OP_FILL);
  g_autoptr (QxlDrawable) own = draw_new (QXL_OP_COPY);
  g_autoptr (QxlDrawable) composite = draw_new (QXL_OP_COMPOSITE);
  const SpcDrawTraits old = {.is_native = true};

  dashes->u.operation->u.stroke.attr.flags = QXL_LINE_STYLED;
  text->u.operation->u.text.string.format = QXL_GLYPH_A8;
  masked->u.operation->u.fill.mask.bitmap = qxl_source_surface (3);
  own->u.operation->u.copy.src = qxl_source_surface (0);
  g_assert_false (spc_draw_is_told (dashes, QXL_FORMAT_BGRX, &native));
  g_assert_false (spc_draw_is_told (text, QXL_FORMAT_BGRX, &native));
  g_assert_false (spc_draw_is_told (masked, QXL_FORMAT_BGRX, &native));
  g_assert_false (spc_draw_is_told (own, QXL_FORMAT_BGRX, &native));
  g_assert_false (spc_draw_is_told (composite, QXL_FORMAT_BGRX, &old));
}

static void
tells_surfaces_that_the_protocol_can_fill (void)
{
  g_assert_true (spc_surface_is_told (QXL_FORMAT_BGRX, &web));
  g_assert_true (spc_surface_is_told (QXL_FORMAT_BGRA, &web));
  g_assert_false (spc_surface_is_told (QXL_FORMAT_A8, &web));
  g_assert_true (spc_surface_is_told (QXL_FORMAT_A8, &native));
  g_assert_true (spc_surface_is_told (QXL_FORMAT_RGB15, &native));
  g_assert_false (spc_surface_is_told (QXL_FORMAT_RGB16, &native));
  g_assert_false (spc_surface_is_told (QXL_FORMAT_A1, &native));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/operation-rules/tells-plain-draws-to-everybody",
                   tells_plain_draws_to_everybody);
  g_test_add_func ("/operation-rules/tells-operations-to-native-clients",
                   tells_operations_to_native_clients);
  g_test_add_func ("/operation-rules/tells-rop3-codes-that-clients-know",
                   tells_rop3_codes_that_clients_know);
  g_test_add_func ("/operation-rules/makes-pictures-of-what-clients-get-wrong",
                   makes_pictures_of_what_clients_get_wrong);
  g_test_add_func ("/operation-rules/tells-surfaces-that-the-protocol-can-fill",
                   tells_surfaces_that_the_protocol_can_fill);
  return g_test_run ();
}
