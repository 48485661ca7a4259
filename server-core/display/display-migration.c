/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "display-migration.h"

#include "display-connection.h"
#include "display-items.h"
#include "display-private.h"
#include "server-core/base/limits.h"
#include "server-core/channel/blob.h"
#include "server-core/channel/client.h"

#define BLOB_MAGIC "DCMD"
#define N_GENERATIONS 4
#define LOSSLESS_ENTRY 4u /* bytes: an id */
#define LOSSY_ENTRY 20u   /* and a rectangle */

typedef struct {
  SpcBlobHead head;
  uint64_t serial; /* of the message the blob comes with */
  uint8_t is_lossy;
  uint8_t cache_id;
  uint64_t cache_pixels;
  uint8_t freezer;
  uint64_t generations[N_GENERATIONS];
  uint8_t dictionary_id;
  uint32_t window_pixels, max_encoders;
  uint64_t next_image_id;
  uint32_t surfaces_offset; /* there: u32 count, and the surfaces */
} DisplayBlob;

static const QxlField blob_fields[] = {
    QXL_F_BLOB (DisplayBlob, head.magic),
    QXL_F_U32 (DisplayBlob, head.version),
    QXL_F_U64 (DisplayBlob, serial),
    QXL_F_U8 (DisplayBlob, is_lossy),
    QXL_F_U8 (DisplayBlob, cache_id),
    QXL_F_U64 (DisplayBlob, cache_pixels),
    QXL_F_U8 (DisplayBlob, freezer),
    QXL_F_U64 (DisplayBlob, generations[0]),
    QXL_F_U64 (DisplayBlob, generations[1]),
    QXL_F_U64 (DisplayBlob, generations[2]),
    QXL_F_U64 (DisplayBlob, generations[3]),
    QXL_F_U8 (DisplayBlob, dictionary_id),
    QXL_F_U32 (DisplayBlob, window_pixels),
    QXL_F_U32 (DisplayBlob, max_encoders),
    QXL_F_U64 (DisplayBlob, next_image_id),
    QXL_F_U32 (DisplayBlob, surfaces_offset),
    QXL_F_END,
};

/* of one display connection; the client's */
#define NOTES "display migration"

typedef struct {
  SpcDisplayInit init;
  bool has_surface[SPC_MAX_SURFACES];
} Notes;

static Notes *
notes_of (SpcConnection *connection)
{
  return spc_client_resource (
      spc_connection_client (connection), NOTES,
      spc_channel_id (spc_connection_channel (connection)));
}

void
spc_display_migration_note (SpcConnection *connection,
                            const SpcDisplayInit *init)
{
  Notes *notes = notes_of (connection);

  if (notes == NULL) {
    notes = g_new0 (Notes, 1);
    spc_client_add_resource (
        spc_connection_client (connection), NOTES,
        spc_channel_id (spc_connection_channel (connection)), notes, g_free);
  }
  notes->init = *init;
}

/* leaving */

/* Those the viewer has: what the display has, but for those it has not been
 * told of, and those it has not been told the end of. */
static void
note_surfaces (SpcConnection *connection, Notes *notes)
{
  SpcDisplay *display = SPC_DISPLAY (spc_connection_channel (connection));
  const SpcSurfaceList *surfaces = spc_display_surfaces (display);
  const SpcPipe *pipe = spc_connection_pipe (connection);

  for (guint i = 0; i < spc_surface_list_length (surfaces); i++)
    notes->has_surface[spc_surface_list_at (surfaces, i)->id % SPC_MAX_SURFACES] =
        true;
  /* backwards: the first item in the pipe tells what was before it */
  for (GList *link = pipe->items.tail; link != NULL; link = link->prev) {
    uint32_t id;
    bool is_create;

    if (spc_item_is_of_surface (link->data, &id, &is_create) &&
        id < SPC_MAX_SURFACES)
      notes->has_surface[id] = !is_create;
  }
}

/* the rest of its picture would be told anew in any case */
static void
on_leaving (SpcConnection *connection)
{
  Notes *notes = notes_of (connection);

  if (notes != NULL)
    note_surfaces (connection, notes);
  spc_pipe_clear (spc_connection_pipe (connection));
}

static void
on_save (SpcConnection *connection, QxlWriter *writer)
{
  const Notes *notes = notes_of (connection);
  const Notes none = {0};
  DisplayBlob blob = {
      .serial = spc_connection_serial (connection) + 1,
      .next_image_id = spc_connection_client (connection)->glz_next_id,
      .surfaces_offset = (uint32_t)qxl_fields_min_size (blob_fields),
  };
  uint32_t n_surfaces = 0;

  if (notes == NULL)
    notes = &none;
  blob.cache_id = notes->init.pixmap_cache_id;
  blob.cache_pixels = notes->init.pixmap_cache_size;
  blob.dictionary_id = notes->init.glz_dictionary_id;
  blob.window_pixels = notes->init.glz_dictionary_window;
  spc_blob_write (writer, BLOB_MAGIC, blob_fields, &blob);
  for (uint32_t id = 0; id < SPC_MAX_SURFACES; id++)
    n_surfaces += notes->has_surface[id];
  qxl_writer_u32 (writer, n_surfaces);
  for (uint32_t id = 0; id < SPC_MAX_SURFACES; id++)
    if (notes->has_surface[id])
      qxl_writer_u32 (writer, id);
}

/* arriving */

/* where the ids of the viewer's surfaces stand */
static bool
find_surfaces (const QxlTail *bytes, const DisplayBlob *blob, QxlTail *list,
               uint32_t *count, GError **error)
{
  uint32_t fixed_size = (uint32_t)qxl_fields_min_size (blob_fields);
  uint32_t entry = blob->is_lossy ? LOSSY_ENTRY : LOSSLESS_ENTRY;
  QxlReader reader;
  QxlTail head;

  if (!spc_blob_part (bytes, fixed_size, blob->surfaces_offset, 4, &head,
                      error))
    return false;
  qxl_reader_init (&reader, head.data, head.size);
  *count = qxl_reader_u32 (&reader);
  if (*count <= SPC_MAX_SURFACES)
    return spc_blob_part (bytes, fixed_size, blob->surfaces_offset + 4,
                          *count * entry, list, error);
  g_set_error (error, SPC_ERROR, SPC_ERROR_LIMIT,
               "%u surfaces in migration data, allowed are %u", *count,
               SPC_MAX_SURFACES);
  return false;
}

static void
end_surfaces (SpcConnection *connection, const QxlTail *list, uint32_t count)
{
  QxlReader reader;

  qxl_reader_init (&reader, list->data, list->size);
  for (uint32_t i = 0; i < count; i++) {
    uint32_t id = qxl_reader_u32 (&reader);

    for (uint32_t n = LOSSLESS_ENTRY; n < list->size / count; n += 4)
      qxl_reader_u32 (&reader);
    spc_connection_push (connection,
                         spc_surface_item_new (id, 0, 0, QXL_FORMAT_BGRX));
  }
}

static guint
count_displays (const SpcClient *client)
{
  guint n = 0;

  for (guint i = 0; i < client->connections->len; i++)
    n += spc_channel_type (spc_connection_channel (g_ptr_array_index (
             client->connections, i))) == SPICE_CHANNEL_DISPLAY;
  return n;
}

/* A cache that several displays share could not be emptied: one of them may
 * still show what the other server sent. */
static SpcDisplayInit
make_init (const SpcClient *client, const DisplayBlob *blob)
{
  return (SpcDisplayInit){
      .pixmap_cache_id = blob->cache_id,
      .pixmap_cache_size =
          count_displays (client) == 1 ? blob->cache_pixels : 0,
      .glz_dictionary_id = blob->dictionary_id,
      .glz_dictionary_window = blob->window_pixels,
  };
}

static bool
on_restore (SpcConnection *connection, const QxlTail *bytes, GError **error)
{
  SpcClient *client = spc_connection_client (connection);
  SpcPixmapCache *pixmaps;
  SpcDisplayInit init;
  DisplayBlob blob;
  QxlTail list;
  uint32_t count;

  if (!spc_blob_read (bytes, BLOB_MAGIC, blob_fields, &blob, error) ||
      !find_surfaces (bytes, &blob, &list, &count, error))
    return false;
  init = make_init (client, &blob);
  spc_connection_set_serial (connection, blob.serial);
  client->glz_next_id = MAX (client->glz_next_id, blob.next_image_id);
  spc_connection_send (connection, SPICE_MSG_DISPLAY_STREAM_DESTROY_ALL, NULL,
                       NULL);
  end_surfaces (connection, &list, count);
  if (!spc_display_connection_begin (connection, &init, error))
    return false;
  pixmaps = spc_display_connection_pixmaps (connection);
  if (pixmaps != NULL)
    spc_pixmap_cache_distrust (pixmaps);
  return true;
}

void
spc_display_migration_install (SpcConnectionClass *klass)
{
  klass->leaving = on_leaving;
  klass->save = on_save;
  klass->restore = on_restore;
}
