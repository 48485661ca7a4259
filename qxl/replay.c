/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/replay.h"

#include "qxl/bitmap.h"
#include "qxl/recording.h"
#include "qxl/refuse.h"
#include "qxl/replay-draw.h"
#include "qxl/surface.h"

#include <string.h>

/* what an event is */
#define WHAT_COMMAND 0
#define WHAT_CONTROL 1

enum {
  COMMAND_DRAW = 1,
  COMMAND_UPDATE = 2,
  COMMAND_CURSOR = 3,
  COMMAND_MESSAGE = 4,
  COMMAND_SURFACE = 5,
};

enum {
  CONTROL_DESTROY_SURFACES = 19,
  CONTROL_CREATE_PRIMARY = 20,
  CONTROL_DESTROY_PRIMARY = 21,
  CONTROL_RESET_CURSOR = 22,
  CONTROL_RESET_IMAGE_CACHE = 23,
  CONTROL_DESTROY_SURFACES_ASYNC = 28,
  CONTROL_CREATE_PRIMARY_ASYNC = 29,
  CONTROL_DESTROY_PRIMARY_ASYNC = 30,
};

/* a message of a guest at most, and a flag of a surface, as QXL has them */
#define MESSAGE_MAX_BYTES 100000u
#define SURFACE_KEEP_DATA 1u

struct _QxlReplay {
  QxlRecording *recording;
  QxlScene scene;
  bool is_alive[QXL_MAX_SURFACES];
  /* events */
  bool has_header, has_first, is_cut_off;
  uint64_t first_ns, last_ns;
  uint64_t n_commands, n_refused;
};

typedef struct {
  uint32_t surface_id, format, width, height;
  int32_t stride;
  bool keeps_data;
} SurfaceCreate;

/* life */

QxlReplay *
qxl_replay_new (GInputStream *stream)
{
  QxlReplay *self = g_new0 (QxlReplay, 1);

  self->recording = qxl_recording_new (stream);
  qxl_scene_init (&self->scene, self->recording);
  return self;
}

void
qxl_replay_free (QxlReplay *self)
{
  if (self == NULL)
    return;
  qxl_scene_clear (&self->scene);
  qxl_recording_free (self->recording);
  g_free (self);
}

void
qxl_replay_set_blocks (QxlReplay *self, QxlBlocks *blocks)
{
  qxl_blocks_unref (self->scene.blocks);
  self->scene.blocks = qxl_blocks_ref (blocks);
}

void
qxl_replay_set_quic (QxlReplay *self, QxlQuicFunc decode, gpointer user_data)
{
  self->scene.quic = decode;
  self->scene.quic_user_data = user_data;
}

/* surfaces */

static QxlFormat
surface_format (uint32_t format)
{
  switch (format) {
  case 1:
    return QXL_FORMAT_A1;
  case 8:
    return QXL_FORMAT_A8;
  case 16:
    return QXL_FORMAT_RGB15;
  case 80:
    return QXL_FORMAT_RGB16;
  case 32:
    return QXL_FORMAT_BGRX;
  case 96:
    return QXL_FORMAT_BGRA;
  default:
    return QXL_FORMAT_INVALID;
  }
}

static bool
check_create (QxlReplay *self, const SurfaceCreate *create)
{
  QxlFormat format = surface_format (create->format);
  uint64_t bits = (uint64_t)create->width * qxl_format_bits_per_pixel (format);

  if (create->surface_id >= QXL_MAX_SURFACES ||
      self->is_alive[create->surface_id])
    return qxl_scene_refuse (&self->scene,
                             "surface %u is in use, or not below %u",
                             create->surface_id, QXL_MAX_SURFACES);
  if (format == QXL_FORMAT_INVALID)
    return qxl_scene_refuse (&self->scene, "surface of format %u",
                             create->format);
  if (create->width == 0 || create->height == 0 ||
      create->width > QXL_SURFACE_MAX_SIDE ||
      create->height > QXL_SURFACE_MAX_SIDE)
    return qxl_scene_refuse (
        &self->scene, "surface of %u×%u pixels; 1 to %u allowed", create->width,
        create->height, QXL_SURFACE_MAX_SIDE);
  if (create->stride == G_MININT32 ||
      (uint64_t)ABS (create->stride) < (bits + 7) / 8)
    return qxl_scene_refuse (&self->scene,
                             "surface's rows of %d bytes hold no %u pixels",
                             create->stride, create->width);
  return true;
}

/* bytes of the memory it lies in */
static uint64_t
create_size (const SurfaceCreate *create)
{
  return (uint64_t)create->height * (uint64_t)ABS ((int64_t)create->stride);
}

/* the surface's pixels as rows of bitmap format @format */
static QxlBitmap
bitmap_of_data (const SurfaceCreate *create, uint8_t format,
                const uint8_t *data)
{
  return (QxlBitmap){
      .format = format,
      .flags = create->stride > 0 ? QXL_BITMAP_TOP_DOWN : 0,
      .x = create->width,
      .y = create->height,
      .stride = (uint32_t)ABS (create->stride),
      .data = data,
      .size = (size_t)create_size (create),
  };
}

/* There is no bitmap format of 5, 6 and 5 bits: such pixels become BGRX, from
 * which they come out as they were. */
static QxlImage *
image_of_rgb16 (const SurfaceCreate *create, const uint8_t *data)
{
  size_t stride = (size_t)ABS (create->stride);
  uint8_t *pixels;
  QxlImage *image =
      qxl_image_new (QXL_FORMAT_BGRX, create->width, create->height, &pixels);

  for (uint32_t y = 0; image != NULL && y < create->height; y++) {
    uint32_t from = create->stride > 0 ? y : create->height - 1 - y;
    qxl_format_row_to_bgrx (QXL_FORMAT_RGB16, pixels + y * image->stride,
                            data + from * stride, create->width);
  }
  return image;
}

/* The surface's first pixels as a command: of a surface of masks a fill of all
 * that is set in one, else a copy. */
static QxlOperation *
operation_of_data (const SurfaceCreate *create, const uint8_t *data)
{
  static const uint8_t formats[] = {[8] = QXL_BITMAP_8BIT_A,
                                    [16] = QXL_BITMAP_16BIT,
                                    [32] = QXL_BITMAP_32BIT,
                                    [96] = QXL_BITMAP_RGBA};
  bool is_mask = create->format == 1;
  g_autoptr (QxlOperation) operation =
      qxl_operation_new (is_mask ? QXL_OP_FILL : QXL_OP_COPY);
  QxlImage *image;

  if (is_mask) {
    QxlBitmap bitmap = bitmap_of_data (create, QXL_BITMAP_1BIT_LE, data);
    operation->u.fill.brush.kind = QXL_BRUSH_SOLID;
    operation->u.fill.brush.color = 1;
    operation->u.fill.rop = QXL_ROP_PUT;
    image = qxl_bitmap_to_mask (&bitmap, NULL);
    operation->u.fill.mask.bitmap = qxl_source_image (image);
  } else {
    QxlBitmap bitmap = bitmap_of_data (create, formats[create->format], data);
    image = create->format == 80 ? image_of_rgb16 (create, data)
                                 : qxl_bitmap_to_image (&bitmap, NULL);
    operation->u.copy.src = qxl_source_image (image);
    operation->u.copy.src_area =
        QXL_RECT (0, 0, (int32_t)create->width, (int32_t)create->height);
    operation->u.copy.rop = QXL_ROP_PUT;
  }
  return image != NULL ? g_steal_pointer (&operation) : NULL;
}

/* @data: NULL, or what the surface shows at first */
static void
create_surface (QxlReplay *self, const SurfaceCreate *create,
                const uint8_t *data, QxlBatch *batch)
{
  QxlRect box =
      QXL_RECT (0, 0, (int32_t)create->width, (int32_t)create->height);
  QxlOperation *operation = NULL;

  if (!check_create (self, create))
    return;
  if (data != NULL) {
    operation = operation_of_data (create, data);
    if (operation == NULL) {
      qxl_scene_refuse (&self->scene, "surface's pixels do not fit in memory");
      return;
    }
  }
  qxl_batch_create_surface (batch, create->surface_id, create->width,
                            create->height, surface_format (create->format));
  self->is_alive[create->surface_id] = true;
  if (operation != NULL)
    qxl_batch_draw (batch, qxl_drawable_new_operation (create->surface_id, &box,
                                                       operation));
}

static void
destroy_surface (QxlReplay *self, uint32_t surface_id, QxlBatch *batch)
{
  if (!self->is_alive[surface_id])
    return;
  self->is_alive[surface_id] = false;
  qxl_batch_destroy_surface (batch, surface_id);
}

/* the primary last, as whoever shows it wants it whole */
static void
destroy_surfaces (QxlReplay *self, QxlBatch *batch)
{
  for (uint32_t id = QXL_MAX_SURFACES; id > 0; id--)
    destroy_surface (self, id - 1, batch);
}

/* control messages */

/* A request that was refused when it was recorded has no text. */
static void
read_create_primary (QxlReplay *self, QxlBatch *batch)
{
  QxlRecording *recording = self->recording;
  SurfaceCreate create = {.surface_id = QXL_PRIMARY_SURFACE};
  int64_t shape[4]; /* width, height, stride, format */
  int64_t more[4];  /* position, mouse mode, flags, type */
  const uint8_t *data;

  if (qxl_recording_next_is (recording, "event"))
    return;
  qxl_recording_numbers (recording, NULL, shape, 4);
  qxl_recording_numbers (recording, NULL, more, 4);
  create.width = (uint32_t)shape[0];
  create.height = (uint32_t)shape[1];
  create.stride = (int32_t)shape[2];
  create.format = (uint32_t)shape[3];
  create.keeps_data = more[2] & SURFACE_KEEP_DATA;
  data = qxl_recording_binary (recording, "data", create_size (&create));
  if (data == NULL)
    return;
  destroy_surface (self, QXL_PRIMARY_SURFACE, batch);
  create_surface (self, &create, create.keeps_data ? data : NULL, batch);
}

static void
read_control (QxlReplay *self, int64_t type, QxlBatch *batch)
{
  switch (type) {
  case CONTROL_CREATE_PRIMARY:
  case CONTROL_CREATE_PRIMARY_ASYNC:
    read_create_primary (self, batch);
    return;
  case CONTROL_DESTROY_PRIMARY:
  case CONTROL_DESTROY_PRIMARY_ASYNC:
    destroy_surface (self, QXL_PRIMARY_SURFACE, batch);
    return;
  case CONTROL_DESTROY_SURFACES:
  case CONTROL_DESTROY_SURFACES_ASYNC:
    destroy_surfaces (self, batch);
    return;
  case CONTROL_RESET_CURSOR:
    qxl_batch_cursor (batch, qxl_cursor_command_new (QXL_CURSOR_RESET));
    return;
  case CONTROL_RESET_IMAGE_CACHE:
    qxl_scene_forget_images (&self->scene);
    return;
  default:
    return;
  }
}

/* commands */

static void
read_draw (QxlReplay *self, QxlBatch *batch)
{
  QxlDrawable *draw = qxl_scene_read_drawable (&self->scene);

  if (draw != NULL)
    qxl_batch_draw (batch, draw);
}

static void
read_update (QxlReplay *self, QxlBatch *batch)
{
  QxlRect area;
  uint32_t update_id, surface_id;

  qxl_recording_literal (self->recording, "update");
  area = qxl_recording_rect (self->recording, "area");
  update_id = qxl_recording_u32 (self->recording, "update_id");
  surface_id = qxl_recording_u32 (self->recording, "surface_id");
  if (surface_id >= QXL_MAX_SURFACES)
    qxl_scene_refuse (&self->scene, "update of surface %u", surface_id);
  else
    qxl_batch_update (batch, surface_id, &area, update_id);
}

/* NULL: refused, or the recording is over */
static QxlCursorShape *
read_shape (QxlReplay *self)
{
  QxlRecording *recording = self->recording;
  g_autoptr (QxlCursorShape) shape = NULL;
  uint64_t unique = qxl_recording_u64 (recording, "header.unique");
  uint16_t type = qxl_recording_u16 (recording, "header.type");
  uint16_t width = qxl_recording_u16 (recording, "header.width");
  uint16_t height = qxl_recording_u16 (recording, "header.height");
  uint16_t hot_x = qxl_recording_u16 (recording, "header.hot_spot_x");
  uint16_t hot_y = qxl_recording_u16 (recording, "header.hot_spot_y");
  uint32_t said = qxl_recording_u32 (recording, "data_size");
  size_t size;
  const uint8_t *data = qxl_recording_chunks (recording, "cursor", &size);
  GError *error = NULL;

  if (data == NULL)
    return NULL;
  shape = qxl_cursor_shape_new (type, unique, width, height, hot_x, hot_y,
                                g_bytes_new (data, size));
  if (said != size)
    qxl_scene_refuse (&self->scene,
                      "cursor of %u bytes comes with %" G_GSIZE_FORMAT, said,
                      size);
  else if (!qxl_cursor_shape_check (shape, &error))
    qxl_scene_take_refusal (&self->scene, error);
  return g_steal_pointer (&shape);
}

static void
read_cursor_place (QxlReplay *self, QxlCursorCommand *cursor)
{
  QxlPoint at = qxl_recording_point16 (self->recording, "point16");

  cursor->x = (int16_t)at.x;
  cursor->y = (int16_t)at.y;
}

static void
read_cursor_body (QxlReplay *self, QxlCursorCommand *cursor)
{
  QxlRecording *recording = self->recording;

  switch (cursor->kind) {
  case QXL_CURSOR_SET:
    read_cursor_place (self, cursor);
    cursor->is_visible = qxl_recording_u8 (recording, "u.set.visible") != 0;
    cursor->shape = read_shape (self);
    return;
  case QXL_CURSOR_MOVE:
    read_cursor_place (self, cursor);
    return;
  case QXL_CURSOR_TRAIL:
    cursor->length = qxl_recording_u16 (recording, "u.trail.length");
    cursor->frequency = qxl_recording_u16 (recording, "u.trail.frequency");
    return;
  default:
    return;
  }
}

static void
read_cursor (QxlReplay *self, QxlBatch *batch)
{
  g_autoptr (QxlCursorCommand) cursor = NULL;
  uint8_t kind;

  qxl_recording_literal (self->recording, "cursor_cmd");
  kind = qxl_recording_u8 (self->recording, "type");
  if (kind > QXL_CURSOR_TRAIL) {
    qxl_scene_refuse (&self->scene, "cursor command of type %u", kind);
    return;
  }
  cursor = qxl_cursor_command_new (kind);
  read_cursor_body (self, cursor);
  if (self->scene.refusal == NULL && !qxl_recording_is_over (self->recording))
    qxl_batch_cursor (batch, g_steal_pointer (&cursor));
}

static void
read_message (QxlReplay *self, QxlBatch *batch)
{
  size_t size;
  const uint8_t *data =
      qxl_recording_text (self->recording, "message", MESSAGE_MAX_BYTES, &size);
  g_autofree char *text = NULL;

  if (data == NULL)
    return;
  text = g_strndup ((const char *)data, size);
  qxl_batch_message (batch, text);
}

static void
read_surface_create (QxlReplay *self, uint32_t surface_id, uint32_t flags,
                     QxlBatch *batch)
{
  QxlRecording *recording = self->recording;
  SurfaceCreate create = {.surface_id = surface_id,
                          .keeps_data = flags & SURFACE_KEEP_DATA};
  const uint8_t *data = NULL;

  create.format = qxl_recording_u32 (recording, "u.surface_create.format");
  create.width = qxl_recording_u32 (recording, "u.surface_create.width");
  create.height = qxl_recording_u32 (recording, "u.surface_create.height");
  create.stride =
      (int32_t)qxl_recording_u32 (recording, "u.surface_create.stride");
  if (create.keeps_data)
    data = qxl_recording_binary (recording, "data", create_size (&create));
  if (!qxl_recording_is_over (recording))
    create_surface (self, &create, data, batch);
}

static void
read_surface (QxlReplay *self, QxlBatch *batch)
{
  uint32_t surface_id, flags;
  uint8_t type;

  qxl_recording_literal (self->recording, "surface_cmd");
  surface_id = qxl_recording_u32 (self->recording, "surface_id");
  type = qxl_recording_u8 (self->recording, "type");
  flags = qxl_recording_u32 (self->recording, "flags");
  if (type == 0)
    read_surface_create (self, surface_id, flags, batch);
  else if (type != 1)
    qxl_scene_refuse (&self->scene, "surface command of type %u", type);
  else if (surface_id == QXL_PRIMARY_SURFACE ||
           surface_id >= QXL_MAX_SURFACES || !self->is_alive[surface_id])
    qxl_scene_refuse (&self->scene, "surface %u is the primary one, or is none",
                      surface_id);
  else
    destroy_surface (self, surface_id, batch);
}

static void
read_command (QxlReplay *self, int64_t type, QxlBatch *batch)
{
  switch (type) {
  case COMMAND_DRAW:
    read_draw (self, batch);
    return;
  case COMMAND_UPDATE:
    read_update (self, batch);
    return;
  case COMMAND_CURSOR:
    read_cursor (self, batch);
    return;
  case COMMAND_MESSAGE:
    read_message (self, batch);
    return;
  case COMMAND_SURFACE:
    read_surface (self, batch);
    return;
  default:
    qxl_scene_refuse (&self->scene, "command of type %" G_GINT64_FORMAT, type);
  }
}

/* events */

typedef struct {
  int64_t counter, what, type, time_ns;
} Event;

static bool
read_event_line (QxlReplay *self, Event *event)
{
  int64_t numbers[4];

  qxl_recording_numbers (self->recording, "event", numbers, 4);
  *event = (Event){numbers[0], numbers[1], numbers[2], numbers[3]};
  if (event->what != WHAT_COMMAND && event->what != WHAT_CONTROL)
    qxl_recording_refuse (self->recording, "event of kind %" G_GINT64_FORMAT,
                          event->what);
  return !qxl_recording_is_over (self->recording);
}

/* since the first event; clocks that go backwards stand still */
static void
take_time (QxlReplay *self, const Event *event)
{
  uint64_t time_ns = (uint64_t)MAX (event->time_ns, 0);

  if (!self->has_first)
    self->first_ns = time_ns;
  self->has_first = true;
  if (time_ns > self->first_ns)
    self->last_ns = MAX (self->last_ns, time_ns - self->first_ns);
}

/* false: the recording is over */
static bool
read_event (QxlReplay *self, const Event *event, QxlBatch *batch)
{
  g_clear_error (&self->scene.refusal);
  if (event->what == WHAT_COMMAND)
    read_command (self, event->type, batch);
  else
    read_control (self, event->type, batch);
  if (qxl_recording_is_over (self->recording))
    return false;
  take_time (self, event);
  if (event->what == WHAT_COMMAND)
    self->n_commands++;
  if (self->scene.refusal != NULL)
    self->n_refused++;
  return true;
}

static QxlBatch *
next_batch (QxlReplay *self)
{
  g_autoptr (QxlBatch) batch = qxl_batch_new ();
  Event event;

  if (!self->has_header)
    qxl_recording_literal (self->recording, "SPICE_REPLAY 1");
  self->has_header =
      self->has_header || !qxl_recording_is_over (self->recording);
  while (!qxl_recording_at_end (self->recording)) {
    self->is_cut_off = true;
    if (!read_event_line (self, &event) || !read_event (self, &event, batch))
      return NULL;
    self->is_cut_off = false;
    if (!qxl_batch_is_empty (batch) || self->scene.refusal != NULL)
      return g_steal_pointer (&batch);
  }
  return NULL;
}

QxlBatch *
qxl_replay_next (QxlReplay *self, uint64_t *time_ns, GCancellable *cancellable,
                 GError **error)
{
  QxlBatch *batch;
  const GError *failure;

  qxl_recording_set_cancellable (self->recording, cancellable);
  batch = next_batch (self);
  failure = qxl_recording_error (self->recording);
  qxl_recording_set_cancellable (self->recording, NULL);
  *time_ns = self->last_ns;
  if (batch == NULL && failure != NULL && error != NULL)
    *error = g_error_copy (failure);
  if (failure == NULL && !self->has_header)
    qxl_refuse (error,
                "recording, byte %" G_GUINT64_FORMAT
                ": its first line is missing",
                qxl_replay_offset (self));
  return batch;
}

/* asking */

const GError *
qxl_replay_refusal (const QxlReplay *self)
{
  return self->scene.refusal;
}

uint64_t
qxl_replay_n_commands (const QxlReplay *self)
{
  return self->n_commands;
}

uint64_t
qxl_replay_n_refused (const QxlReplay *self)
{
  return self->n_refused;
}

uint64_t
qxl_replay_offset (const QxlReplay *self)
{
  return qxl_recording_offset (self->recording);
}

bool
qxl_replay_is_cut_off (const QxlReplay *self)
{
  return self->is_cut_off && qxl_recording_error (self->recording) == NULL;
}
