/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* operation-fixture.h – random operations, for tests.
 *
 * Valid in form: images are canonical, lists agree with their counts. Values
 * need not make sense together. */
#pragma once

#include "command.h"

/* a small image of that format with random pixels */
QxlImage *qxl_fixture_image (GRand *rand, QxlFormat format);
/* @n_surfaces: sources may be surfaces below this number; 0: images only */
QxlOperation *qxl_fixture_operation (GRand *rand, QxlOpKind kind,
                                     guint n_surfaces);
