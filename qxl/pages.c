/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "qxl/pages.h"

#include <glib.h>
#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__)
#define IS_WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_WATCHED 1
#endif
#endif

/* what may be looked for at all, a huge page at each end included */
#define MAX_BYTES (G_MAXSSIZE / 2)

#ifdef IS_WATCHED

/* malloc's are looked after */

void *
qxl_pages_new (size_t size)
{
  return size <= MAX_BYTES ? g_try_malloc0 (size) : NULL;
}

void
qxl_pages_free (void *pages, size_t size)
{
  g_free (pages);
}

#else

#include <sys/mman.h>
#include <unistd.h>

#define HUGE_BYTES ((size_t)2 * 1024 * 1024) /* x86-64's, and most others' */

/* An end that fills half of a huge page is given all of it. */
static size_t
whole_bytes (size_t size)
{
  const size_t page_bytes = (size_t)sysconf (_SC_PAGESIZE);
  size_t end = size % HUGE_BYTES;

  if (end >= HUGE_BYTES / 2)
    return size - end + HUGE_BYTES;
  return (size + page_bytes - 1) / page_bytes * page_bytes;
}

static void
unmap (uint8_t *from, uint8_t *to)
{
  if (to > from)
    munmap (from, (size_t)(to - from));
}

/* Mapped so that the first huge page begins with it; what lies before and
 * behind goes back. Without huge pages it is memory all the same. */
void *
qxl_pages_new (size_t size)
{
  uint8_t *mapped, *pages;
  size_t whole = whole_bytes (size), room = whole + HUGE_BYTES;

  if (size == 0 || size > MAX_BYTES)
    return NULL;
  mapped = mmap (NULL, room, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED)
    return NULL;
  pages = mapped + (-(uintptr_t)mapped & (HUGE_BYTES - 1));
  unmap (mapped, pages);
  unmap (pages + whole, mapped + room);
  madvise (pages, whole, MADV_HUGEPAGE);
  return pages;
}

void
qxl_pages_free (void *pages, size_t size)
{
  if (pages != NULL)
    munmap (pages, whole_bytes (size));
}

#endif
