/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstspicesecrets.h – secrets of a server that stand in files.
 *
 * A launch line can be read by everybody on the machine, a file of one's own
 * cannot. Threads: any. */
#pragma once

#include "gst/common/gstspicesettings.h"

G_BEGIN_DECLS

/* Gives secrets that are not set the first line of their files, without its
 * end; a pipe is read once. False for a file that cannot be read, or whose
 * first line cannot be such a secret. */
bool gst_spice_secrets_load (GstSpiceSettings *settings, GError **error);

G_END_DECLS
