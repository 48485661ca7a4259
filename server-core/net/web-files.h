/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* web-files.h – the pages of a folder, for browsers.
 *
 * Pure but for reading. Only regular files inside the folder, neither hidden
 * nor over 4 MiB, and no lists of what there is. Links may lead out of it:
 * packages make such ones. */
#pragma once

#include <glib.h>

/* The answer to a GET of @path ("/": the page to begin with), head and bytes.
 * @root: NULL: there are no pages. @is_head: no bytes. Never NULL. */
GBytes *spc_web_files_answer (const char *root, const char *path,
                              gboolean is_head);
