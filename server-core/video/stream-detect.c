/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Draws heat the tiles of a map. A patch of hot tiles becomes a place where a
 * stream should be, if it does not belong to one that is there already, which
 * then grows or goes there. A place counts what is drawn on it, and ends when
 * nothing is. */
#include "stream-detect.h"

#include "film-rules.h"
#include "frame-trail.h"
#include "heat-patch.h"
#include "stream-places.h"

/* more patches than that at a time are no films */
#define MAX_PATCHES 32
/* percent of a patch's rectangle: with less it is no film, or more than one */
#define MIN_FILL 50
/* percent of its tiles that must be hot */
#define MIN_HOT 50
/* pixels around a patch in which a dragged window is looked for, and as near a
 * place is the same film */
#define NEAR_DRIFT 64
#define NEAR_PLACE 32
/* pixels: what changes its size by less has the same size */
#define SAME_SIZE 4
/* A place that has been still for so long may have gone elsewhere. */
#define GONE_US 150000
/* Searches that found nothing new, after which one waits a little, and then
 * longer. */
#define FREE_SEARCHES 8
#define SEARCH_AGAIN_US 100000
#define MAX_SEARCH_WAITS 4

struct _SpcStreamDetect {
  SpcStreamLimits limits;
  SpcHeatMap *heat;
  SpcFrameTrail trail;
  SpcStreamPlaces places;
  int64_t now_us;
  int64_t traced_us; /* the last frame that places were traced by */
  guint n_vain;      /* searches, one after the other */
  int64_t search_us; /* not before */
};

void
spc_stream_limits_init (SpcStreamLimits *self)
{
  *self = (SpcStreamLimits){
      .by_cost = true,
      .min_side = 64,
      .start_frames = 4,
      .start_fps = 5,
      .sure_fps = 9,
      .sure_percent = 400,
      .start_wait_us = 1500000,
      .active_us = 1000000,
      .end_us = 3000000,
      .max_end_us = 10000000,
      .shrink_us = 2000000,
      .drag_rest_us = 250000,
      .max_drag_us = 1000000,
      .video_millibits = 500,
      .gain_percent = 150,
      .min_gain_bps = 100000,
  };
}

/* life */

SpcStreamDetect *
spc_stream_detect_new (uint32_t width, uint32_t height,
                       const SpcStreamLimits *limits)
{
  SpcStreamDetect *self = g_new0 (SpcStreamDetect, 1);
  SpcStreamLimits usual;

  spc_stream_limits_init (&usual);
  self->heat = spc_heat_map_new (width, height);
  self->places.surface = QXL_RECT (0, 0, (int32_t)width, (int32_t)height);
  self->places.limits = &self->limits;
  self->places.heat = self->heat;
  self->now_us = G_MININT64;
  self->search_us = G_MININT64;
  spc_stream_detect_set_limits (self, limits != NULL ? limits : &usual);
  return self;
}

void
spc_stream_detect_free (SpcStreamDetect *self)
{
  if (self == NULL)
    return;
  spc_heat_map_free (self->heat);
  g_free (self);
}

void
spc_stream_detect_set_limits (SpcStreamDetect *self,
                              const SpcStreamLimits *limits)
{
  uint32_t start_fps = MAX (limits->start_fps, 1);
  SpcHeatRule rule = {
      .frames = CLAMP (limits->start_frames, 2, 200),
      .gap_ms = 2000 / start_fps,
      .period_ms = 1000 / start_fps,
  };

  self->limits = *limits;
  spc_heat_map_set_rule (self->heat, &rule);
}

/* what happens */

static int64_t
area_of (const QxlRect *rect)
{
  return qxl_rect_is_empty (rect)
             ? 0
             : (int64_t)qxl_rect_width (rect) * qxl_rect_height (rect);
}

static bool
has_id (const uint32_t *ids, guint n, uint32_t id)
{
  for (guint i = 0; i < n; i++)
    if (ids[i] == id)
      return true;
  return false;
}

/* the time, which never goes back; false: nothing of the box is inside */
static bool
begin (SpcStreamDetect *self, QxlRect *box, int64_t now_us)
{
  self->now_us = MAX (self->now_us, now_us);
  *box = qxl_rect_intersect (box, &self->places.surface);
  return !qxl_rect_is_empty (box);
}

static uint32_t
now_ms (const SpcStreamDetect *self)
{
  return (uint32_t)(self->now_us / 1000);
}

static bool
is_in_any (const SpcStreamDetect *self, const QxlRect *box)
{
  for (guint i = 0; i < self->places.n; i++)
    if (qxl_rect_contains (&self->places.at[i].exact, box))
      return true;
  return false;
}

void
spc_stream_detect_draw (SpcStreamDetect *self, const QxlRect *box,
                        SpcStreamDrawKind kind, int64_t now_us)
{
  QxlRect drawn = *box;
  bool is_in_place;

  if (!begin (self, &drawn, now_us))
    return;
  for (guint i = 0; i < self->places.n; i++)
    spc_stream_place_draw (&self->places.at[i], &drawn, self->now_us);
  is_in_place = is_in_any (self, &drawn);
  if (kind == SPC_STREAM_DRAW_PICTURE || is_in_place)
    spc_frame_trail_add (&self->trail, &drawn, self->now_us);
  if (kind == SPC_STREAM_DRAW_PICTURE && !is_in_place)
    spc_heat_map_touch (self->heat, &drawn, now_ms (self));
}

/* Does a place go where a window goes, or a part of the screen? */
typedef bool (*IsCarried) (const SpcStreamPlace *place, const QxlRect *from,
                           const QxlRect *to);

/* Most of it is moved, and not inside itself, as a film does that pans. */
static bool
is_moved (const SpcStreamPlace *place, const QxlRect *from, const QxlRect *to)
{
  QxlRect part = qxl_rect_intersect (&place->rect, from);

  return area_of (&part) * 4 >= area_of (&place->rect) * 3 &&
         !qxl_rect_contains (&place->rect, to);
}

static bool
is_dragged (const SpcStreamPlace *place, const QxlRect *from, const QxlRect *to)
{
  (void)to;
  return qxl_rect_contains (from, &place->exact);
}

static void
carry (SpcStreamDetect *self, guint index, const QxlRect *from,
       const QxlRect *to)
{
  QxlRect part = qxl_rect_intersect (&self->places.at[index].exact, from);
  int32_t dx = to->left - from->left, dy = to->top - from->top;
  QxlRect exact = QXL_RECT (part.left + dx, part.top + dy, part.right + dx,
                            part.bottom + dy);

  spc_stream_places_put (&self->places, index, &exact, self->now_us);
}

/* The foremost first, so that none is put where another still is. */
static void
carry_all (SpcStreamDetect *self, const QxlRect *from, const QxlRect *to,
           IsCarried is_carried)
{
  int64_t dx = to->left - from->left, dy = to->top - from->top;
  uint32_t carried[SPC_MAX_STREAMS]; /* ids */
  guint n = 0;

  for (;;) {
    int64_t most = G_MININT64;
    guint foremost = 0;

    for (guint i = 0; i < self->places.n; i++) {
      const SpcStreamPlace *place = &self->places.at[i];
      int64_t ahead = dx * place->rect.left + dy * place->rect.top;

      if (ahead <= most || has_id (carried, n, place->id) ||
          !is_carried (place, from, to))
        continue;
      most = ahead;
      foremost = i;
    }
    if (most == G_MININT64)
      return;
    carried[n++] = self->places.at[foremost].id;
    carry (self, foremost, from, to);
  }
}

void
spc_stream_detect_move (SpcStreamDetect *self, const QxlRect *box,
                        QxlPoint source, int64_t now_us)
{
  QxlRect to = *box, from;
  int64_t left = (int64_t)source.x - box->left;
  int64_t top = (int64_t)source.y - box->top;

  if (!begin (self, &to, now_us) || ABS (left) > G_MAXINT16 * 2 ||
      ABS (top) > G_MAXINT16 * 2)
    return;
  from = QXL_RECT (to.left + (int32_t)left, to.top + (int32_t)top,
                   to.right + (int32_t)left, to.bottom + (int32_t)top);
  if (!qxl_rect_contains (&self->places.surface, &from))
    return;
  spc_heat_map_cool (self->heat, &from);
  spc_heat_map_cool (self->heat, &to);
  carry_all (self, &from, &to, is_moved);
}

void
spc_stream_detect_sent (SpcStreamDetect *self, const QxlRect *box,
                        uint32_t bytes, int64_t now_us)
{
  QxlRect sent = *box;

  if (begin (self, &sent, now_us) && !is_in_any (self, &sent))
    spc_heat_map_pay (self->heat, &sent, bytes);
}

/* what follows */

static QxlRect
widened (const QxlRect *rect, int32_t by)
{
  return QXL_RECT (rect->left - by, rect->top - by, rect->right + by,
                   rect->bottom + by);
}

static bool
has_same_size (const QxlRect *a, const QxlRect *b)
{
  return ABS (qxl_rect_width (a) - qxl_rect_width (b)) < SAME_SIZE &&
         ABS (qxl_rect_height (a) - qxl_rect_height (b)) < SAME_SIZE;
}

static bool
is_of_size (const QxlRect *a, const QxlRect *b)
{
  return qxl_rect_width (a) == qxl_rect_width (b) &&
         qxl_rect_height (a) == qxl_rect_height (b);
}

/* The film of a place that is as large as ever, but elsewhere: all of its last
 * frames were drawn there. */
static bool
follow (SpcStreamDetect *self, guint index, const SpcHeatPatch *patch)
{
  const SpcStreamPlace *place = &self->places.at[index];
  QxlRect both = qxl_rect_union (&place->exact, &patch->exact);
  QxlRect hull = spc_frame_trail_hull (
      &self->trail, &both, self->now_us - (int64_t)place->period_us * 5 / 2);

  if (!has_same_size (&hull, &place->exact) ||
      !qxl_rect_intersects (&hull, &patch->exact))
    return false;
  spc_stream_places_put (&self->places, index, &hull, self->now_us);
  return true;
}

/* Does it belong to a place that is there? Then that goes or grows there. */
static bool
join_place (SpcStreamDetect *self, guint index, const SpcHeatPatch *patch)
{
  const SpcStreamPlace *place = &self->places.at[index];
  QxlRect near = widened (&place->exact, NEAR_PLACE);
  QxlRect all = qxl_rect_union (&place->exact, &patch->exact);
  SpcHeatPatch taken;

  if (!qxl_rect_intersects (&near, &patch->exact))
    return false;
  if (follow (self, index, patch) ||
      spc_stream_place_is_moving (place, self->now_us))
    return true;
  spc_heat_patch_init_taken (&taken, &place->exact);
  return !spc_frame_trail_drifts (&self->trail, &near) &&
         spc_heat_patch_adds (patch, &taken, self->limits.min_side) &&
         spc_stream_places_grow (&self->places, index, &all, self->now_us);
}

/* A place of the same size where nothing changes any more: its film has gone
 * there. */
static bool
jump (SpcStreamDetect *self, const SpcHeatPatch *patch)
{
  for (guint i = 0; i < self->places.n; i++) {
    const SpcStreamPlace *place = &self->places.at[i];

    if (self->now_us - place->counted_us <
            MAX (GONE_US, (int64_t)place->period_us * 3) ||
        !has_same_size (&place->exact, &patch->exact))
      continue;
    spc_stream_places_put (&self->places, i, &patch->exact, self->now_us);
    return true;
  }
  return false;
}

static bool
is_film (SpcStreamDetect *self, SpcHeatPatch *patch)
{
  QxlRect around;

  if (spc_heat_patch_fill (patch) < MIN_FILL) {
    QxlRect tiles = patch->tiles;

    if (!spc_heat_map_densest (self->heat, &tiles, now_ms (self), patch))
      return false;
  }
  around = widened (&patch->exact, NEAR_DRIFT);
  return spc_stream_places_can_hold (&self->places, &patch->exact) &&
         patch->n_hot * 100 >= patch->n * MIN_HOT &&
         spc_film_is_sure (&self->limits, patch) &&
         !spc_frame_trail_drifts (&self->trail, &around);
}

/* false: it is of no use now */
static bool
use (SpcStreamDetect *self, SpcHeatPatch *patch)
{
  for (guint i = 0; i < self->places.n; i++)
    if (join_place (self, i, patch))
      return true;
  if (!is_film (self, patch))
    return false;
  return jump (self, patch) ||
         (spc_film_is_worth_it (&self->limits, patch) &&
          spc_stream_places_begin (&self->places, &patch->exact,
                                   MAX (patch->period_ms, 1) * 1000,
                                   self->now_us));
}

static void
search (SpcStreamDetect *self)
{
  SpcHeatPatch patches[MAX_PATCHES];
  bool is_vain = false;
  guint n;

  if (!spc_heat_map_is_hot (self->heat) || self->now_us < self->search_us)
    return;
  n = spc_heat_map_find (self->heat, now_ms (self), patches, MAX_PATCHES);
  n = spc_heat_patches_join (self->heat, patches, n, self->limits.min_side,
                             now_ms (self));
  for (guint i = 0; i < n; i++)
    is_vain |= !use (self, &patches[i]);
  self->n_vain = is_vain ? self->n_vain + 1 : 0;
  if (self->n_vain > FREE_SEARCHES)
    self->search_us =
        self->now_us +
        SEARCH_AGAIN_US * MIN (self->n_vain - FREE_SEARCHES, MAX_SEARCH_WAITS);
}

static void
look_after (SpcStreamDetect *self, guint index)
{
  SpcStreamPlace *place = &self->places.at[index];
  QxlRect exact;

  place->is_active = self->now_us - place->changed_us < self->limits.active_us;
  if (self->now_us - place->changed_us >= place->wait_us) {
    spc_stream_places_end (&self->places, index, self->now_us);
    return;
  }
  if (spc_stream_place_is_moving (place, self->now_us))
    return;
  if (!spc_stream_place_overflows (place, &exact, self->now_us))
    exact = place->exact; /* may reach out of the rectangle that it kept */
  spc_stream_places_grow (&self->places, index, &exact, self->now_us);
  spc_stream_places_shrink (&self->places, index, self->now_us);
}

/* A film that is drawn at another place, all of it. */
static bool
shift (SpcStreamDetect *self, guint index, const QxlRect *drawn)
{
  const QxlRect *exact = &self->places.at[index].exact;
  QxlRect common = qxl_rect_intersect (drawn, exact);

  if (!is_of_size (drawn, exact) || qxl_rect_equal (drawn, exact) ||
      2 * area_of (&common) < area_of (exact))
    return false;
  spc_stream_places_put (&self->places, index, drawn, self->now_us);
  return true;
}

/* A film that is drawn with its window, which is dragged. */
static bool
drag (SpcStreamDetect *self, guint index, const SpcTrailStep steps[2])
{
  const SpcStreamPlace *place = &self->places.at[index];
  bool is_first = !spc_stream_place_is_moving (place, self->now_us);
  QxlRect from = is_first ? steps[1].from : steps[0].from;
  int32_t dx = steps[0].dx + (is_first ? steps[1].dx : 0);
  int32_t dy = steps[0].dy + (is_first ? steps[1].dy : 0);
  QxlRect to = QXL_RECT (from.left + dx, from.top + dy, from.right + dx,
                         from.bottom + dy);

  if (!spc_trail_steps_are_steady (steps) ||
      !qxl_rect_contains (&from, &place->exact))
    return false;
  carry_all (self, &from, &to, is_dragged);
  return true;
}

static bool
trace (SpcStreamDetect *self, guint index)
{
  const SpcStreamPlace *place = &self->places.at[index];
  QxlRect near = widened (&place->exact, NEAR_DRIFT);
  SpcTrailStep steps[2];
  guint n = spc_frame_trail_steps (&self->trail, &near, steps);

  /* with a move it has been carried already */
  if (n == 0 || place->moved_us == self->now_us)
    return false;
  return shift (self, index, &steps[0].to) ||
         (n == 2 && drag (self, index, steps));
}

static void
trace_all (SpcStreamDetect *self)
{
  int64_t frame_us = spc_frame_trail_time (&self->trail);

  if (frame_us == self->traced_us)
    return;
  self->traced_us = frame_us;
  for (guint i = 0; i < self->places.n; i++)
    if (trace (self, i))
      return;
}

guint
spc_stream_detect_update (SpcStreamDetect *self, int64_t now_us,
                          SpcStreamRegion *regions, guint max)
{
  guint n;

  self->now_us = MAX (self->now_us, now_us);
  trace_all (self);
  for (guint i = self->places.n; i-- > 0;)
    look_after (self, i);
  search (self);
  spc_stream_places_tell (&self->places, self->now_us);
  n = MIN (self->places.n, max);
  for (guint i = 0; i < n; i++) {
    const SpcStreamPlace *place = &self->places.at[i];

    regions[i] = (SpcStreamRegion){
        .id = place->id,
        .rect = place->told,
        .is_active = place->is_active,
        .fps = CLAMP ((G_USEC_PER_SEC + place->period_us / 2) /
                          MAX (place->period_us, 1),
                      1, 120)};
  }
  return n;
}

int64_t
spc_stream_detect_next_us (const SpcStreamDetect *self)
{
  int64_t next_us = spc_stream_places_tell_us (&self->places);

  for (guint i = 0; i < self->places.n; i++) {
    const SpcStreamPlace *place = &self->places.at[i];
    int64_t after_us =
        place->is_active ? self->limits.active_us : place->wait_us;

    next_us = MIN (next_us, place->changed_us + MIN (after_us, place->wait_us));
  }
  return next_us;
}
