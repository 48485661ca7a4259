/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pages.h – much memory at once, from the system.
 *
 * What is used all over, and more than a few times, is cheaper in huge pages
 * where the system has them: a fault for 2 MiB instead of one for 4 kiB, which
 * takes most of the time that it takes to fill new memory. Where huge pages turn
 * out to be slow, small ones are used for a while. Threads: any. */
#pragma once

#include <stddef.h>

/* Bytes. For less malloc is better. */
#define QXL_PAGES_MIN ((size_t)1024 * 1024)

/* @size bytes, all zero; NULL: there is no memory */
void *qxl_pages_new (size_t size);
/* what qxl_pages_new () made of that size, or NULL */
void qxl_pages_free (void *pages, size_t size);
