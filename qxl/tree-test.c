/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The judge is a model that knows of each pixel who drew it: draws are looked
 * at from the newest to the oldest, with a note of which pixels are needed. */
#include "tree.h"

#include "footprint.h"

#include <string.h>

#define WIDTH 24
#define HEIGHT 18
#define N_PIXELS (WIDTH * HEIGHT)
#define N_SURFACES 3u

typedef struct {
  bool is[N_PIXELS];
} Pixels;

/* what the model knows of a draw */
typedef struct {
  guint surface; /* index in the model's; each is of one life of an id */
  Pixels drawn;
  bool is_opaque;
  guint n_reads;
  struct {
    guint surface;
    Pixels area;
    bool is_moved;
    int dx, dy;
  } reads[2];
  bool is_in_flight;
  bool is_hidden;  /* as the tree says */
  bool is_dropped; /* not a draw but the end of its surface */
  QxlTreeNode *node;
} Event;

typedef struct {
  QxlTree *tree;
  GPtrArray *events; /* Event, owned, oldest first */
  guint surfaces[N_SURFACES];
  guint n_surfaces; /* ever made */
  guint n_hidden;
  GArray *rects; /* of the draw being made */
} Model;

/* pixels */

static void
mark (Pixels *pixels, QxlRect rect)
{
  const QxlRect all = QXL_RECT (0, 0, WIDTH, HEIGHT);

  rect = qxl_rect_intersect (&rect, &all);
  for (int32_t y = rect.top; y < rect.bottom; y++)
    for (int32_t x = rect.left; x < rect.right; x++)
      pixels->is[y * WIDTH + x] = true;
}

static bool
has_any (const Pixels *pixels)
{
  return memchr (pixels->is, true, N_PIXELS) != NULL;
}

/* the model's judgement */

static void
need_area (Pixels *needed, const Event *event, guint i, const Pixels *live)
{
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++) {
      int from_x = x - event->reads[i].dx, from_y = y - event->reads[i].dy;
      bool is_needed = true;

      if (event->reads[i].is_moved)
        is_needed = from_x >= 0 && from_x < WIDTH && from_y >= 0 &&
                    from_y < HEIGHT && live->is[from_y * WIDTH + from_x];
      if (is_needed && event->reads[i].area.is[y * WIDTH + x])
        needed[event->reads[i].surface].is[y * WIDTH + x] = true;
    }
}

/* is a pixel of @event needed? What it needs itself is noted. */
static bool
look_back (Pixels *needed, const Event *event)
{
  Pixels *mine = &needed[event->surface];
  Pixels live = {.is = {false}};

  if (event->is_dropped) {
    memset (mine, 0, sizeof *mine);
    return true;
  }
  for (guint p = 0; p < N_PIXELS; p++) {
    live.is[p] = event->drawn.is[p] && mine->is[p];
    if (event->drawn.is[p] && event->is_opaque)
      mine->is[p] = false;
  }
  if (!has_any (&live))
    return false;
  for (guint i = 0; event->is_in_flight && i < event->n_reads; i++)
    need_area (needed, event, i, &live);
  return true;
}

/* all that the tree has hidden must be so; and if @is_exact, no more */
static void
judge (Model *self, bool is_exact)
{
  g_autofree Pixels *needed = g_new (Pixels, self->n_surfaces);

  memset (needed, true, sizeof *needed * self->n_surfaces);
  for (guint i = self->events->len; i-- > 0;) {
    const Event *event = g_ptr_array_index (self->events, i);
    bool is_needed = look_back (needed, event);

    if (event->is_hidden)
      g_assert_false (is_needed);
    if (is_exact && event->is_in_flight && !event->is_hidden)
      g_assert_true (is_needed);
  }
}

static void
on_hidden (gpointer data, gpointer user_data)
{
  Event *event = data;
  Model *self = user_data;

  g_assert_true (event->is_in_flight && !event->is_hidden);
  event->is_hidden = true;
  event->node = NULL;
  self->n_hidden++;
}

/* surfaces */

static void
add_surface (Model *self, uint32_t id)
{
  self->surfaces[id] = self->n_surfaces++;
  qxl_tree_add_surface (self->tree, id, WIDTH, HEIGHT);
}

/* and another of the same id comes */
static void
drop_surface (Model *self, uint32_t id)
{
  Event *event = g_new0 (Event, 1);

  event->surface = self->surfaces[id];
  event->is_dropped = true;
  g_ptr_array_add (self->events, event);
  if (g_test_rand_bit ())
    qxl_tree_drop_surface (self->tree, id);
  add_surface (self, id);
}

static void
model_init (Model *self)
{
  *self = (Model){.tree = qxl_tree_new (on_hidden, self),
                  .events = g_ptr_array_new_with_free_func (g_free)};
  for (uint32_t id = 0; id < N_SURFACES; id++)
    add_surface (self, id);
}

static void
model_clear (Model *self)
{
  qxl_tree_free (self->tree);
  g_ptr_array_unref (self->events);
}

/* draws, told to both */

static int
between (int least, int most)
{
  return g_test_rand_int_range (least, most + 1);
}

static QxlRect
random_rect (void)
{
  int left = between (0, WIDTH - 1), top = between (0, HEIGHT - 1);

  /* whole surfaces and small ones, too */
  if (between (0, 9) == 0)
    return QXL_RECT (0, 0, WIDTH, HEIGHT);
  return QXL_RECT (left, top, between (left + 1, MIN (left + 12, WIDTH)),
                   between (top + 1, MIN (top + 9, HEIGHT)));
}

static QxlRect
at (const QxlRect *box, int x, int y)
{
  return QXL_RECT (x, y, x + qxl_rect_width (box), y + qxl_rect_height (box));
}

/* draws nothing outside the clip, in the model and in the command */
static void
maybe_clip (Event *event, QxlOperation *op)
{
  QxlRect rects[3];
  Pixels clip = {.is = {false}};
  guint n = (guint)between (0, 3);

  if (g_test_rand_bit ())
    return;
  for (guint i = 0; i < n; i++) {
    rects[i] = random_rect ();
    mark (&clip, rects[i]);
  }
  qxl_operation_clip (op, rects, n);
  for (guint p = 0; p < N_PIXELS; p++)
    event->drawn.is[p] &= clip.is[p];
}

static void
add_read (Model *self, Event *event, uint32_t id, QxlRect area)
{
  guint i = event->n_reads++;

  event->reads[i].surface = self->surfaces[id];
  mark (&event->reads[i].area, area);
}

static void
add_moved_read (Model *self, Event *event, uint32_t id, const QxlRect *box,
                int x, int y)
{
  event->reads[event->n_reads].is_moved = true;
  event->reads[event->n_reads].dx = x - box->left;
  event->reads[event->n_reads].dy = y - box->top;
  add_read (self, event, id, at (box, x, y));
}

/* from near, so that it overlaps, or from anywhere */
static QxlPoint
random_source (const QxlRect *box, bool may_be_outside)
{
  int right = WIDTH - qxl_rect_width (box);
  int bottom = HEIGHT - qxl_rect_height (box);
  int x = between (0, right), y = between (0, bottom);

  if (may_be_outside)
    return (QxlPoint){between (-5, WIDTH), between (-5, HEIGHT)};
  if (g_test_rand_bit ()) {
    x = box->left + between (-2, 2);
    y = box->top + between (-2, 2);
  }
  return (QxlPoint){CLAMP (x, 0, right), CLAMP (y, 0, bottom)};
}

static QxlDrawable *
move (Model *self, Event *event, uint32_t id, const QxlRect *box)
{
  QxlPoint src = random_source (box, false);

  event->is_opaque = true;
  add_moved_read (self, event, id, box, src.x, src.y);
  return qxl_drawable_new_copy_bits (id, box, src);
}

static QxlDrawable *
move_clipped (Model *self, Event *event, uint32_t id, const QxlRect *box)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_COPY_BITS);
  QxlPoint src = random_source (box, true);
  Pixels inside = {.is = {false}};

  op->u.copy_bits.src_pos = src;
  mark (&inside,
        QXL_RECT (box->left - src.x, box->top - src.y,
                  box->left - src.x + WIDTH, box->top - src.y + HEIGHT));
  for (guint p = 0; p < N_PIXELS; p++)
    event->drawn.is[p] &= inside.is[p];
  event->is_opaque = true;
  add_moved_read (self, event, id, box, src.x, src.y);
  maybe_clip (event, op);
  return qxl_drawable_new_operation (id, box, op);
}

static QxlDrawable *
copy_surface (Model *self, Event *event, uint32_t id, const QxlRect *box)
{
  uint32_t other = (id + (uint32_t)between (1, N_SURFACES - 1)) % N_SURFACES;
  QxlPoint src = random_source (box, false);

  event->is_opaque = true;
  add_moved_read (self, event, other, box, src.x, src.y);
  return qxl_drawable_new_copy_surface (id, box, other, src);
}

/* a copy of a surface, maybe the same, scaled or not */
static QxlDrawable *
copy_scaled (Model *self, Event *event, uint32_t id, const QxlRect *box)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_COPY);
  uint32_t other = (uint32_t)between (0, N_SURFACES - 1);
  QxlPoint src = random_source (box, false);
  QxlRect area = g_test_rand_bit () ? random_rect () : at (box, src.x, src.y);
  QxlRect wider =
      QXL_RECT (area.left - 2, area.top - 2, area.right + 2, area.bottom + 2);

  op->u.copy = (QxlCopy){.src = qxl_source_surface (other),
                         .src_area = area,
                         .rop = g_test_rand_bit () ? QXL_ROP_PUT : QXL_ROP_OR};
  event->is_opaque = op->u.copy.rop == QXL_ROP_PUT && other != id;
  if (qxl_rect_width (&area) == qxl_rect_width (box) &&
      qxl_rect_height (&area) == qxl_rect_height (box))
    add_moved_read (self, event, other, box, area.left, area.top);
  else
    add_read (self, event, other, wider);
  maybe_clip (event, op);
  return qxl_drawable_new_operation (id, box, op);
}

/* all of the pattern and of the mask, each a surface */
static QxlDrawable *
fill_pattern (Model *self, Event *event, uint32_t id, const QxlRect *box)
{
  const QxlRect all = QXL_RECT (0, 0, WIDTH, HEIGHT);
  QxlOperation *op = qxl_operation_new (QXL_OP_FILL);
  uint32_t pattern = (uint32_t)between (0, N_SURFACES - 1);
  uint32_t mask = (uint32_t)between (0, N_SURFACES - 1);

  op->u.fill.brush = (QxlBrush){.kind = QXL_BRUSH_PATTERN,
                                .pattern = qxl_source_surface (pattern)};
  op->u.fill.rop = QXL_ROP_PUT;
  add_read (self, event, pattern, all);
  event->is_opaque = g_test_rand_bit ();
  if (!event->is_opaque) {
    op->u.fill.mask.bitmap = qxl_source_surface (mask);
    add_read (self, event, mask, all);
  }
  maybe_clip (event, op);
  return qxl_drawable_new_operation (id, box, op);
}

static QxlDrawable *
composite (Model *self, Event *event, uint32_t id, const QxlRect *box)
{
  QxlOperation *op = qxl_operation_new (QXL_OP_COMPOSITE);
  uint32_t other = (uint32_t)between (0, N_SURFACES - 1);
  QxlPoint src = random_source (box, true);

  op->u.composite.flags = 3;
  op->u.composite.src = qxl_source_surface (other);
  op->u.composite.src_origin.x = (int16_t)src.x;
  op->u.composite.src_origin.y = (int16_t)src.y;
  if (g_test_rand_bit ()) {
    op->u.composite.flags |= 1u << 14; /* repeated */
    add_read (self, event, other, QXL_RECT (0, 0, WIDTH, HEIGHT));
  } else {
    add_moved_read (self, event, other, box, src.x, src.y);
  }
  maybe_clip (event, op);
  return qxl_drawable_new_operation (id, box, op);
}

static QxlDrawable *
plain (Model *self, Event *event, uint32_t id, const QxlRect *box)
{
  bool is_invers = between (0, 2) == 0;
  QxlOperation *op;

  event->is_opaque = !is_invers;
  if (!is_invers && g_test_rand_bit ())
    return qxl_drawable_new_fill (id, box, 0);
  op = qxl_operation_new (is_invers ? QXL_OP_INVERS : QXL_OP_BLACKNESS);
  maybe_clip (event, op);
  return qxl_drawable_new_operation (id, box, op);
}

static QxlDrawable *
choose (Model *self, Event *event, uint32_t id, const QxlRect *box)
{
  switch (between (0, 9)) {
  case 0:
  case 1:
    return move (self, event, id, box);
  case 2:
    return move_clipped (self, event, id, box);
  case 3:
    return copy_surface (self, event, id, box);
  case 4:
    return copy_scaled (self, event, id, box);
  case 5:
    return fill_pattern (self, event, id, box);
  case 6:
    return composite (self, event, id, box);
  default:
    return plain (self, event, id, box);
  }
}

static void
draw_one (Model *self)
{
  Event *event = g_new0 (Event, 1);
  uint32_t id = g_test_rand_bit () ? 0 : (uint32_t)between (1, N_SURFACES - 1);
  QxlRect box = random_rect ();
  g_autoptr (QxlDrawable) draw = NULL;

  event->surface = self->surfaces[id];
  mark (&event->drawn, box);
  draw = choose (self, event, id, &box);
  event->is_in_flight = true;
  g_ptr_array_add (self->events, event);
  event->node = qxl_tree_add (self->tree, draw, event);
  g_assert_true ((event->node != NULL) == has_any (&event->drawn));
  event->is_in_flight = event->node != NULL;
}

/* removing */

static guint
count_in_flight (const Model *self)
{
  guint n = 0;

  for (guint i = 0; i < self->events->len; i++) {
    const Event *event = g_ptr_array_index (self->events, i);
    n += event->is_in_flight && !event->is_hidden ? 1 : 0;
  }
  return n;
}

static void
remove_one (Model *self, bool is_oldest)
{
  guint n = count_in_flight (self);
  guint skip = is_oldest || n == 0 ? 0 : (guint)between (0, (int)n - 1);

  for (guint i = 0; i < self->events->len; i++) {
    Event *event = g_ptr_array_index (self->events, i);
    if (!event->is_in_flight || event->is_hidden || skip-- > 0)
      continue;
    event->is_in_flight = false;
    qxl_tree_remove (self->tree, g_steal_pointer (&event->node));
    return;
  }
}

/* tests */

static void
run (guint n_steps, guint max_in_flight, bool is_exact, guint judge_every)
{
  Model model;

  model_init (&model);
  for (guint i = 0; i < n_steps; i++) {
    if (between (0, 39) == 0)
      drop_surface (&model, (uint32_t)between (0, N_SURFACES - 1));
    draw_one (&model);
    if (count_in_flight (&model) > max_in_flight || between (0, 3) == 0)
      remove_one (&model, between (0, 3) != 0);
    if (i % judge_every == 0)
      judge (&model, is_exact);
    g_assert_cmpuint (qxl_tree_length (model.tree), ==,
                      count_in_flight (&model));
  }
  g_assert_cmpuint (model.n_hidden, >, 0);
  model_clear (&model);
}

static void
test_exact (void)
{
  for (guint i = 0; i < 60; i++)
    run (150, 20, true, 1);
}

static void
test_careful (void)
{
  for (guint i = 0; i < 4; i++)
    run (1500, 400, false, 10);
}

static guint n_hidden;

static void
count_hidden (gpointer data, gpointer user_data)
{
  n_hidden++;
}

static QxlTreeNode *
fill (QxlTree *tree, uint32_t id, QxlRect box)
{
  g_autoptr (QxlDrawable) draw = qxl_drawable_new_fill (id, &box, 0);

  return qxl_tree_add (tree, draw, NULL);
}

static QxlTreeNode *
scroll (QxlTree *tree, QxlRect box, int32_t dy)
{
  g_autoptr (QxlDrawable) draw =
      qxl_drawable_new_copy_bits (0, &box, (QxlPoint){box.left, box.top + dy});

  return qxl_tree_add (tree, draw, NULL);
}

static QxlTree *
tree_new (void)
{
  QxlTree *tree = qxl_tree_new (count_hidden, NULL);

  n_hidden = 0;
  qxl_tree_add_surface (tree, 0, 100, 100);
  qxl_tree_add_surface (tree, 1, 100, 100);
  return tree;
}

static void
test_cover (void)
{
  g_autoptr (QxlTree) tree = tree_new ();

  fill (tree, 0, QXL_RECT (10, 10, 20, 20));
  fill (tree, 0, QXL_RECT (0, 0, 100, 15));
  g_assert_cmpuint (n_hidden, ==, 0);
  fill (tree, 1, QXL_RECT (0, 0, 100, 100));
  g_assert_cmpuint (n_hidden, ==, 0);
  fill (tree, 0, QXL_RECT (0, 15, 100, 30));
  g_assert_cmpuint (n_hidden, ==, 1);
  g_assert_cmpuint (qxl_tree_length (tree), ==, 3);
}

/* a line of text that is scrolled up, line by line, until it is off */
static void
test_scroll (void)
{
  g_autoptr (QxlTree) tree = tree_new ();

  fill (tree, 0, QXL_RECT (5, 92, 50, 98));
  for (guint i = 0; i < 8; i++) {
    scroll (tree, QXL_RECT (0, 0, 100, 90), 10);
    fill (tree, 0, QXL_RECT (0, 90, 100, 100));
  }
  g_assert_cmpuint (n_hidden, ==, 0);
  scroll (tree, QXL_RECT (0, 0, 100, 90), 10);
  fill (tree, 0, QXL_RECT (0, 90, 100, 100));
  /* the line lies in the topmost one now */
  g_assert_cmpuint (n_hidden, ==, 0);
  scroll (tree, QXL_RECT (0, 0, 100, 90), 10);
  /* that, and the move that brought it in, of which nothing is left */
  g_assert_cmpuint (n_hidden, ==, 2);
}

static void
test_sent (void)
{
  g_autoptr (QxlTree) tree = tree_new ();
  QxlTreeNode *reader;

  fill (tree, 0, QXL_RECT (20, 0, 30, 10));
  reader = scroll (tree, QXL_RECT (20, 20, 30, 30), -20);
  fill (tree, 0, QXL_RECT (20, 0, 30, 10));
  g_assert_cmpuint (n_hidden, ==, 0);
  qxl_tree_remove (tree, reader);
  g_assert_cmpuint (n_hidden, ==, 1);
  g_assert_cmpuint (qxl_tree_length (tree), ==, 1);
}

static void
test_dropped (void)
{
  const QxlRect box = QXL_RECT (0, 0, 10, 10);
  g_autoptr (QxlTree) tree = tree_new ();
  g_autoptr (QxlDrawable) shown =
      qxl_drawable_new_copy_surface (0, &box, 1, (QxlPoint){50, 50});

  fill (tree, 1, QXL_RECT (0, 0, 40, 40));
  fill (tree, 1, QXL_RECT (45, 45, 55, 55));
  qxl_tree_add (tree, shown, NULL);
  qxl_tree_drop_surface (tree, 1);
  /* the other has been taken from */
  g_assert_cmpuint (n_hidden, ==, 1);
  fill (tree, 0, QXL_RECT (0, 0, 10, 10));
  g_assert_cmpuint (n_hidden, ==, 3);
  g_assert_null (fill (tree, 1, box));
}

/* work is bounded: many readers, many rectangles, many layers */
static void
test_many (void)
{
  g_autoptr (QxlTree) tree = tree_new ();

  for (int32_t i = 0; i < 3000; i++) {
    QxlRect box = QXL_RECT (i % 90, i / 90 % 90, i % 90 + 9, i / 90 % 90 + 9);
    QxlOperation *op = qxl_operation_new (QXL_OP_INVERS);
    g_autoptr (QxlDrawable) draw =
        qxl_drawable_new_operation (0, &QXL_RECT (0, 0, 100, 100), op);

    qxl_tree_add (tree, draw, NULL);
    scroll (tree, box, box.top > 5 ? -1 : 1);
    fill (tree, 0, box);
  }
  fill (tree, 0, QXL_RECT (0, 0, 100, 100));
  g_assert_cmpuint (qxl_tree_length (tree), >, 0);
  g_assert_cmpuint (qxl_tree_length (tree) + n_hidden, ==, 9001);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tree/opaque-cover-hides-what-is-below", test_cover);
  g_test_add_func ("/tree/what-is-moved-on-is-kept", test_scroll);
  g_test_add_func ("/tree/what-was-sent-holds-nothing", test_sent);
  g_test_add_func ("/tree/nobody-sees-what-is-dropped", test_dropped);
  g_test_add_func ("/tree/hides-just-what-the-model-hides", test_exact);
  g_test_add_func ("/tree/never-hides-what-can-be-seen", test_careful);
  g_test_add_func ("/tree/looks-at-few-of-many", test_many);
  return g_test_run ();
}
