/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "display-counters.h"

void
spc_display_counters_read (SpcDisplayCounters *self, SpcDisplayStats *stats)
{
  g_mutex_lock (&self->lock);
  *stats = self->stats;
  g_mutex_unlock (&self->lock);
}

void
spc_display_counters_tell (SpcDisplayCounters *self, GVariantDict *dict)
{
  SpcDisplayStats stats;

  spc_display_counters_read (self, &stats);
  g_variant_dict_insert (dict, "batches", "t", stats.batches);
  g_variant_dict_insert (dict, "draws", "t", stats.draws);
  g_variant_dict_insert (dict, "draws-dropped", "t", stats.draws_dropped);
  g_variant_dict_insert (dict, "images-encoded", "t", stats.images_encoded);
  g_variant_dict_insert (dict, "folds", "t", stats.folds);
  g_variant_dict_insert (dict, "snapshots", "t", stats.snapshots);
  g_variant_dict_insert (dict, "invalid-commands", "t", stats.invalid_commands);
  g_variant_dict_insert (dict, "streams", "t", stats.streams);
  g_variant_dict_insert (dict, "video-frames", "t", stats.video_frames);
}
