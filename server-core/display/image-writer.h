/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image-writer.h – draws with an image in them, as messages to a viewer.
 *
 * Writes a draw of kind COPY with its image, past the client's caches or
 * through them. Loop thread only. */
#pragma once

#include "qxl/command.h"
#include "server-core/channel/connection.h"
#include "server-core/image/content-id.h"
#include "server-core/image/encoder.h"

/* An image at the writer's end, which lies at @body_pos of the message, past
 * the client's caches. */
void spc_write_image (uint64_t id, const SpcEncodedImage *encoded,
                      size_t body_pos, QxlWriter *writer);
/* An image at the writer's end that the client may keep: between begin and the
 * message, settle it into what is to be written, under *@id; after the message,
 * end. The connection has pixmaps, here and below. */
void spc_kept_image_begin (SpcConnection *connection);
void spc_kept_image_settle (const SpcContentId *content, SpcEncodedImage *image,
                            uint64_t *id, SpcConnection *connection);
void spc_kept_image_end (SpcConnection *connection);
/* @encoded: its image, under @id */
void spc_write_copy (const QxlDrawable *draw, uint64_t id,
                     const SpcEncodedImage *encoded, SpcConnection *connection);
/* a draw of kind COPY_SURFACE, its source being of that size */
void spc_write_copy_surface (const QxlDrawable *draw, uint32_t width,
                             uint32_t height, SpcConnection *connection);
/* an image the client may keep, or keeps already: then it is told so instead,
 * unless its copy has loss and @permits_loss is not. @is_passing: it will
 * hardly come again. Returns whether the viewer shows it with loss. */
bool spc_write_kept (const QxlDrawable *draw, const SpcContentId *content,
                     const SpcEncodedImage *encoded, bool permits_loss,
                     bool is_passing, SpcConnection *connection);
/* an image the client keeps */
bool spc_write_from_cache (const QxlDrawable *draw, const SpcContentId *content,
                           bool permits_loss, SpcConnection *connection);
