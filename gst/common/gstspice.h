/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspice.h – what an application includes: a SPICE server as an object. */
#pragma once

#include "gstspiceserver.h"
