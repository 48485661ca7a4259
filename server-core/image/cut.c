/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cut.h"

#include "content-edge.h"
#include "content-search.h"

enum {
  /* bytes: a message, the headers, and what an encoder must learn anew */
  PART_COST = 300,
  MIN_GAIN = 1000, /* bytes, below which a measure may be mistaken */
  MAX_PIECES = SPC_N_EDGES + 1, /* one cut out, and what is left around it */
};

/* a part that may yet be cut */
typedef struct {
  QxlRect area;
  QxlRect tiles; /* whose middle lies in it */
  int64_t gain;  /* their sum */
  SpcContent content;
  /* what could be cut out of it */
  QxlRect found;  /* tiles */
  int64_t profit; /* bytes; 0: leave it whole */
} Node;

typedef struct {
  const QxlImage *image;
  uint32_t max_nodes, n_nodes;
  Node nodes[SPC_CUT_MAX_PARTS + MAX_PIECES];
  SpcContentMap map;
} Cut;

/* nodes */

/* the first of @n tiles whose middle is not before @at */
static int32_t
tile_from (const Cut *self, int32_t at, uint32_t side, uint32_t n)
{
  int32_t tile = (int32_t)self->map.tile;

  return at >= (int32_t)side ? (int32_t)n : (at + tile / 2 - 1) / tile;
}

static QxlRect
tiles_of (const Cut *self, const QxlRect *area)
{
  uint32_t width = self->image->width, height = self->image->height;
  const SpcContentMap *map = &self->map;

  return QXL_RECT (tile_from (self, area->left, width, map->columns),
                   tile_from (self, area->top, height, map->rows),
                   tile_from (self, area->right, width, map->columns),
                   tile_from (self, area->bottom, height, map->rows));
}

static int
n_sides_within (const QxlRect *inner, const QxlRect *outer)
{
  return (inner->left > outer->left) + (inner->top > outer->top) +
         (inner->right < outer->right) + (inner->bottom < outer->bottom);
}

static void
find_profit (const Cut *self, Node *node)
{
  bool is_photo = node->content == SPC_CONTENT_PHOTO;
  int64_t gain =
      spc_content_find (&self->map, &node->tiles, is_photo, &node->found);
  int n_more = n_sides_within (&node->found, &node->tiles);

  gain = ABS (gain) - (int64_t)PART_COST * n_more;
  node->profit = n_more > 0 && gain >= MIN_GAIN ? gain : 0;
}

static Node
node_of (const Cut *self, const QxlRect *area)
{
  Node node = {.area = *area, .tiles = tiles_of (self, area)};

  node.gain = spc_content_sum (&self->map, &node.tiles);
  node.content = spc_content_by_gain (node.gain);
  find_profit (self, &node);
  return node;
}

/* cutting */

/* what was found, to the pixel */
static QxlRect
exact_area (const Cut *self, const Node *node)
{
  int32_t tile = (int32_t)self->map.tile;
  QxlRect area = QXL_RECT (node->found.left * tile, node->found.top * tile,
                           node->found.right * tile, node->found.bottom * tile);
  SpcEdgeSearch search = {
      .image = self->image,
      .outer = node->area,
      .reach = tile,
      .content = node->content == SPC_CONTENT_PHOTO ? SPC_CONTENT_DRAWN
                                                    : SPC_CONTENT_PHOTO,
      .bonus = PART_COST,
  };

  area = qxl_rect_intersect (&area, &node->area);
  for (int edge = 0; edge < SPC_N_EDGES; edge++)
    spc_content_move_edge (&search, edge, &area);
  return area;
}

/* What tiles on the border of @area measured is of both sides: they count for
 * neither from now on. */
static void
forget_border (Cut *self, const QxlRect *area)
{
  SpcContentMap *map = &self->map;
  int32_t tile = (int32_t)map->tile;
  QxlRect touched = {area->left / tile, area->top / tile,
                     (area->right + tile - 1) / tile,
                     (area->bottom + tile - 1) / tile};
  QxlRect whole = {(area->left + tile - 1) / tile,
                   (area->top + tile - 1) / tile, area->right / tile,
                   area->bottom / tile};

  if (area->right == (int32_t)self->image->width)
    whole.right = touched.right;
  if (area->bottom == (int32_t)self->image->height)
    whole.bottom = touched.bottom;
  for (int32_t y = touched.top; y < touched.bottom; y++)
    for (int32_t x = touched.left; x < touched.right; x++)
      if (x < whole.left || x >= whole.right || y < whole.top ||
          y >= whole.bottom)
        map->gains[(size_t)y * map->columns + (size_t)x] = 0;
}

/* The areas around @inner in @outer, those above and below or those at the
 * sides in full length; some may be empty. */
static void
areas_around (const QxlRect *inner, const QxlRect *outer, bool rows_first,
              QxlRect areas[SPC_N_EDGES])
{
  QxlRect o = *outer, i = *inner;
  int32_t left = rows_first ? o.left : i.left;
  int32_t right = rows_first ? o.right : i.right;
  int32_t top = rows_first ? i.top : o.top;
  int32_t bottom = rows_first ? i.bottom : o.bottom;

  areas[SPC_EDGE_LEFT] = QXL_RECT (o.left, top, i.left, bottom);
  areas[SPC_EDGE_TOP] = QXL_RECT (left, o.top, right, i.top);
  areas[SPC_EDGE_RIGHT] = QXL_RECT (i.right, top, o.right, bottom);
  areas[SPC_EDGE_BOTTOM] = QXL_RECT (left, i.bottom, right, o.bottom);
}

/* how clearly the areas are of one kind each */
static int64_t
purity (const Cut *self, const QxlRect areas[SPC_N_EDGES])
{
  int64_t sum = 0;

  for (int i = 0; i < SPC_N_EDGES; i++)
    if (!qxl_rect_is_empty (&areas[i])) {
      QxlRect tiles = tiles_of (self, &areas[i]);

      sum += ABS (spc_content_sum (&self->map, &tiles));
    }
  return sum;
}

/* replaces a node by what is found in it and what is around that; leaves it
 * whole if there is no room for so many */
static void
cut_node (Cut *self, Node *node)
{
  QxlRect outer = node->area, inner = exact_area (self, node);
  QxlRect in_rows[SPC_N_EDGES], in_columns[SPC_N_EDGES];
  const QxlRect *areas = in_rows;

  node->profit = 0;
  if (n_sides_within (&inner, &outer) == 0 ||
      self->n_nodes + (uint32_t)n_sides_within (&inner, &outer) >
          self->max_nodes)
    return;
  forget_border (self, &inner);
  areas_around (&inner, &outer, true, in_rows);
  areas_around (&inner, &outer, false, in_columns);
  if (purity (self, in_columns) > purity (self, in_rows))
    areas = in_columns;
  *node = node_of (self, &inner);
  for (int i = 0; i < SPC_N_EDGES; i++)
    if (!qxl_rect_is_empty (&areas[i]))
      self->nodes[self->n_nodes++] = node_of (self, &areas[i]);
}

static Node *
most_profitable (Cut *self)
{
  Node *best = self->nodes;

  for (uint32_t i = 1; i < self->n_nodes; i++)
    if (self->nodes[i].profit > best->profit)
      best = &self->nodes[i];
  return best->profit > 0 ? best : NULL;
}

/* results */

/* whether the two make one rectangle */
static bool
is_joinable (const QxlRect *a, const QxlRect *b)
{
  if (a->left == b->left && a->right == b->right)
    return a->bottom == b->top || b->bottom == a->top;
  return a->top == b->top && a->bottom == b->bottom &&
         (a->right == b->left || b->right == a->left);
}

static bool
join_two (Cut *self)
{
  for (uint32_t i = 0; i < self->n_nodes; i++)
    for (uint32_t k = i + 1; k < self->n_nodes; k++) {
      Node *a = &self->nodes[i], *b = &self->nodes[k];

      if (a->content != b->content || !is_joinable (&a->area, &b->area))
        continue;
      a->area = qxl_rect_union (&a->area, &b->area);
      *b = self->nodes[--self->n_nodes];
      return true;
    }
  return false;
}

/* in bands of full width and nearly equal heights */
static void
add_part (const QxlRect *area, SpcContent content, const SpcCutLimits *limits,
          GArray *parts)
{
  int32_t width = qxl_rect_width (area), height = qxl_rect_height (area);
  uint64_t pixels = (uint64_t)width * (uint64_t)height;
  uint64_t band = limits->band_pixels[content];
  int32_t n = 1;

  if (band > 0)
    n = (int32_t)MIN ((pixels + band - 1) / band, (uint64_t)height);
  for (int32_t i = 0; i < n; i++) {
    SpcPart part = {.area = *area, .content = content};

    part.area.top = area->top + (int32_t)((int64_t)height * i / n);
    part.area.bottom = area->top + (int32_t)((int64_t)height * (i + 1) / n);
    g_array_append_val (parts, part);
  }
}

void
spc_cut_image (const QxlImage *image, const SpcCutLimits *limits, GArray *parts)
{
  QxlRect all = QXL_RECT (0, 0, (int32_t)image->width, (int32_t)image->height);
  Cut self; /* clearing it takes longer than most images */
  Node *node;

  self.image = image;
  self.n_nodes = 0;
  g_array_set_size (parts, 0);
  if (!spc_content_measure (image, &self.map)) {
    add_part (&all, SPC_CONTENT_DRAWN, limits, parts);
    return;
  }
  self.max_nodes = CLAMP (limits->max_parts, 1, SPC_CUT_MAX_PARTS);
  self.nodes[self.n_nodes++] = node_of (&self, &all);
  while ((node = most_profitable (&self)))
    cut_node (&self, node);
  while (join_two (&self))
    ;
  for (uint32_t i = 0; i < self.n_nodes; i++)
    add_part (&self.nodes[i].area, self.nodes[i].content, limits, parts);
}
