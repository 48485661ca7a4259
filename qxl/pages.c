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

#include <stdbool.h>
#include <sys/mman.h>
#include <time.h>
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

/* Where the host of a virtual machine takes back what is free, a huge page that
 * has not been used lately comes from it in small pieces, and takes 3 to 7 ms
 * instead of 0.1. As many small pages take 1 ms there: they have been in use
 * all the time. So after a huge page that took long, as much as these many come
 * in small ones. */
#define SLOW_NS 1000000
#define N_SMALL 16
/* of what is new, so much is tried: it is about to be filled */
#define TRIED_BYTES (4 * HUGE_BYTES)

static gint n_small; /* atomic: huge pages yet to come in small ones */

static bool
is_small (void)
{
  gint n = g_atomic_int_get (&n_small);

  return n > 0 && g_atomic_int_compare_and_exchange (&n_small, n, n - 1);
}

static int64_t
cpu_ns (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* makes the system give it now */
static void
try_page (volatile uint8_t *page)
{
  int64_t start_ns = cpu_ns ();

  *page = 0;
  if (cpu_ns () - start_ns >= SLOW_NS)
    g_atomic_int_set (&n_small, N_SMALL);
}

static void
ask_for_huge (uint8_t *pages, size_t size)
{
  for (size_t at = 0; size - at >= HUGE_BYTES; at += HUGE_BYTES) {
    if (is_small ())
      continue;
    madvise (pages + at, HUGE_BYTES, MADV_HUGEPAGE);
    if (at < TRIED_BYTES)
      try_page (pages + at);
  }
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
  ask_for_huge (pages, whole);
  return pages;
}

void
qxl_pages_free (void *pages, size_t size)
{
  if (pages != NULL)
    munmap (pages, whole_bytes (size));
}

#endif
