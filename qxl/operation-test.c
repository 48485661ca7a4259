/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/operation.h"

static QxlImage *
image_new (uint32_t side)
{
  uint8_t *pixels;
  QxlImage *image = qxl_image_new (QXL_FORMAT_BGRX, side, side, &pixels);

  memset (pixels, 7, qxl_image_size (image));
  return image;
}

static void
names_every_kind (void)
{
  for (int kind = QXL_OP_FILL; kind < QXL_N_OPS; kind++)
    g_assert_cmpstr (qxl_op_kind_name ((QxlOpKind)kind), !=, "?");
  g_assert_cmpstr (qxl_op_kind_name ((QxlOpKind)0), ==, "?");
  g_assert_cmpstr (qxl_op_kind_name (QXL_N_OPS), ==, "?");
}

static void
finds_sources_by_role (void)
{
  g_autoptr (QxlOperation) op = qxl_operation_new (QXL_OP_OPAQUE);

  for (int role = 0; role < QXL_N_ROLES; role++)
    g_assert_null (qxl_operation_source (op, (QxlSourceRole)role));
  op->u.opaque.copy.src = qxl_source_surface (9);
  op->u.opaque.brush.kind = QXL_BRUSH_PATTERN;
  op->u.opaque.brush.pattern = qxl_source_image (image_new (4));
  op->u.opaque.copy.mask.bitmap = qxl_source_surface (11);
  g_assert_cmpuint (qxl_operation_source (op, QXL_ROLE_SRC)->surface_id, ==, 9);
  g_assert_nonnull (qxl_operation_source (op, QXL_ROLE_BRUSH)->image);
  g_assert_cmpuint (qxl_operation_source (op, QXL_ROLE_MASK)->surface_id, ==,
                    11);
  g_assert_null (qxl_operation_source (op, QXL_ROLE_BACK_BRUSH));
  g_assert_true (qxl_operation_reads (op, 9));
  g_assert_true (qxl_operation_reads (op, 11));
  g_assert_false (qxl_operation_reads (op, 10));
  g_assert_true (qxl_operation_reads_surfaces (op));
  g_assert_cmpuint (qxl_operation_size (op), ==, 64);
}

typedef struct {
  uint16_t rop;
  bool is_opaque;
} RopRow;

static void
knows_which_fills_hide (void)
{
  static const RopRow rows[] = {
      {QXL_ROP_PUT, true},
      {QXL_ROP_PUT | QXL_ROP_INVERS_BRUSH, true},
      {QXL_ROP_PUT | QXL_ROP_XOR, true},
      {0, true},
      {QXL_ROP_BLACKNESS, true},
      {QXL_ROP_WHITENESS, true},
      {QXL_ROP_XOR, false},
      {QXL_ROP_OR | QXL_ROP_BLACKNESS, false},
      {QXL_ROP_AND, false},
      {QXL_ROP_INVERS, false},
  };

  for (size_t i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (QxlOperation) op = qxl_operation_new (QXL_OP_FILL);

    op->u.fill.rop = rows[i].rop;
    g_assert_cmpint (qxl_operation_is_opaque (op), ==, rows[i].is_opaque);
    op->u.fill.mask.bitmap = qxl_source_surface (1);
    g_assert_false (qxl_operation_is_opaque (op));
  }
}

static void
trusts_sources_that_reach_far_enough (void)
{
  g_autoptr (QxlOperation) op = qxl_operation_new (QXL_OP_COPY);

  op->u.copy.rop = QXL_ROP_PUT;
  op->u.copy.src = qxl_source_image (image_new (8));
  op->u.copy.src_area = QXL_RECT (0, 0, 8, 8);
  g_assert_true (qxl_operation_is_opaque (op));
  op->u.copy.src_area.right = 9;
  g_assert_false (qxl_operation_is_opaque (op));
}

static void
knows_what_shows_a_picture (void)
{
  g_autoptr (QxlOperation) fill = qxl_operation_new (QXL_OP_FILL);
  g_autoptr (QxlOperation) op = qxl_operation_new (QXL_OP_COMPOSITE);

  g_assert_false (qxl_operation_is_picture (fill));
  g_assert_false (qxl_operation_is_picture (op));
  op->u.composite.src = qxl_source_image (image_new (8));
  g_assert_true (qxl_operation_is_picture (op));
  op->u.composite.mask = qxl_source_surface (1);
  g_assert_false (qxl_operation_is_picture (op));
}

/* by the table of truth: the result does not change with the destination */
static void
knows_which_codes_hide (void)
{
  g_autoptr (QxlOperation) op = qxl_operation_new (QXL_OP_ROP3);

  op->u.rop3.copy.src = qxl_source_image (image_new (8));
  op->u.rop3.copy.src_area = QXL_RECT (0, 0, 8, 8);
  for (unsigned code = 0; code < 256; code++) {
    bool hides = true;

    for (unsigned ps = 0; ps < 4; ps++)
      hides &= (code >> (ps << 1) & 1) == (code >> (ps << 1 | 1) & 1);
    op->u.rop3.code = (uint8_t)code;
    g_assert_cmpint (qxl_operation_is_opaque (op), ==, hides);
  }
}

static void
keeps_a_copy_of_its_clip (void)
{
  QxlRect rects[] = {{0, 0, 1, 1}, {2, 2, 5, 6}};
  g_autoptr (QxlOperation) op = qxl_operation_new (QXL_OP_INVERS);

  g_assert_false (op->is_clipped);
  qxl_operation_clip (op, rects, 2);
  rects[1].left = 0;
  g_assert_true (op->is_clipped);
  g_assert_cmpuint (op->n_clip_rects, ==, 2);
  g_assert_cmpint (op->clip_rects[1].left, ==, 2);
  qxl_operation_clip (op, NULL, 0);
  g_assert_true (op->is_clipped);
  g_assert_cmpuint (op->n_clip_rects, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/operation/names-every-kind", names_every_kind);
  g_test_add_func ("/operation/finds-sources-by-role", finds_sources_by_role);
  g_test_add_func ("/operation/knows-which-fills-hide", knows_which_fills_hide);
  g_test_add_func ("/operation/trusts-sources-that-reach-far-enough",
                   trusts_sources_that_reach_far_enough);
  g_test_add_func ("/operation/knows-what-shows-a-picture",
                   knows_what_shows_a_picture);
  g_test_add_func ("/operation/knows-which-codes-hide", knows_which_codes_hide);
  g_test_add_func ("/operation/keeps-a-copy-of-its-clip",
                   keeps_a_copy_of_its_clip);
  return g_test_run ();
}
