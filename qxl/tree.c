/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each node has the part of it that nothing newer has overwritten ("visible"),
 * and pieces of what has been, held by a reader: a draw that came between and
 * is made of them. A node with neither is dead. As visible parts go, so does
 * what a reader needs of others, which may be dead then in turn: nodes to be
 * looked at wait in a queue. A reader is newer than what it holds, so that
 * comes to an end. */
#include "qxl/tree.h"

#include "qxl/area-index.h"
#include "qxl/footprint.h"

/* Bounds of the work a draw may cause; what is over them is left as it is,
 * which is never wrong. Rectangles of one region: */
#define MAX_RECTS 64
/* draws that a new one covers in part, and readers it must mind */
#define MAX_CROSSING 64u
#define MAX_READERS 64u
/* readers that hold pieces of one node */
#define MAX_PIECES 64u
/* pieces that are looked at for one call; others wait for the next */
#define MAX_SETTLED 4096u

/* a surface, for as long as there are nodes on it or readers of it */
typedef struct {
  gint ref_count;
  uint32_t width, height;
  QxlAreaIndex *visible; /* of nodes */
  QxlAreaIndex *needs;   /* of readers */
} Plane;

typedef struct _Reader Reader;
typedef struct _Piece Piece;

struct _Reader {
  QxlTreeNode *node; /* it belongs to */
  Plane *plane;
  QxlRead read;
  QxlRegion need; /* what of the plane is needed */
  QxlAreaEntry entry;
  Piece *pieces;
};

struct _Piece {
  QxlTreeNode *held;
  Reader *by;
  QxlRegion region;
  Piece *held_next, *held_prev; /* of the same node */
  Piece *by_next, *by_prev;     /* of the same reader */
};

struct _QxlTreeNode {
  gpointer data;
  uint64_t serial;
  Plane *plane;
  QxlRegion visible;
  QxlAreaEntry entry;
  Piece *pieces;
  guint n_pieces;
  guint n_readers;
  Reader *readers; /* owned */
  bool is_queued;
  GList link, queue_link; /* of the tree's lists */
};

struct _QxlTree {
  QxlTreeFunc hidden;
  gpointer user_data;
  GHashTable *planes; /* id → Plane, of the surfaces there are */
  uint64_t last_serial;
  GQueue nodes; /* oldest first */
  GQueue queue; /* nodes to be looked at */
  guint n_settled;
  GPtrArray *found, *readers; /* scratch */
};

/* planes */

static Plane *
plane_new (uint32_t width, uint32_t height)
{
  Plane *self = g_new0 (Plane, 1);

  self->ref_count = 1;
  self->width = width;
  self->height = height;
  self->visible = qxl_area_index_new (width, height);
  self->needs = qxl_area_index_new (width, height);
  return self;
}

static Plane *
plane_ref (Plane *self)
{
  self->ref_count++;
  return self;
}

static void
plane_unref (Plane *self)
{
  if (--self->ref_count > 0)
    return;
  qxl_area_index_free (self->visible);
  qxl_area_index_free (self->needs);
  g_free (self);
}

static Plane *
find_plane (const QxlTree *self, uint32_t surface_id)
{
  return g_hash_table_lookup (self->planes, GUINT_TO_POINTER (surface_id));
}

/* a QxlShapeFunc; formats play no part in where something is */
static bool
find_shape (uint32_t surface_id, QxlSurfaceShape *out, gpointer user_data)
{
  const Plane *plane = find_plane (user_data, surface_id);

  if (plane == NULL)
    return false;
  *out = (QxlSurfaceShape){plane->width, plane->height, QXL_FORMAT_BGRX};
  return true;
}

/* regions */

static int
count_rects (const QxlRegion *region)
{
  int n;

  qxl_region_rects (region, &n);
  return n;
}

static QxlRect
extents_of (const QxlRegion *region)
{
  const pixman_box32_t *box =
      pixman_region32_extents ((pixman_region32_t *)region);

  return QXL_RECT (box->x1, box->y1, box->x2, box->y2);
}

/* a region that is too fragmented becomes a larger, simpler one */
static void
simplify (QxlRegion *region)
{
  QxlRect all = extents_of (region);

  if (count_rects (region) <= MAX_RECTS)
    return;
  pixman_region32_fini (region);
  pixman_region32_init_rect (region, all.left, all.top,
                             (guint)qxl_rect_width (&all),
                             (guint)qxl_rect_height (&all));
}

/* some of @region, in few rectangles */
static void
init_part (QxlRegion *part, const QxlRegion *region)
{
  int n;
  const QxlRect *rects = qxl_region_rects (region, &n);

  pixman_region32_init_rects (part, (const pixman_box32_t *)rects,
                              MIN (n, MAX_RECTS));
}

static void
index_region (QxlAreaIndex *index, QxlAreaEntry *entry, const QxlRegion *region)
{
  QxlRect extents = extents_of (region);

  if (qxl_region_is_empty (region))
    qxl_area_index_remove (index, entry);
  else
    qxl_area_index_put (index, entry, &extents);
}

/* pieces */

static void
piece_free (Piece *self)
{
  *(self->held_prev != NULL ? &self->held_prev->held_next
                            : &self->held->pieces) = self->held_next;
  if (self->held_next != NULL)
    self->held_next->held_prev = self->held_prev;
  *(self->by_prev != NULL ? &self->by_prev->by_next : &self->by->pieces) =
      self->by_next;
  if (self->by_next != NULL)
    self->by_next->by_prev = self->by_prev;
  self->held->n_pieces--;
  pixman_region32_fini (&self->region);
  g_free (self);
}

static Piece *
find_piece (const QxlTreeNode *held, const Reader *by)
{
  for (Piece *piece = held->pieces; piece != NULL; piece = piece->held_next)
    if (piece->by == by)
      return piece;
  return NULL;
}

static Piece *
piece_new (QxlTreeNode *held, Reader *by)
{
  Piece *self = g_new0 (Piece, 1);

  self->held = held;
  self->by = by;
  pixman_region32_init (&self->region);
  self->held_next = held->pieces;
  if (held->pieces != NULL)
    held->pieces->held_prev = self;
  held->pieces = self;
  held->n_pieces++;
  self->by_next = by->pieces;
  if (by->pieces != NULL)
    by->pieces->by_prev = self;
  by->pieces = self;
  return self;
}

/* nodes */

static bool
is_dead (const QxlTreeNode *node)
{
  return node->pieces == NULL && qxl_region_is_empty (&node->visible);
}

static bool
has_moved (const QxlTreeNode *node)
{
  for (guint i = 0; i < node->n_readers; i++)
    if (node->readers[i].read.is_moved)
      return true;
  return false;
}

/* something of it has gone */
static void
queue_node (QxlTree *self, QxlTreeNode *node)
{
  if (node->is_queued || (!is_dead (node) && !has_moved (node)))
    return;
  node->is_queued = true;
  g_queue_push_tail_link (&self->queue, &node->queue_link);
}

static void
release_piece (QxlTree *self, Piece *piece)
{
  QxlTreeNode *held = piece->held;

  self->n_settled++;
  piece_free (piece);
  queue_node (self, held);
}

static void
node_free (QxlTree *self, QxlTreeNode *node)
{
  if (node->is_queued)
    g_queue_unlink (&self->queue, &node->queue_link);
  g_queue_unlink (&self->nodes, &node->link);
  while (node->pieces != NULL)
    piece_free (node->pieces);
  for (guint i = 0; i < node->n_readers; i++) {
    Reader *reader = &node->readers[i];

    while (reader->pieces != NULL)
      release_piece (self, reader->pieces);
    qxl_area_index_remove (reader->plane->needs, &reader->entry);
    pixman_region32_fini (&reader->need);
    plane_unref (reader->plane);
  }
  qxl_area_index_remove (node->plane->visible, &node->entry);
  pixman_region32_fini (&node->visible);
  plane_unref (node->plane);
  g_free (node->readers);
  g_free (node);
}

/* what of @node is still needed */
static void
init_live (QxlRegion *live, const QxlTreeNode *node)
{
  pixman_region32_init (live);
  pixman_region32_copy (live, (pixman_region32_t *)&node->visible);
  for (const Piece *piece = node->pieces; piece != NULL;
       piece = piece->held_next)
    pixman_region32_union (live, live, (pixman_region32_t *)&piece->region);
}

/* settling: what follows from what has gone */

/* @need has become less; pieces follow */
static void
shrink_pieces (QxlTree *self, Reader *reader)
{
  Piece *next;

  for (Piece *piece = reader->pieces; piece != NULL; piece = next) {
    next = piece->by_next;
    self->n_settled++;
    pixman_region32_intersect (&piece->region, &piece->region, &reader->need);
    if (qxl_region_is_empty (&piece->region))
      release_piece (self, piece);
    else
      queue_node (self, piece->held);
  }
}

static void
shrink_need (QxlTree *self, Reader *reader, const QxlRegion *live)
{
  QxlRegion need;

  pixman_region32_init (&need);
  pixman_region32_copy (&need, (pixman_region32_t *)live);
  pixman_region32_translate (&need, reader->read.dx, reader->read.dy);
  pixman_region32_intersect (&need, &need, &reader->need);
  if (count_rects (&need) <= MAX_RECTS &&
      !pixman_region32_equal (&need, &reader->need)) {
    pixman_region32_copy (&reader->need, &need);
    index_region (reader->plane->needs, &reader->entry, &need);
    shrink_pieces (self, reader);
  }
  pixman_region32_fini (&need);
}

static void
settle_node (QxlTree *self, QxlTreeNode *node)
{
  QxlRegion live;
  gpointer data = node->data;

  self->n_settled++;
  if (is_dead (node)) {
    node_free (self, node);
    self->hidden (data, self->user_data);
    return;
  }
  init_live (&live, node);
  for (guint i = 0; i < node->n_readers; i++)
    if (node->readers[i].read.is_moved)
      shrink_need (self, &node->readers[i], &live);
  pixman_region32_fini (&live);
}

static void
settle (QxlTree *self)
{
  GList *link;

  self->n_settled = 0;
  while (self->n_settled < MAX_SETTLED &&
         (link = g_queue_pop_head_link (&self->queue)) != NULL) {
    QxlTreeNode *node = link->data;

    node->is_queued = false;
    settle_node (self, node);
  }
}

/* covering */

/* Lets those readers that came after @node hold what they need of @part; false:
 * there are too many. */
static bool
hold (const QxlTree *self, QxlTreeNode *node, const QxlRegion *part)
{
  for (guint i = 0; i < self->readers->len; i++) {
    Reader *reader = g_ptr_array_index (self->readers, i);
    Piece *piece = find_piece (node, reader);
    QxlRegion common;

    if (reader->node->serial <= node->serial)
      continue;
    pixman_region32_init (&common);
    pixman_region32_intersect (&common, (pixman_region32_t *)part,
                               &reader->need);
    if (!qxl_region_is_empty (&common)) {
      if (piece == NULL && node->n_pieces == MAX_PIECES) {
        pixman_region32_fini (&common);
        return false;
      }
      if (piece == NULL)
        piece = piece_new (node, reader);
      pixman_region32_union (&piece->region, &piece->region, &common);
      simplify (&piece->region);
    }
    pixman_region32_fini (&common);
  }
  return true;
}

static void
trim (QxlTree *self, QxlTreeNode *node, const QxlRegion *cover)
{
  QxlRegion part, rest;

  pixman_region32_init (&part);
  pixman_region32_init (&rest);
  pixman_region32_intersect (&part, &node->visible, (pixman_region32_t *)cover);
  pixman_region32_subtract (&rest, &node->visible, (pixman_region32_t *)cover);
  if (!qxl_region_is_empty (&part) && count_rects (&rest) <= MAX_RECTS &&
      hold (self, node, &part)) {
    pixman_region32_copy (&node->visible, &rest);
    index_region (node->plane->visible, &node->entry, &rest);
    queue_node (self, node);
  }
  pixman_region32_fini (&part);
  pixman_region32_fini (&rest);
}

/* everything in @cover has been overwritten */
static void
cover_plane (QxlTree *self, Plane *plane, const QxlRegion *cover)
{
  QxlRect extents = extents_of (cover);

  g_ptr_array_set_size (self->readers, 0);
  g_ptr_array_set_size (self->found, 0);
  if (!qxl_area_index_find (plane->needs, &extents, MAX_READERS, MAX_READERS,
                            self->readers))
    return;
  /* those that lie inside are rid of thereby, so they cost nothing */
  qxl_area_index_find (plane->visible, &extents, G_MAXUINT, MAX_CROSSING,
                       self->found);
  for (guint i = 0; i < self->found->len; i++)
    trim (self, g_ptr_array_index (self->found, i), cover);
}

/* draws */

static void
add_reader (QxlTree *self, QxlTreeNode *node, const QxlRead *read)
{
  Reader *reader = &node->readers[node->n_readers];
  Plane *plane = find_plane (self, read->surface_id);
  QxlRect area = read->area;

  pixman_region32_init (&reader->need);
  if (read->is_moved) {
    pixman_region32_copy (&reader->need, &node->visible);
    pixman_region32_translate (&reader->need, read->dx, read->dy);
    pixman_region32_intersect_rect (&reader->need, &reader->need, area.left,
                                    area.top, (guint)qxl_rect_width (&area),
                                    (guint)qxl_rect_height (&area));
  } else {
    qxl_region_add (&reader->need, &area);
  }
  if (qxl_region_is_empty (&reader->need)) {
    pixman_region32_fini (&reader->need);
    return;
  }
  reader->node = node;
  reader->plane = plane_ref (plane);
  reader->read = *read;
  reader->entry.owner = reader;
  index_region (plane->needs, &reader->entry, &reader->need);
  node->n_readers++;
}

static QxlTreeNode *
node_new (QxlTree *self, Plane *plane, const QxlFootprint *footprint,
          gpointer data)
{
  QxlTreeNode *node = g_new0 (QxlTreeNode, 1);

  node->data = data;
  node->serial = ++self->last_serial;
  node->plane = plane_ref (plane);
  node->entry.owner = node;
  node->link.data = node->queue_link.data = node;
  pixman_region32_init (&node->visible);
  pixman_region32_copy (&node->visible,
                        (pixman_region32_t *)&footprint->region);
  simplify (&node->visible);
  g_queue_push_tail_link (&self->nodes, &node->link);
  if (footprint->n_reads > 0)
    node->readers = g_new0 (Reader, footprint->n_reads);
  for (guint i = 0; i < footprint->n_reads; i++)
    add_reader (self, node, &footprint->reads[i]);
  return node;
}

QxlTreeNode *
qxl_tree_add (QxlTree *self, const QxlDrawable *draw, gpointer data)
{
  Plane *plane = find_plane (self, draw->surface_id);
  QxlFootprint footprint;
  QxlTreeNode *node;

  if (plane == NULL || !qxl_footprint_init (&footprint, draw, find_shape, self))
    return NULL;
  node = node_new (self, plane, &footprint, data);
  if (footprint.is_opaque) {
    QxlRegion cover;

    init_part (&cover, &footprint.region);
    cover_plane (self, plane, &cover);
    pixman_region32_fini (&cover);
  }
  index_region (plane->visible, &node->entry, &node->visible);
  qxl_footprint_clear (&footprint);
  settle (self);
  return node;
}

void
qxl_tree_remove (QxlTree *self, QxlTreeNode *node)
{
  node_free (self, node);
  settle (self);
}

guint
qxl_tree_length (const QxlTree *self)
{
  return self->nodes.length;
}

/* surfaces */

void
qxl_tree_add_surface (QxlTree *self, uint32_t surface_id, uint32_t width,
                      uint32_t height)
{
  qxl_tree_drop_surface (self, surface_id);
  g_hash_table_insert (self->planes, GUINT_TO_POINTER (surface_id),
                       plane_new (width, height));
}

void
qxl_tree_drop_surface (QxlTree *self, uint32_t surface_id)
{
  Plane *plane = find_plane (self, surface_id);
  QxlRegion all;

  if (plane == NULL)
    return;
  plane_ref (plane);
  g_hash_table_remove (self->planes, GUINT_TO_POINTER (surface_id));
  pixman_region32_init_rect (&all, 0, 0, plane->width, plane->height);
  cover_plane (self, plane, &all);
  pixman_region32_fini (&all);
  settle (self);
  plane_unref (plane);
}

/* life */

static void
unref_plane (gpointer plane)
{
  plane_unref (plane);
}

QxlTree *
qxl_tree_new (QxlTreeFunc hidden, gpointer user_data)
{
  QxlTree *self = g_new0 (QxlTree, 1);

  self->hidden = hidden;
  self->user_data = user_data;
  self->planes =
      g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, unref_plane);
  g_queue_init (&self->nodes);
  g_queue_init (&self->queue);
  self->found = g_ptr_array_new ();
  self->readers = g_ptr_array_new ();
  return self;
}

void
qxl_tree_free (QxlTree *self)
{
  if (self == NULL)
    return;
  /* the newest first: what it holds is not looked at any more */
  while (self->nodes.tail != NULL)
    node_free (self, self->nodes.tail->data);
  g_hash_table_unref (self->planes);
  g_ptr_array_unref (self->found);
  g_ptr_array_unref (self->readers);
  g_free (self);
}
