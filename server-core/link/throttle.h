/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* throttle.h – how long wrong tickets from an address are held back.
 *
 * Pure: told of failures with the time, answers with a delay. The first few
 * are free; then the delay doubles up to a bound and is forgotten after a quiet
 * while. After many, tickets wait for the refusals that are held back, too.
 * @host: peer_network of transport.h. Holds a bounded number of addresses, the
 * oldest give way. Loop thread only. */
#pragma once

#include <glib.h>
#include <stdint.h>

typedef struct _SpcThrottle SpcThrottle;

SpcThrottle *spc_throttle_new (void);
void spc_throttle_free (SpcThrottle *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcThrottle, spc_throttle_free)
/* returns the delay of this refusal in ms, 0 for none; *@n_failures (may be
 * NULL) the failures in a row */
uint32_t spc_throttle_failed (SpcThrottle *self, const char *host,
                              int64_t now_us, uint32_t *n_failures);
/* for how many ms a further ticket is not to be looked at, 0: look */
uint32_t spc_throttle_wait (const SpcThrottle *self, const char *host,
                            int64_t now_us);
void spc_throttle_succeeded (SpcThrottle *self, const char *host);
