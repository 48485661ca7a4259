/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/command-spoils-private.h"

#include "qxl/command-samples.h"
#include "qxl/surface.h"
#include "qxl/validate.h"

/* commands that do not draw */

static QxlCommand *
of_kind (QxlCommand *command, QxlCommandKind kind)
{
  return command->kind == kind ? command : NULL;
}

SPOIL (command_kind, QxlCommand, of_kind (command, QXL_COMMAND_UPDATE),
       self->kind = (QxlCommandKind)9)
SPOIL (create_id, QxlCommand, of_kind (command, QXL_COMMAND_SURFACE_CREATE),
       self->u.create.surface_id = QXL_MAX_SURFACES)
SPOIL (create_format, QxlCommand, of_kind (command, QXL_COMMAND_SURFACE_CREATE),
       self->u.create.format = QXL_FORMAT_BGR)
SPOIL (create_nothing, QxlCommand,
       of_kind (command, QXL_COMMAND_SURFACE_CREATE), self->u.create.height = 0)
SPOIL (create_too_wide, QxlCommand,
       of_kind (command, QXL_COMMAND_SURFACE_CREATE),
       self->u.create.width = QXL_SURFACE_MAX_SIDE + 1)
SPOIL (create_too_high, QxlCommand,
       of_kind (command, QXL_COMMAND_SURFACE_CREATE),
       self->u.create.height = G_MAXUINT32)
SPOIL (destroy_missing, QxlCommand,
       of_kind (command, QXL_COMMAND_SURFACE_DESTROY),
       self->u.destroy.surface_id = NO_SURFACE)
SPOIL (heads_none, QxlCommand, of_kind (command, QXL_COMMAND_MONITORS),
       self->u.monitors.n_heads = 0)
SPOIL (heads_too_many, QxlCommand, of_kind (command, QXL_COMMAND_MONITORS),
       self->u.monitors.n_heads = QXL_MAX_HEADS + 1)
SPOIL (heads_over_their_bound, QxlCommand,
       of_kind (command, QXL_COMMAND_MONITORS),
       self->u.monitors.max_heads = self->u.monitors.n_heads - 1)
static QxlHead *
head_in (QxlCommand *command)
{
  return of_kind (command, QXL_COMMAND_MONITORS) != NULL
             ? command->u.monitors.heads
             : NULL;
}

SPOIL (head_beside, QxlHead, head_in (command),
       self->area = QXL_RECT (0, 0, G_MAXINT32, 1))
SPOIL (head_on_nothing, QxlHead, head_in (command),
       (self->surface_id = NO_SURFACE, self->area = QXL_RECT (0, 0, 1, 1)))

static QxlCursorShape *
shape_in (QxlCommand *command)
{
  return of_kind (command, QXL_COMMAND_CURSOR) != NULL
             ? command->u.cursor->shape
             : NULL;
}

SPOIL (cursor_kind, QxlCommand, of_kind (command, QXL_COMMAND_CURSOR),
       self->u.cursor->kind = (QxlCursorKind)5)
static bool
cursor_null (QxlCommand *command)
{
  if (shape_in (command) == NULL)
    return false;
  g_clear_pointer (&command->u.cursor->shape, qxl_cursor_shape_unref);
  return true;
}

SPOIL (cursor_type, QxlCursorShape, shape_in (command),
       self->type = QXL_N_CURSOR_TYPES)
SPOIL (cursor_too_wide, QxlCursorShape, shape_in (command),
       self->width = QXL_CURSOR_MAX_SIDE + 1)
SPOIL (cursor_of_no_height, QxlCursorShape, shape_in (command),
       self->height = 0)
SPOIL (cursor_hot_spot, QxlCursorShape, shape_in (command),
       self->hot_x = self->width)
static bool
resize_data (QxlCommand *command, int by)
{
  QxlCursorShape *shape = shape_in (command);
  gsize size;

  if (shape == NULL)
    return false;
  size = g_bytes_get_size (shape->data) + (gsize)by;
  g_bytes_unref (shape->data);
  shape->data = g_bytes_new_take (g_malloc0 (size), size);
  return true;
}

static bool
cursor_too_short (QxlCommand *command)
{
  return resize_data (command, -1);
}

static bool
cursor_too_long (QxlCommand *command)
{
  return resize_data (command, 1);
}

SPOIL (update_missing, QxlCommand, of_kind (command, QXL_COMMAND_UPDATE),
       self->u.update.surface_id = NO_SURFACE)
SPOIL (update_empty, QxlCommand, of_kind (command, QXL_COMMAND_UPDATE),
       self->u.update.area = QXL_RECT (3, 3, 3, 9))
SPOIL (update_beyond, QxlCommand, of_kind (command, QXL_COMMAND_UPDATE),
       self->u.update.area = QXL_RECT (0, 0, 1, G_MAXINT32))
static bool
message_null (QxlCommand *command)
{
  if (of_kind (command, QXL_COMMAND_MESSAGE) == NULL)
    return false;
  g_clear_pointer (&command->u.message, g_free);
  return true;
}

static bool
message_too_long (QxlCommand *command)
{
  if (of_kind (command, QXL_COMMAND_MESSAGE) == NULL)
    return false;
  g_free (command->u.message);
  command->u.message = g_strnfill (QXL_MAX_MESSAGE + 1, 'a');
  return true;
}

/* clang-format off */
const QxlSpoil qxl_spoils_of_others[] = {
  { "command-of-unknown-kind",        "command of kind 9",       command_kind },
  { "create-id-too-high",             "ids below 1024",          create_id },
  { "create-of-unknown-format",       "create surface 1023 in BGR", create_format },
  { "create-of-no-height",            "allowed are 1x1 to",      create_nothing },
  { "create-too-wide",                "of 16385x",               create_too_wide },
  { "create-too-high",                "x4294967295, allowed",    create_too_high },
  { "destroy-no-surface",             "destroy surface 999, there is none", destroy_missing },
  { "no-heads",                       "0 heads",                 heads_none },
  { "too-many-heads",                 "17 heads",                heads_too_many },
  { "heads-over-their-bound",         "heads of at most",        heads_over_their_bound },
  { "head-beside-its-surface",        "head on surface",         head_beside },
  { "head-on-no-surface",             "head on surface 999, there is none", head_on_nothing },
  { "cursor-of-unknown-kind",         "command of kind 5",       cursor_kind },
  { "cursor-without-shape",           "no shape",                cursor_null },
  { "cursor-of-unknown-type",         "cursor of type 7",        cursor_type },
  { "cursor-too-wide",                "cursor of 1025",          cursor_too_wide },
  { "cursor-of-no-height",            "allowed are 1 to 1024",   cursor_of_no_height },
  { "cursor-hot-spot-outside",        "hot spot 9,2",           cursor_hot_spot },
  { "cursor-data-too-short",          "bytes, not",              cursor_too_short },
  { "cursor-data-too-long",           "bytes, not",              cursor_too_long },
  { "update-of-no-surface",           "update of surface 999, there is none", update_missing },
  { "update-of-nothing",              "is empty",                update_empty },
  { "update-beyond-surface",          "what lies in",            update_beyond },
  { "message-null",                   "no text",                 message_null },
  { "message-too-long",               "100001 bytes",            message_too_long },
  { NULL },
};
/* clang-format on */

const QxlSpoil *const qxl_spoil_tables[QXL_N_SPOIL_TABLES] = {
    qxl_spoils_of_draws, qxl_spoils_of_kinds, qxl_spoils_of_others};
