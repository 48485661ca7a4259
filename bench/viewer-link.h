/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* viewer-link.h – how a benchmark's viewer opens a channel.
 *
 * The whole handshake: link message with spice-gtk's capabilities, RSA ticket,
 * result. It blocks, with a limit, and gives a connection whose socket no
 * longer blocks and on which messages with mini headers begin. Any thread. */
#pragma once

#include <gio/gio.h>
#include <stdint.h>

#define VIEWER_LINK_TIMEOUT_S 20

/* @address: "HOST:PORT" or the path of a unix socket; @session: 0 for a new
 * one, else what its main channel was told; @channel_type: SPICE_CHANNEL_… */
GSocketConnection *viewer_link_open (const char *address, const char *password,
                                     uint32_t session, uint8_t channel_type,
                                     GError **error);
