/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* viewer-traits.h – the codecs a viewer and the server have, and its link. Loop
 * thread only.
 */
#pragma once

#include "server-core/channel/config.h"
#include "server-core/channel/connection.h"
#include "server-core/video/rate-control.h"

/* bits (1 << number) of those the viewer says it decodes */
uint32_t spc_viewer_codecs (SpcConnection *connection);
/* what is configured, or else what can be made, best first, ended by 0;
 * @offered: all 0 */
void spc_offered_codecs (const SpcVideoConfig *config,
                         uint8_t offered[SPC_MAX_VIDEO_CODECS + 1]);
/* is the link known to have room to spare, far more than films need? */
bool spc_viewer_has_room (SpcConnection *connection);
/* what is configured, or else by what is known of the link */
SpcRateLimits spc_viewer_rate_limits (SpcConnection *connection,
                                      const SpcVideoConfig *config);
