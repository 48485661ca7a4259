/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* random-operations.h – commands of all kinds from a seed, and what they show.
 *
 * Each kind of draw with brushes, masks, clips and scaling, on surfaces of
 * every format that come and go, and a primary surface that changes its size.
 * The canvas draws each as it is made. The same seed makes the same. One
 * thread. */
#pragma once

#include "qxl/surface.h"
#include "qxl/validate.h"

typedef struct _RandomOperations RandomOperations;

RandomOperations *random_operations_new (uint32_t seed);
void random_operations_free (RandomOperations *self);
/* from now on half of the operations are of the kind; QXL_N_OPS: as many as of
 * any other */
void random_operations_favour (RandomOperations *self, QxlOpKind kind);
/* The next commands, with at most @max_draws of draws, at least one, counted in
 * *@n_draws; the first batch creates the primary surface. (transfer full) */
QxlBatch *random_operations_next (RandomOperations *self, guint max_draws,
                                  guint *n_draws);
/* a batch of one command with one thing spoiled in it, which changes nothing;
 * *@spoiled names that. (transfer full) */
QxlBatch *random_operations_next_invalid (RandomOperations *self,
                                          const char **spoiled);
/* whether the next thing is to happen, by chance */
bool random_operations_toss (RandomOperations *self);
/* a QxlShapeFunc over the surfaces there are now */
bool random_operations_shape (uint32_t surface_id, QxlSurfaceShape *out,
                              gpointer user_data);
/* what the primary surface shows, (transfer full) */
QxlImage *random_operations_picture (const RandomOperations *self);
