/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tsan-glib.c – tells the thread sanitizer what GLib synchronises.
 *
 * GLib itself is not built with the sanitizer, and its GMutex and GCond are
 * futexes, so the sanitizer would call every use of them a race. Preloaded into
 * the tests of a sanitized build (see scripts/test); in programs without the
 * sanitizer it only passes calls on. An order of events it reports is at least
 * as strong as the real one, never weaker than what GLib promises. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <glib-object.h>

/* of GStreamer, which not every test has */
extern void gst_mini_object_unref (gpointer object);
extern void __tsan_acquire (void *address) __attribute__ ((weak));
extern void __tsan_release (void *address) __attribute__ ((weak));

static void
acquire (gconstpointer address)
{
  if (__tsan_acquire)
    __tsan_acquire ((void *)address);
}

static void
release (gconstpointer address)
{
  if (__tsan_release)
    __tsan_release ((void *)address);
}

/* The function this file hides, looked up once a call site. */
#define NEXT(name)                                                             \
  ({                                                                           \
    static __typeof__ (name) *next_;                                           \
    if (G_UNLIKELY (next_ == NULL))                                            \
      next_ = (__typeof__ (name) *)dlsym (RTLD_NEXT, #name);                   \
    next_;                                                                     \
  })

/* mutex, condition */

void
g_mutex_lock (GMutex *mutex)
{
  NEXT (g_mutex_lock) (mutex);
  acquire (mutex);
}

gboolean
g_mutex_trylock (GMutex *mutex)
{
  gboolean locked = NEXT (g_mutex_trylock) (mutex);

  if (locked)
    acquire (mutex);
  return locked;
}

void
g_mutex_unlock (GMutex *mutex)
{
  release (mutex);
  NEXT (g_mutex_unlock) (mutex);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  release (mutex);
  NEXT (g_cond_wait) (cond, mutex);
  acquire (mutex);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_time)
{
  gboolean signalled;

  release (mutex);
  signalled = NEXT (g_cond_wait_until) (cond, mutex, end_time);
  acquire (mutex);
  return signalled;
}

/* queues between threads */

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  release (queue);
  NEXT (g_async_queue_push) (queue, data);
}

#define POP(name, parameters, arguments)                                       \
  gpointer name parameters                                                     \
  {                                                                            \
    gpointer data = NEXT (name) arguments;                                     \
    acquire (queue);                                                           \
    return data;                                                               \
  }

POP (g_async_queue_pop, (GAsyncQueue * queue), (queue))
POP (g_async_queue_try_pop, (GAsyncQueue * queue), (queue))
POP (g_async_queue_timeout_pop, (GAsyncQueue * queue, guint64 timeout),
     (queue, timeout))

typedef struct {
  GFunc func;
  gpointer user_data;
} PoolCall;

static void
call_in_pool (gpointer data, gpointer user_data)
{
  PoolCall *call = user_data;

  acquire (call);
  acquire (data);
  call->func (data, call->user_data);
}

/* One small block a pool is never freed: pools live as long as a test. */
GThreadPool *
g_thread_pool_new (GFunc func, gpointer user_data, gint max_threads,
                   gboolean exclusive, GError **error)
{
  PoolCall *call = g_new (PoolCall, 1);

  *call = (PoolCall){func, user_data};
  release (call);
  return NEXT (g_thread_pool_new) (call_in_pool, call, max_threads, exclusive,
                                   error);
}

gboolean
g_thread_pool_push (GThreadPool *pool, gpointer data, GError **error)
{
  release (data);
  return NEXT (g_thread_pool_push) (pool, data, error);
}

/* reference counts: whoever frees has seen what all others did */

#define UNREF(name, type)                                                      \
  void name (type object)                                                      \
  {                                                                            \
    release (object);                                                          \
    acquire (object);                                                          \
    NEXT (name) (object);                                                      \
  }

#define REF(name, type)                                                        \
  type name (type object)                                                      \
  {                                                                            \
    acquire (object);                                                          \
    return NEXT (name) (object);                                               \
  }

UNREF (g_object_unref, gpointer)
UNREF (g_array_unref, GArray *)
UNREF (g_byte_array_unref, GByteArray *)
UNREF (g_bytes_unref, GBytes *)
UNREF (g_hash_table_unref, GHashTable *)
UNREF (g_main_context_unref, GMainContext *)
UNREF (g_main_loop_unref, GMainLoop *)
UNREF (g_ptr_array_unref, GPtrArray *)
UNREF (g_source_unref, GSource *)
UNREF (g_source_destroy, GSource *)
REF (g_bytes_ref, GBytes *)
REF (g_main_context_ref, GMainContext *)
REF (g_source_ref, GSource *)

void
gst_mini_object_unref (gpointer object)
{
  release (object);
  acquire (object);
  NEXT (gst_mini_object_unref) (object);
}

#undef g_atomic_rc_box_release_full

void
g_atomic_rc_box_release_full (gpointer block, GDestroyNotify clear)
{
  release (block);
  acquire (block);
  NEXT (g_atomic_rc_box_release_full) (block, clear);
}

void
g_atomic_rc_box_release (gpointer block)
{
  g_atomic_rc_box_release_full (block, NULL);
}

/* main loops: what was done before a source was attached or a loop was woken
 * has happened when it runs */

guint
g_source_attach (GSource *source, GMainContext *context)
{
  release (context);
  return NEXT (g_source_attach) (source, context);
}

void
g_main_context_wakeup (GMainContext *context)
{
  release (context);
  NEXT (g_main_context_wakeup) (context);
}

void
g_main_loop_quit (GMainLoop *loop)
{
  release (g_main_loop_get_context (loop));
  NEXT (g_main_loop_quit) (loop);
}

gboolean
g_main_context_prepare (GMainContext *context, gint *priority)
{
  acquire (context);
  return NEXT (g_main_context_prepare) (context, priority);
}
