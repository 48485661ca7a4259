/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "film-rules.h"

/* percent of its rectangle that is hot, of a film that is known at once: when
 * it is dear, and when it is not */
#define SURE_HEAT 60
#define WHOLE_HEAT 90

/* bits a second, as video */
static uint64_t
video_bps (const SpcStreamLimits *limits, const SpcHeatPatch *patch)
{
  return (uint64_t)qxl_rect_width (&patch->exact) *
         (uint64_t)qxl_rect_height (&patch->exact) * limits->video_millibits /
         MAX (patch->period_ms, 1);
}

bool
spc_film_is_worth_it (const SpcStreamLimits *limits, const SpcHeatPatch *patch)
{
  uint64_t picture_bps = patch->bytes_s * 8;
  uint64_t as_video = video_bps (limits, patch);

  return !limits->by_cost ||
         (picture_bps * 100 >= as_video * limits->gain_percent &&
          picture_bps >= as_video + limits->min_gain_bps);
}

/* percent of its rectangle that is hot */
static uint32_t
heat_of (const SpcHeatPatch *patch)
{
  return spc_heat_patch_fill (patch) * patch->n_hot / MAX (patch->n, 1);
}

/* A page of text that is scrolled has lines and margins that stay, and costs
 * less than a film. */
bool
spc_film_is_sure (const SpcStreamLimits *limits, const SpcHeatPatch *patch)
{
  bool is_dear =
      !limits->by_cost || patch->bytes_s * 8 * 100 >=
                              video_bps (limits, patch) * limits->sure_percent;

  if ((int64_t)patch->age_ms * 1000 >= limits->start_wait_us)
    return true;
  return patch->period_ms * limits->sure_fps <= 1000 &&
         heat_of (patch) >= (is_dear ? SURE_HEAT : WHOLE_HEAT);
}
