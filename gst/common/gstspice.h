/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspice.h – what an application includes: a SPICE server as an object, the
 * types of its settings, draw commands and recorded input, and what a producer
 * of frames may say of them. */
#pragma once

#include "gstspiceagent.h"
#include "gstspiceauthrequest.h"
#include "gstspiceclipboard.h"
#include "gstspicecommands.h"
#include "gstspicecompression.h"
#include "gstspicecontrol.h"
#include "gstspicedamage.h"
#include "gstspicedraw.h"
#include "gstspiceinput.h"
#include "gstspiceline.h"
#include "gstspicesasl.h"
#include "gstspiceserver.h"
#include "gstspicetls.h"
#include "gstspicevideo.h"
