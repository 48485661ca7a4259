/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/common/gstspiceclipboardend.h"

/* what one viewer has in one selection */
typedef struct {
  guint64 key;         /* of both */
  guint types;         /* the newest; 0: nothing */
  guint n_lost;        /* events of the bus, when its own was pushed */
  gboolean is_waiting; /* an event waits to be delivered */
  gboolean is_stale;   /* it tells of what was before */
} Cell;

struct _GstSpiceClipboardEnd {
  /* set at construction */
  SpcClipboard *core; /* not owned: the server has it */
  GstSpiceBus *bus;   /* not owned */
  /* under the lock, which is never held while calling out */
  GMutex lock;
  GHashTable *cells; /* Cell, by its key */
};

/* types: the protocol's numbers */

static const char *const type_names[SPC_CLIPBOARD_N_TYPES] = {
    NULL,
    "text/plain;charset=utf-8",
    "image/png",
    "image/bmp",
    "image/tiff",
    "image/jpeg",
    /* the items that the shared folder's owner lists; no URIs */
    "application/x-spice-file-list",
};

const char *
gst_spice_clipboard_type_name (guint type)
{
  return type < SPC_CLIPBOARD_N_TYPES ? type_names[type] : NULL;
}

guint
gst_spice_clipboard_type_from_name (const char *name)
{
  if (g_ascii_strcasecmp (name, "text/plain") == 0)
    return 1;
  for (guint i = 1; i < SPC_CLIPBOARD_N_TYPES; i++)
    if (g_ascii_strcasecmp (name, type_names[i]) == 0)
      return i;
  return 0;
}

static char **
names_of (guint types)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 1; i < SPC_CLIPBOARD_N_TYPES; i++)
    if (types & 1u << i)
      g_ptr_array_add (names, g_strdup (type_names[i]));
  g_ptr_array_add (names, NULL);
  return (char **)g_ptr_array_free (names, FALSE);
}

/* events: loop thread, or the event thread for one that is told anew */

static GstStructure *
new_event (const char *name, guint id, guint selection)
{
  return gst_structure_new (name, "connection-id", G_TYPE_UINT, id, "selection",
                            GST_TYPE_SPICE_SELECTION, (int)selection, NULL);
}

static GstStructure *
state_event (guint id, guint selection, guint types)
{
  g_auto (GStrv) names = names_of (types);
  GstStructure *event;

  if (types == 0)
    return new_event (GST_SPICE_CLIPBOARD_RELEASE_EVENT, id, selection);
  event = new_event (GST_SPICE_CLIPBOARD_GRAB_EVENT, id, selection);
  gst_structure_set (event, "types", G_TYPE_STRV, names, NULL);
  return event;
}

static guint64
cell_key (guint id, guint selection)
{
  return (guint64)id * SPC_CLIPBOARD_SELECTIONS + selection;
}

/* the end that it was to tell of may be among the events lost since */
static gboolean
is_forgotten (gpointer key, gpointer value, gpointer n_lost)
{
  const Cell *cell = value;

  return cell->types == 0 && cell->n_lost != GPOINTER_TO_UINT (n_lost);
}

/* lock held */
static Cell *
get_cell (GstSpiceClipboardEnd *self, guint64 key, guint n_lost)
{
  Cell *cell = g_hash_table_lookup (self->cells, &key);

  if (cell)
    return cell;
  g_hash_table_foreach_remove (self->cells, is_forgotten,
                               GUINT_TO_POINTER (n_lost));
  cell = g_new0 (Cell, 1);
  cell->key = key;
  g_hash_table_insert (self->cells, &cell->key, cell);
  return cell;
}

static void
tell_state (GstSpiceClipboardEnd *self, guint id, guint selection, guint types)
{
  guint n_lost = gst_spice_bus_n_lost (self->bus);
  gboolean was_waiting;
  Cell *cell;

  g_mutex_lock (&self->lock);
  cell = get_cell (self, cell_key (id, selection), n_lost);
  /* if any were lost, this one may have been: rather twice than never */
  was_waiting = cell->is_waiting && cell->n_lost == n_lost;
  cell->n_lost = n_lost;
  cell->types = types;
  cell->is_stale = was_waiting;
  cell->is_waiting = TRUE;
  g_mutex_unlock (&self->lock);
  if (!was_waiting)
    gst_spice_bus_push (self->bus, state_event (id, selection, types));
}

void
gst_spice_clipboard_end_delivered (GstSpiceClipboardEnd *self, guint id,
                                   guint selection)
{
  guint64 key = cell_key (id, selection);
  gboolean is_stale = FALSE;
  guint types = 0;
  Cell *cell;

  g_mutex_lock (&self->lock);
  cell = g_hash_table_lookup (self->cells, &key);
  if (cell) {
    is_stale = cell->is_stale;
    types = cell->types;
    cell->is_waiting = is_stale;
    cell->is_stale = FALSE;
    if (!is_stale && types == 0)
      g_hash_table_remove (self->cells, &key);
  }
  g_mutex_unlock (&self->lock);
  if (is_stale)
    gst_spice_bus_push (self->bus, state_event (id, selection, types));
}

static void
on_grabbed (uint32_t id, uint8_t selection, uint32_t types, gpointer user_data)
{
  tell_state (user_data, id, selection, types);
}

static void
on_released (uint32_t id, uint8_t selection, gpointer user_data)
{
  tell_state (user_data, id, selection, 0);
}

static void
on_requested (uint32_t id, uint8_t selection, uint32_t type, gpointer user_data)
{
  GstSpiceClipboardEnd *self = user_data;
  GstStructure *event =
      new_event (GST_SPICE_CLIPBOARD_REQUEST_EVENT, id, selection);

  gst_structure_set (event, "type", G_TYPE_STRING,
                     gst_spice_clipboard_type_name (type), NULL);
  gst_spice_bus_push (self->bus, event);
}

static void
on_data (uint32_t id, uint8_t selection, uint32_t type, GBytes *bytes,
         gpointer user_data)
{
  GstSpiceClipboardEnd *self = user_data;
  GstStructure *event =
      new_event (GST_SPICE_CLIPBOARD_DATA_EVENT, id, selection);

  gst_structure_set (event, "type", G_TYPE_STRING,
                     gst_spice_clipboard_type_name (type), "data", G_TYPE_BYTES,
                     bytes, NULL);
  gst_spice_bus_push (self->bus, event);
}

static const SpcClipboardHost host = {
    .grabbed = on_grabbed,
    .released = on_released,
    .requested = on_requested,
    .data = on_data,
};

/* life */

GstSpiceClipboardEnd *
gst_spice_clipboard_end_new (SpcServer *server, GstSpiceBus *bus)
{
  GstSpiceClipboardEnd *self = g_new0 (GstSpiceClipboardEnd, 1);

  self->bus = bus;
  g_mutex_init (&self->lock);
  self->cells =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  self->core = spc_clipboard_new (spc_server_agent (server), &host, self);
  return self;
}

void
gst_spice_clipboard_end_free (GstSpiceClipboardEnd *self)
{
  if (!self)
    return;
  g_hash_table_unref (self->cells);
  g_mutex_clear (&self->lock);
  g_free (self);
}

void
gst_spice_clipboard_end_apply (GstSpiceClipboardEnd *self,
                               const GstSpiceSettings *settings)
{
  guint ways =
      g_value_get_flags (&settings->values[GST_SPICE_SETTING_CLIPBOARD]);
  const SpcClipboardPolicy policy = {
      .to_client = ways & GST_SPICE_CLIPBOARD_TO_CLIENT,
      .to_server = ways & GST_SPICE_CLIPBOARD_TO_SERVER,
      .max_size = gst_spice_settings_uint (
          settings, GST_SPICE_SETTING_CLIPBOARD_MAX_SIZE),
  };

  spc_clipboard_set_policy (self->core, &policy);
}

SpcClipboard *
gst_spice_clipboard_end_core (GstSpiceClipboardEnd *self)
{
  return self->core;
}
