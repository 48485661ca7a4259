/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* web-files.h – the pages of a folder, for browsers.
 *
 * Pure but for reading. Only regular files inside the folder, neither hidden
 * nor over 4 MiB, and no lists of what there is. Links may lead out of it:
 * packages make such ones. */
#pragma once

#include <glib.h>

/* what is still to be sent; {-1} is nothing */
typedef struct {
  int fd; /* -1: none */
  guint64 offset, size;
} SpcWebFile;

/* The answer to a GET of @path ("/": the page to begin with): its head, never
 * NULL, and in @file what follows. @root: NULL: there are no pages. @framers:
 * see http-request.h. @is_head: no bytes. */
GBytes *spc_web_files_answer (const char *root, const char *path,
                              const char *framers, gboolean is_head,
                              SpcWebFile *file);
/* NULL: that was all, or the file has become shorter */
GBytes *spc_web_file_next (SpcWebFile *self);
void spc_web_file_close (SpcWebFile *self);
