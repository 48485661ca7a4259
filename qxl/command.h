/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* command.h – the draw command model.
 *
 * What a producer gives to a display: a QxlBatch, an ordered list of commands
 * that belong together (a frame's difference, for instance). A command either
 * creates or destroys a surface, or draws on one. Batches and drawables are
 * immutable once posted and shared by reference; any thread. */
#pragma once

#include "cursor.h"
#include "geometry.h"
#include "image.h"
#include "operation.h"

/* the primary surface, the one that is shown */
#define QXL_PRIMARY_SURFACE 0u

typedef enum {
  QXL_DRAW_FILL,         /* box becomes one colour */
  QXL_DRAW_COPY,         /* box becomes the image's src area, same size */
  QXL_DRAW_COPY_BITS,    /* box becomes what lies at src_pos of the surface */
  QXL_DRAW_COPY_SURFACE, /* box becomes what lies at src of another surface */
  QXL_DRAW_OPERATION,    /* anything else: see operation.h */
} QxlDrawKind;

typedef struct _QxlDrawable QxlDrawable;

struct _QxlDrawable {
  gint ref_count;
  QxlDrawKind kind;
  uint32_t surface_id;
  QxlRect box; /* not empty, inside the surface */
  union {
    struct {
      uint32_t color; /* 0x00RRGGBB; on BGRA surfaces 0xAARRGGBB */
    } fill;
    struct {
      QxlImage *image; /* owned */
      QxlPoint src;    /* what of the image lands on the box's top left */
    } copy;
    struct {
      QxlPoint src_pos;
    } copy_bits;
    struct {
      uint32_t source_id; /* not the surface drawn on */
      QxlPoint src;
    } copy_surface;
    QxlOperation *operation; /* owned */
  } u;
};

QxlDrawable *qxl_drawable_new_fill (uint32_t surface_id, const QxlRect *box,
                                    uint32_t color);
/* takes @image */
QxlDrawable *qxl_drawable_new_copy (uint32_t surface_id, const QxlRect *box,
                                    QxlImage *image, QxlPoint src);
QxlDrawable *qxl_drawable_new_copy_bits (uint32_t surface_id,
                                         const QxlRect *box, QxlPoint src_pos);
QxlDrawable *qxl_drawable_new_copy_surface (uint32_t surface_id,
                                            const QxlRect *box,
                                            uint32_t source_id, QxlPoint src);
/* takes @operation */
QxlDrawable *qxl_drawable_new_operation (uint32_t surface_id,
                                         const QxlRect *box,
                                         QxlOperation *operation);
QxlDrawable *qxl_drawable_ref (QxlDrawable *self);
void qxl_drawable_unref (QxlDrawable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlDrawable, qxl_drawable_unref)

/* true if it reads pixels of the surface; of any surface */
bool qxl_drawable_reads (const QxlDrawable *self, uint32_t surface_id);
bool qxl_drawable_reads_surfaces (const QxlDrawable *self);
/* true if it reads pixels of the surface, and where at most */
bool qxl_drawable_source (const QxlDrawable *self, uint32_t surface_id,
                          QxlRect *source);
/* an operation that moves pixels on its surface, through no clip */
bool qxl_drawable_is_move (const QxlDrawable *self);
/* bytes of its images */
size_t qxl_drawable_size (const QxlDrawable *self);
/* true if after drawing, nothing below the box can be seen */
bool qxl_drawable_is_opaque (const QxlDrawable *self);

typedef enum {
  QXL_COMMAND_SURFACE_CREATE,
  QXL_COMMAND_SURFACE_DESTROY,
  QXL_COMMAND_DRAW,
  QXL_COMMAND_MONITORS, /* where heads lie on surfaces */
  QXL_COMMAND_CURSOR,   /* of the pointer that belongs to the display */
  QXL_COMMAND_UPDATE,   /* the producer asks for what an area shows */
  QXL_COMMAND_MESSAGE,  /* a text for the log */
} QxlCommandKind;

typedef struct {
  uint32_t id, surface_id;
  QxlRect area; /* of the surface; empty: the head is off */
} QxlHead;

typedef struct {
  QxlCommandKind kind;
  union {
    struct {
      uint32_t surface_id;
      uint32_t width, height; /* pixels */
      QxlFormat format;       /* one of QXL_SURFACE_FORMATS */
    } create;
    struct {
      uint32_t surface_id;
    } destroy;
    QxlDrawable *draw; /* owned */
    struct {
      guint n_heads, max_heads;
      QxlHead *heads; /* owned */
    } monitors;
    QxlCursorCommand *cursor; /* owned */
    struct {
      uint32_t surface_id, update_id;
      QxlRect area;
    } update;
    char *message; /* owned, UTF-8 */
  } u;
} QxlCommand;

typedef struct _QxlBatch QxlBatch;

/* what a part of the primary surface shows */
typedef struct {
  QxlRect area;
  QxlImage *image; /* BGRX, of its size */
} QxlShown;

struct _QxlBatch {
  GArray *commands; /* of QxlCommand, in order */
  GArray *shown;    /* of QxlShown, after all of them; NULL: nothing is said */
};

QxlBatch *qxl_batch_new (void);
void qxl_batch_free (QxlBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QxlBatch, qxl_batch_free)

static inline bool
qxl_batch_is_empty (const QxlBatch *self)
{
  return self->commands->len == 0;
}

static inline const QxlCommand *
qxl_batch_at (const QxlBatch *self, guint index)
{
  return &g_array_index (self->commands, QxlCommand, index);
}

/* as if it was new */
void qxl_batch_clear (QxlBatch *self);
/* moves @command, which is left with nothing, to the end */
void qxl_batch_take (QxlBatch *self, QxlCommand *command);
void qxl_batch_create_surface (QxlBatch *self, uint32_t surface_id,
                               uint32_t width, uint32_t height,
                               QxlFormat format);
void qxl_batch_destroy_surface (QxlBatch *self, uint32_t surface_id);
/* takes @draw */
void qxl_batch_draw (QxlBatch *self, QxlDrawable *draw);
/* what @area of the primary surface shows once all commands are drawn, for who
 * has it at hand; takes @image */
void qxl_batch_show (QxlBatch *self, const QxlRect *area, QxlImage *image);
/* of just @area, the batch's; NULL: it does not say */
QxlImage *qxl_batch_shown (const QxlBatch *self, const QxlRect *area);
/* copies @heads */
void qxl_batch_set_monitors (QxlBatch *self, const QxlHead *heads,
                             guint n_heads, guint max_heads);
/* takes @cursor */
void qxl_batch_cursor (QxlBatch *self, QxlCursorCommand *cursor);
void qxl_batch_update (QxlBatch *self, uint32_t surface_id, const QxlRect *area,
                       uint32_t update_id);
/* copies @text, what is no UTF-8 in it replaced */
void qxl_batch_message (QxlBatch *self, const char *text);
