/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* content-edge.h – where exactly a photo begins or ends.
 *
 * A content map tells it to a tile. Here single lines of pixels around an edge
 * are measured, on a sample of their pixels. Any thread. */
#pragma once

#include "content.h"

typedef enum {
  SPC_EDGE_LEFT,
  SPC_EDGE_TOP,
  SPC_EDGE_RIGHT,
  SPC_EDGE_BOTTOM,
  SPC_N_EDGES
} SpcEdge;

typedef struct {
  const QxlImage *image;
  QxlRect outer;      /* what the area may grow to */
  int32_t reach;      /* pixels an edge may move either way */
  SpcContent content; /* of the area; another kind is around it */
  int64_t bonus;      /* bytes it is worth to reach a side of @outer */
} SpcEdgeSearch;

/* Moves an edge of @area to where most is gained. It stays within @outer and
 * does not cross the middle of @area; where it is at a side of @outer, it stays
 * there unless the outermost line is of the other content. */
void spc_content_move_edge (const SpcEdgeSearch *search, SpcEdge edge,
                            QxlRect *area);
