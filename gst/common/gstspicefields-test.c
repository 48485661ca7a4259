/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of fields as properties: what gstspicefields.h promises. */
#include "gst/common/gstspicefields.h"

typedef struct {
  guint8 before; /* fields need not begin with the struct */
  gint number;
  guint count;
  gboolean is_on;
  gdouble ratio;
  char *name;
  GSeekType kind;
  guint32 after;
} Values;

static const GstSpiceField fields[] = {
    GST_SPICE_FIELD (Values, number), GST_SPICE_FIELD (Values, count),
    GST_SPICE_FIELD (Values, is_on),  GST_SPICE_FIELD (Values, ratio),
    GST_SPICE_FIELD (Values, name),   GST_SPICE_FIELD (Values, kind),
};

static const struct {
  const char *type, *text;
} cases[] = {
    {"gint", "-7"},     {"guint", "4294967295"}, {"gboolean", "true"},
    {"gdouble", "0.5"}, {"gchararray", "name"},  {"GstSeekType", "end"},
};

G_STATIC_ASSERT (G_N_ELEMENTS (cases) == G_N_ELEMENTS (fields));

static void
test_every_type (void)
{
  Values values = {.before = 0xaa, .name = g_strdup ("old"), .after = 0xbbbb};

  (void)GST_TYPE_SEEK_TYPE;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    GType type = g_type_from_name (cases[i].type);
    g_auto (GValue) in = G_VALUE_INIT, out = G_VALUE_INIT;

    g_test_message ("%s", cases[i].type);
    g_value_init (&in, type);
    g_value_init (&out, type);
    g_assert_true (gst_value_deserialize (&in, cases[i].text));
    g_assert_true (gst_spice_fields_set (fields, G_N_ELEMENTS (fields), &values,
                                         NULL, i, &in));
    g_assert_true (gst_spice_fields_get (fields, G_N_ELEMENTS (fields), &values,
                                         NULL, i, &out));
    g_assert_cmpint (gst_value_compare (&in, &out), ==, GST_VALUE_EQUAL);
  }
  g_assert_cmpint (values.number, ==, -7);
  g_assert_cmpuint (values.count, ==, G_MAXUINT32);
  g_assert_true (values.is_on);
  g_assert_cmpfloat (values.ratio, ==, 0.5);
  g_assert_cmpstr (values.name, ==, "name");
  g_assert_cmpint (values.kind, ==, GST_SEEK_TYPE_END);
  g_assert_cmphex (values.before, ==, 0xaa);
  g_assert_cmphex (values.after, ==, 0xbbbb);
  g_free (values.name);
}

static void
test_other_indices (void)
{
  static const guint indices[] = {1, G_MAXINT32, G_MAXUINT};
  Values values = {.number = 3};
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, 5);
  for (guint i = 0; i < G_N_ELEMENTS (indices); i++) {
    g_assert_false (
        gst_spice_fields_set (fields, 1, &values, NULL, indices[i], &value));
    g_assert_false (
        gst_spice_fields_get (fields, 1, &values, NULL, indices[i], &value));
  }
  g_assert_cmpint (values.number, ==, 3);
  g_assert_cmpint (g_value_get_int (&value), ==, 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  gst_init (&argc, &argv);
  g_test_add_func ("/fields/every-type-is-kept", test_every_type);
  g_test_add_func ("/fields/other-indices-are-left-alone", test_other_indices);
  return g_test_run ();
}
