/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* keep-policy.h – which images a viewer's cache is better off without.
 *
 * An image that comes back from a viewer's cache costs no more than its
 * message, so all are kept, photos too: a photo is the dearest to send again.
 * But pictures of a film never come back, and two seconds of one would drive
 * out everything else. A film is known by its place: images that follow each
 * other there quickly. These pass by, and get a small part of the cache only
 * (pixmap-cache.h): that is where an animation that repeats itself is found
 * again, and the last picture of a fade. What is small drives out nothing, and
 * does not make a place busy: a blinking pointer is no film.
 *
 * Pure: the time is an argument and never goes back. It remembers a bounded
 * number of places; of one that it has forgotten nothing passes by at first.
 * Loop thread only. */
#pragma once

#include "qxl/geometry.h"
#include <glib.h>

/* pixels: what has fewer is small */
#define SPC_KEEP_SMALL_PIXELS (64 * 64)
/* images that follow each other no slower than this: 4 in a second are a film,
 * while nobody looks at photos so fast */
#define SPC_KEEP_QUICK_MS 300
/* so many of them, and the next one passes by */
#define SPC_KEEP_QUICK_IMAGES 3

typedef struct _SpcKeepPolicy SpcKeepPolicy;

SpcKeepPolicy *spc_keep_policy_new (void);
void spc_keep_policy_free (SpcKeepPolicy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SpcKeepPolicy, spc_keep_policy_free)

/* An image is drawn there. What comes in the same moment, as the parts of a
 * frame do, counts as one. */
void spc_keep_policy_draw (SpcKeepPolicy *self, uint32_t surface_id,
                           const QxlRect *box, int64_t now_us);
/* an image there passes by: half of its place at least is busy */
bool spc_keep_policy_passes (const SpcKeepPolicy *self, uint32_t surface_id,
                             const QxlRect *box, int64_t now_us);
