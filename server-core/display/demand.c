/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "demand.h"

#include "display-connection.h"
#include "server-core/base/limits.h"

/* for a slot that is coded at once, since it goes with the others */
static bool
waits_for_glz (SpcGlzGroup *group, SpcConnection *connection,
               const SpcLinkCoding *coding)
{
  const SpcGlzPlace *place = spc_display_connection_glz_place (connection);

  return place != NULL &&
         spc_compression_goes_by_content (coding->compression) &&
         spc_glz_group_goes_on_for (group, place);
}

/* items in a pipe, up to which slots are coded at once: those behind a turn
 * that is held must all be queued */
#define MAX_BEFORE_SLOTS 64u

/* A viewer that is behind does not wait for the next batch: its items may be
 * dropped before their turn. */
guint
spc_demand_of (GPtrArray *connections, SpcGlzGroup *group)
{
  guint demand = 0;

  for (guint i = 0; i < connections->len; i++) {
    SpcConnection *connection = g_ptr_array_index (connections, i);
    guint n_before = spc_pipe_length (spc_connection_pipe (connection));
    SpcLinkCoding coding;

    if (!spc_display_connection_is_ready (connection) ||
        n_before > MAX_BEFORE_SLOTS)
      continue;
    coding = spc_display_connection_coding (connection);
    if (waits_for_glz (group, connection, &coding))
      demand |= SPC_DEMAND_GLZ;
    else if (n_before <= SPC_PIPE_LOOKAHEAD)
      demand |= SPC_DEMAND (coding.compression, coding.permits_loss);
  }
  return demand;
}
