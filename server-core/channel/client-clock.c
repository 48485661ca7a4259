/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client-clock.h"

#include "server-core/base/limits.h"
#include "server-core/wire/messages-main.h"

#include <spice/enums.h>
#include <spice/protocol.h>

void
spc_client_tell_clock (SpcClient *self)
{
  SpcConnection *connection = spc_client_find (self, SPICE_CHANNEL_MAIN, 0);
  const SpcMultiMediaTime clock = {
      .time = spc_mm_time_now () - SPC_MM_TIME_DELTA_MS,
  };

  if (connection == NULL)
    return;
  spc_connection_send (connection, SPICE_MSG_MAIN_MULTI_MEDIA_TIME,
                       spc_multi_media_time_fields, &clock);
  spc_connection_pump (connection);
}
