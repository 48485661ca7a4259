/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fuzz-line.h – a viewer's end of a line to a server, plain or within TLS.
 *
 * Nothing is read but when it is told to, and what the line does not take at
 * once is lost; within TLS it waits for the next time. */
#pragma once

#include "server-core/net/net-fixture.h"
#include "server-core/net/tls-context.h"

typedef struct _FuzzLine FuzzLine;

/* each direction holds @capacity bytes; @other (transfer full): the server's
 * end. @tls: NULL for a plain line. */
FuzzLine *fuzz_line_new (SpcLoop *loop, gsize capacity, SpcTlsContext *tls,
                         SpcTransport **other);
void fuzz_line_free (FuzzLine *self); /* hangs up */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FuzzLine, fuzz_line_free)

/* shakes hands, as far as the server does */
void fuzz_line_greet (FuzzLine *self, NetFixture *net);
/* false: there is nothing now, or never again */
bool fuzz_line_read (FuzzLine *self);
void fuzz_line_send (FuzzLine *self, const uint8_t *data, size_t size);
/* what is between TLS and the line, which spoils it for good */
void fuzz_line_send_beneath (FuzzLine *self, const uint8_t *data, size_t size);
