/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* command-spoils-private.h – what spoils are made of.
 *
 * Those that find return NULL if the command has none of what is asked for. */
#pragma once

#include "command-spoils.h"

extern const QxlSpoil qxl_spoils_of_draws[];  /* command-spoils-draws.c */
extern const QxlSpoil qxl_spoils_of_kinds[];  /* command-spoils-kinds.c */
extern const QxlSpoil qxl_spoils_of_others[]; /* command-spoils.c */

/* a surface nobody has */
#define NO_SURFACE 999u

/* finding */
QxlDrawable *qxl_spoil_draw_in (QxlCommand *command);
QxlOperation *qxl_spoil_op_in (QxlCommand *command);
QxlOperation *qxl_spoil_op_of_kind (QxlCommand *command, QxlOpKind kind);
QxlDrawable *qxl_spoil_plain_of_kind (QxlCommand *command, QxlDrawKind kind);
QxlCopy *qxl_spoil_copy_in (QxlCommand *command);
QxlRect *qxl_spoil_src_area_in (QxlCommand *command);
QxlSource *qxl_spoil_source_in (QxlCommand *command, QxlSourceRole role);
QxlBrush *qxl_spoil_brush_in (QxlCommand *command);
QxlMask *qxl_spoil_mask_in (QxlCommand *command);

/* sources */
QxlSource qxl_spoil_source_of (QxlFormat format);
/* takes @by; false: there is no @source */
bool qxl_spoil_replace (QxlSource *source, QxlSource by);

/* functions of the tables, with @self for what @find, an expression, finds */
#define SPOIL_IF(name, Type, find, condition, what)                            \
  static bool name (QxlCommand *command)                                       \
  {                                                                            \
    Type *self = (find);                                                       \
    if (self == NULL || !(condition))                                          \
      return false;                                                            \
    what;                                                                      \
    return true;                                                               \
  }
#define SPOIL(name, Type, find, what) SPOIL_IF (name, Type, find, true, what)
#define REPLACE(name, role, by)                                                \
  static bool name (QxlCommand *command)                                       \
  {                                                                            \
    QxlSource *source = qxl_spoil_source_in (command, role);                   \
    return source != NULL && qxl_spoil_replace (source, by);                   \
  }
