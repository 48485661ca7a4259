/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicexdisplay.h"

#include <gio/gio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xfixes.h>

#include "gst/spicesrc/gstspicexfiles.h"

/* clang-format off */
static const char *const atom_names[GST_SPICE_X_N_ATOMS] = {
  [GST_SPICE_X_ATOM_CLIPBOARD]   = "CLIPBOARD",
  [GST_SPICE_X_ATOM_TARGETS]     = "TARGETS",
  [GST_SPICE_X_ATOM_TIMESTAMP]   = "TIMESTAMP",
  [GST_SPICE_X_ATOM_MULTIPLE]    = "MULTIPLE",
  [GST_SPICE_X_ATOM_ATOM_PAIR]   = "ATOM_PAIR",
  [GST_SPICE_X_ATOM_INCR]        = "INCR",
  [GST_SPICE_X_ATOM_UTF8_STRING] = "UTF8_STRING",
  [GST_SPICE_X_ATOM_TEXT_UTF8]   = "text/plain;charset=utf-8",
  [GST_SPICE_X_ATOM_STRING]      = "STRING",
  [GST_SPICE_X_ATOM_TEXT]        = "TEXT",
  [GST_SPICE_X_ATOM_TEXT_PLAIN]  = "text/plain",
  [GST_SPICE_X_ATOM_PNG]         = "image/png",
  [GST_SPICE_X_ATOM_BMP]         = "image/bmp",
  [GST_SPICE_X_ATOM_X_BMP]       = "image/x-bmp",
  [GST_SPICE_X_ATOM_TIFF]        = "image/tiff",
  [GST_SPICE_X_ATOM_JPEG]        = "image/jpeg",
  [GST_SPICE_X_ATOM_URI_LIST]    = "text/uri-list",
};

static const GstSpiceXType atom_types[GST_SPICE_X_N_ATOMS] = {
  [GST_SPICE_X_ATOM_UTF8_STRING] = GST_SPICE_X_TEXT,
  [GST_SPICE_X_ATOM_TEXT_UTF8]   = GST_SPICE_X_TEXT,
  [GST_SPICE_X_ATOM_STRING]      = GST_SPICE_X_TEXT,
  [GST_SPICE_X_ATOM_TEXT]        = GST_SPICE_X_TEXT,
  [GST_SPICE_X_ATOM_TEXT_PLAIN]  = GST_SPICE_X_TEXT,
  [GST_SPICE_X_ATOM_PNG]         = GST_SPICE_X_PNG,
  [GST_SPICE_X_ATOM_BMP]         = GST_SPICE_X_BMP,
  [GST_SPICE_X_ATOM_X_BMP]       = GST_SPICE_X_BMP,
  [GST_SPICE_X_ATOM_TIFF]        = GST_SPICE_X_TIFF,
  [GST_SPICE_X_ATOM_JPEG]        = GST_SPICE_X_JPEG,
  [GST_SPICE_X_ATOM_URI_LIST]    = GST_SPICE_X_FILES,
};
/* clang-format on */

/* life */

static bool
fail (GError **error, const char *text)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, text);
  return false;
}

static bool
open_fixes (GstSpiceXDisplay *self)
{
  const xcb_query_extension_reply_t *extension =
      xcb_get_extension_data (self->xcb, &xcb_xfixes_id);
  xcb_xfixes_query_version_reply_t *version;

  if (extension == NULL || !extension->present)
    return false;
  self->fixes_event = extension->first_event;
  version = xcb_xfixes_query_version_reply (
      self->xcb, xcb_xfixes_query_version (self->xcb, 1, 0), NULL);
  free (version);
  return version != NULL;
}

static bool
intern_atoms (GstSpiceXDisplay *self)
{
  xcb_intern_atom_cookie_t cookies[GST_SPICE_X_N_ATOMS];
  bool is_complete = true;

  for (guint i = 0; i < GST_SPICE_X_N_ATOMS; i++)
    cookies[i] = xcb_intern_atom (
        self->xcb, false, (uint16_t)strlen (atom_names[i]), atom_names[i]);
  for (guint i = 0; i < GST_SPICE_X_N_ATOMS; i++) {
    xcb_intern_atom_reply_t *reply =
        xcb_intern_atom_reply (self->xcb, cookies[i], NULL);
    if (reply == NULL)
      is_complete = false;
    else
      self->atoms[i] = reply->atom;
    free (reply);
  }
  return is_complete;
}

static void
watch_selections (GstSpiceXDisplay *self)
{
  for (guint i = 0; i < GST_SPICE_X_N_SELECTIONS; i++)
    xcb_xfixes_select_selection_input (
        self->xcb, self->window, gst_spice_x_display_selection (self, i),
        XCB_XFIXES_SELECTION_EVENT_MASK_SET_SELECTION_OWNER |
            XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_WINDOW_DESTROY |
            XCB_XFIXES_SELECTION_EVENT_MASK_SELECTION_CLIENT_CLOSE);
}

static void
make_window (GstSpiceXDisplay *self, xcb_screen_t *screen)
{
  const uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE;

  self->window = xcb_generate_id (self->xcb);
  xcb_create_window (self->xcb, XCB_COPY_FROM_PARENT, self->window,
                     screen->root, -1, -1, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY,
                     XCB_COPY_FROM_PARENT, XCB_CW_EVENT_MASK, &events);
}

bool
gst_spice_x_display_open (GstSpiceXDisplay *self, const char *name,
                          GError **error)
{
  xcb_screen_iterator_t screens;
  int number = 0;

  self->xcb = xcb_connect (name, &number);
  if (xcb_connection_has_error (self->xcb))
    return fail (error, "the X display does not answer");
  screens = xcb_setup_roots_iterator (xcb_get_setup (self->xcb));
  while (number-- > 0 && screens.rem > 1)
    xcb_screen_next (&screens);
  if (screens.rem < 1)
    return fail (error, "the X display has no screen");
  if (!open_fixes (self))
    return fail (error, "the X display lacks XFIXES");
  if (!intern_atoms (self))
    return fail (error, "the X display refuses names of selections");
  make_window (self, screens.data);
  watch_selections (self);
  return true;
}

void
gst_spice_x_display_clear (GstSpiceXDisplay *self)
{
  g_clear_pointer (&self->xcb, xcb_disconnect);
}

xcb_atom_t
gst_spice_x_display_selection (const GstSpiceXDisplay *self,
                               GstSpiceXSelection selection)
{
  return selection == GST_SPICE_X_PRIMARY
             ? XCB_ATOM_PRIMARY
             : self->atoms[GST_SPICE_X_ATOM_CLIPBOARD];
}

GstSpiceXSelection
gst_spice_x_display_find_selection (const GstSpiceXDisplay *self,
                                    xcb_atom_t atom)
{
  GstSpiceXSelection i = 0;

  while (i < GST_SPICE_X_N_SELECTIONS &&
         gst_spice_x_display_selection (self, i) != atom)
    i++;
  return i;
}

/* targets */

GstSpiceXType
gst_spice_x_display_type_of (const GstSpiceXDisplay *self, xcb_atom_t target)
{
  for (guint i = 0; i < GST_SPICE_X_N_ATOMS; i++)
    if (self->atoms[i] == target)
      return atom_types[i];
  return GST_SPICE_X_NOTHING;
}

static bool
has_atom (const xcb_atom_t *atoms, guint n_atoms, xcb_atom_t atom)
{
  for (guint i = 0; i < n_atoms; i++)
    if (atoms[i] == atom)
      return true;
  return false;
}

guint
gst_spice_x_display_choose (const GstSpiceXDisplay *self,
                            const xcb_atom_t *targets, guint n_targets,
                            xcb_atom_t chosen[GST_SPICE_X_N_TYPES])
{
  guint types = 0;

  memset (chosen, 0, GST_SPICE_X_N_TYPES * sizeof *chosen);
  for (guint i = 0; i < GST_SPICE_X_N_ATOMS; i++) {
    GstSpiceXType type = atom_types[i];
    if (type == GST_SPICE_X_NOTHING || (types & (1u << type)) != 0 ||
        !has_atom (targets, n_targets, self->atoms[i]))
      continue;
    types |= 1u << type;
    chosen[type] = self->atoms[i];
  }
  return types;
}

guint
gst_spice_x_display_list (const GstSpiceXDisplay *self, guint types,
                          xcb_atom_t targets[GST_SPICE_X_N_ATOMS])
{
  guint n = 0;

  targets[n++] = self->atoms[GST_SPICE_X_ATOM_TARGETS];
  targets[n++] = self->atoms[GST_SPICE_X_ATOM_TIMESTAMP];
  targets[n++] = self->atoms[GST_SPICE_X_ATOM_MULTIPLE];
  for (guint i = 0; i < GST_SPICE_X_N_ATOMS; i++)
    if (atom_types[i] != GST_SPICE_X_NOTHING &&
        (types & (1u << atom_types[i])) != 0)
      targets[n++] = self->atoms[i];
  return n;
}

/* forms */

static GBytes *
convert (GBytes *data, const char *to, const char *from)
{
  gsize size, made_size = 0;
  const char *text = g_bytes_get_data (data, &size);
  char *made;

  if (size == 0)
    return g_bytes_ref (data);
  made = g_convert_with_fallback (text, (gssize)size, to, from, "?", NULL,
                                  &made_size, NULL);
  return made ? g_bytes_new_take (made, made_size) : NULL;
}

static bool
is_utf8 (GBytes *data)
{
  gsize size;
  const char *text = g_bytes_get_data (data, &size);

  return size == 0 || g_utf8_validate_len (text, size, NULL);
}

GBytes *
gst_spice_x_display_encode (const GstSpiceXDisplay *self, GstSpiceXType type,
                            xcb_atom_t target, GBytes *data, xcb_atom_t *form)
{
  *form = target;
  if (type == GST_SPICE_X_FILES)
    return gst_spice_x_files_to_uris (data);
  if (target == self->atoms[GST_SPICE_X_ATOM_STRING])
    return convert (data, "ISO-8859-1", "UTF-8");
  /* TEXT: as the owner likes it best */
  if (target == self->atoms[GST_SPICE_X_ATOM_TEXT])
    *form = self->atoms[GST_SPICE_X_ATOM_UTF8_STRING];
  return g_bytes_ref (data);
}

GBytes *
gst_spice_x_display_decode (const GstSpiceXDisplay *self, GstSpiceXType type,
                            xcb_atom_t form, GBytes *data)
{
  if (type == GST_SPICE_X_FILES)
    return gst_spice_x_files_from_uris (data);
  if (type != GST_SPICE_X_TEXT)
    return g_bytes_ref (data);
  if (form == self->atoms[GST_SPICE_X_ATOM_STRING])
    return convert (data, "UTF-8", "ISO-8859-1");
  if (is_utf8 (data))
    return g_bytes_ref (data);
  /* compound text says what it is in ways of its own */
  if (form == self->atoms[GST_SPICE_X_ATOM_TEXT_PLAIN])
    return convert (data, "UTF-8", "ISO-8859-1");
  return NULL;
}

/* time */

GSource *
gst_spice_x_display_add_timeout (const GstSpiceXDisplay *self, GSourceFunc func,
                                 gpointer data)
{
  GSource *source = g_timeout_source_new (self->timeout_ms);

  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, self->context);
  return source;
}

void
gst_spice_x_timeout_clear (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}
