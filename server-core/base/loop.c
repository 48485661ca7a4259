/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Posts wake the loop by a descriptor of their own and not by a source's ready
 * time: GLib writes to its own one while it holds the context's lock, which is
 * the first thing that the loop wants when it wakes. */
#include "loop.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

typedef struct {
  SpcFunc func;
  gpointer user_data;
  GDestroyNotify destroy;
} Post;

struct _SpcLoop {
  gint ref_count;
  /* set at construction */
  GMainContext *context;
  bool own_thread;
  int wake_fd; /* readable: something was posted from elsewhere */
  gpointer wake_tag;
  GSource *post_source;
  /* start and stop only */
  GMainLoop *main_loop;
  GThread *thread;
  /* guarded by lock */
  GMutex lock;
  GQueue posts;   /* Post */
  bool is_taking; /* the loop is at them, and looks for more */
  bool closed;
};

typedef struct {
  GSource source;
  SpcLoop *loop; /* not owned; the loop destroys the source first */
} PostSource;

static void
post_free (Post *post)
{
  if (post->destroy != NULL)
    post->destroy (post->user_data);
  g_free (post);
}

static Post *
take_post (SpcLoop *self)
{
  Post *post;

  g_mutex_lock (&self->lock);
  post = g_queue_pop_head (&self->posts);
  self->is_taking = post != NULL;
  g_mutex_unlock (&self->lock);
  return post;
}

static bool
has_posts (SpcLoop *self)
{
  bool has;

  g_mutex_lock (&self->lock);
  has = self->posts.length > 0;
  g_mutex_unlock (&self->lock);
  return has;
}

static gboolean
prepare_posts (GSource *source, gint *timeout_ms)
{
  *timeout_ms = -1;
  return has_posts (((PostSource *)source)->loop);
}

static gboolean
check_posts (GSource *source)
{
  SpcLoop *self = ((PostSource *)source)->loop;

  return g_source_query_unix_fd (source, self->wake_tag) != 0 ||
         has_posts (self);
}

/* a full counter, or an empty one, is what is wanted */
static void
write_wake (SpcLoop *self)
{
  uint64_t one = 1;

  while (write (self->wake_fd, &one, sizeof one) < 0 && errno == EINTR)
    ;
}

static void
read_wake (SpcLoop *self)
{
  uint64_t n;

  while (read (self->wake_fd, &n, sizeof n) < 0 && errno == EINTR)
    ;
}

/* posts run at one go, at most: lets sockets have their turn in between */
#define POSTS_A_TURN 64

/* what is left keeps the loop awake by itself, see prepare_posts */
static void
end_turn (SpcLoop *self)
{
  g_mutex_lock (&self->lock);
  self->is_taking = false;
  g_mutex_unlock (&self->lock);
}

static gboolean
dispatch_posts (GSource *source, GSourceFunc callback, gpointer user_data)
{
  SpcLoop *self = ((PostSource *)source)->loop;

  spc_loop_ref (self);
  if (g_source_query_unix_fd (source, self->wake_tag) != 0)
    read_wake (self);
  for (int i = 0; i < POSTS_A_TURN; i++) {
    Post *post = take_post (self);
    if (post == NULL)
      break;
    post->func (post->user_data);
    post_free (post);
  }
  end_turn (self);
  spc_loop_unref (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs post_source_funcs = {
    .prepare = prepare_posts,
    .check = check_posts,
    .dispatch = dispatch_posts,
};

SpcLoop *
spc_loop_new (GMainContext *context)
{
  SpcLoop *self = g_new0 (SpcLoop, 1);

  self->ref_count = 1;
  self->own_thread = context == NULL;
  self->context =
      context != NULL ? g_main_context_ref (context) : g_main_context_new ();
  g_mutex_init (&self->lock);
  g_queue_init (&self->posts);
  self->post_source = g_source_new (&post_source_funcs, sizeof (PostSource));
  ((PostSource *)self->post_source)->loop = self;
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->wake_fd < 0)
    g_error ("eventfd: %s", g_strerror (errno)); /* as GLib does for its own */
  self->wake_tag =
      g_source_add_unix_fd (self->post_source, self->wake_fd, G_IO_IN);
  g_source_set_name (self->post_source, "spc posts");
  spc_loop_attach (self, self->post_source);
  return self;
}

SpcLoop *
spc_loop_ref (SpcLoop *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

/* takes the post source away and destroys what nobody will run */
static void
close_posts (SpcLoop *self)
{
  GSource *source;
  Post *post;

  g_mutex_lock (&self->lock);
  self->closed = true;
  source = g_steal_pointer (&self->post_source);
  g_mutex_unlock (&self->lock);
  if (source != NULL) {
    g_source_destroy (source);
    g_source_unref (source);
  }
  while ((post = take_post (self)) != NULL)
    post_free (post);
}

void
spc_loop_unref (SpcLoop *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_assert (self->thread == NULL);
  close_posts (self);
  close (self->wake_fd);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->lock);
  g_free (self);
}

static gpointer
run_thread (gpointer user_data)
{
  SpcLoop *self = user_data;

  g_main_context_push_thread_default (self->context);
  g_main_loop_run (self->main_loop);
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

void
spc_loop_start (SpcLoop *self)
{
  if (!self->own_thread || self->thread != NULL)
    return;
  self->main_loop = g_main_loop_new (self->context, FALSE);
  self->thread = g_thread_new ("spice-loop", run_thread, self);
}

static void
quit_main_loop (gpointer user_data)
{
  SpcLoop *self = user_data;

  g_main_loop_quit (self->main_loop);
}

void
spc_loop_stop (SpcLoop *self)
{
  if (self->thread != NULL) {
    g_assert (self->thread != g_thread_self ());
    spc_loop_post (self, quit_main_loop, self, NULL);
    g_thread_join (g_steal_pointer (&self->thread));
    g_clear_pointer (&self->main_loop, g_main_loop_unref);
  }
  close_posts (self);
}

/* Those who find others waiting need not wake: that has been done. Nor need
 * those who post while the loop is at it, its own thread above all: it looks
 * again before it sleeps. */
void
spc_loop_post (SpcLoop *self, SpcFunc func, gpointer user_data,
               GDestroyNotify destroy)
{
  Post *post = g_new (Post, 1);
  bool closed, is_asleep;

  *post = (Post){.func = func, .user_data = user_data, .destroy = destroy};
  spc_loop_ref (self); /* the post may be its last use by others */
  g_mutex_lock (&self->lock);
  closed = self->closed;
  is_asleep = self->posts.length == 0 && !self->is_taking;
  if (!closed)
    g_queue_push_tail (&self->posts, post);
  g_mutex_unlock (&self->lock);
  if (closed)
    post_free (post);
  else if (is_asleep)
    write_wake (self);
  spc_loop_unref (self);
}

typedef struct {
  SpcFunc func;
  gpointer user_data;
  GMutex lock;
  GCond cond;
  bool done;
} Call;

static void
run_call (gpointer user_data)
{
  Call *call = user_data;

  call->func (call->user_data);
}

static void
end_call (gpointer user_data)
{
  Call *call = user_data;

  g_mutex_lock (&call->lock);
  call->done = true;
  g_cond_signal (&call->cond);
  g_mutex_unlock (&call->lock);
}

static void
post_and_wait (SpcLoop *self, SpcFunc func, gpointer user_data)
{
  Call call = {.func = func, .user_data = user_data};

  g_mutex_init (&call.lock);
  g_cond_init (&call.cond);
  spc_loop_post (self, run_call, &call, end_call);
  g_mutex_lock (&call.lock);
  while (!call.done)
    g_cond_wait (&call.cond, &call.lock);
  g_mutex_unlock (&call.lock);
  g_mutex_clear (&call.lock);
  g_cond_clear (&call.cond);
}

void
spc_loop_call (SpcLoop *self, SpcFunc func, gpointer user_data)
{
  if (self->own_thread) {
    if (self->thread == NULL || spc_loop_is_here (self)) {
      func (user_data);
      return;
    }
    post_and_wait (self, func, user_data);
    return;
  }
  if (g_main_context_acquire (self->context)) {
    func (user_data);
    g_main_context_release (self->context);
    return;
  }
  post_and_wait (self, func, user_data);
}

bool
spc_loop_is_here (const SpcLoop *self)
{
  if (self->own_thread)
    return self->thread == NULL || self->thread == g_thread_self ();
  return g_main_context_is_owner (self->context);
}

GMainContext *
spc_loop_context (SpcLoop *self)
{
  return self->context;
}

/* GLib keeps a source that must not be dispatched inside itself from being
 * polled meanwhile, which takes five system calls. */
void
spc_loop_attach (SpcLoop *self, GSource *source)
{
  g_source_set_can_recurse (source, self->own_thread);
  g_source_attach (source, self->context);
}

/* timers */

/* The source is often ready too early: to set its time makes GLib look at
 * everything once more, and many timers are moved long before they are due. */
struct _SpcTimer {
  GSource *source;
  SpcFunc func;
  gpointer user_data;
  gint64 due_us; /* monotonic; -1: it is not armed */
};

static gboolean
dispatch_timer (GSource *source, GSourceFunc callback, gpointer user_data)
{
  if (callback != NULL)
    callback (user_data);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs timer_source_funcs = {.dispatch = dispatch_timer};

static gboolean
run_timer (gpointer user_data)
{
  SpcTimer *self = user_data;
  bool is_due = spc_timer_is_armed (self) &&
                self->due_us <= g_source_get_time (self->source);

  g_source_set_ready_time (self->source, is_due ? -1 : self->due_us);
  if (!is_due)
    return G_SOURCE_CONTINUE;
  self->due_us = -1;
  self->func (self->user_data);
  return G_SOURCE_CONTINUE;
}

SpcTimer *
spc_timer_new (SpcLoop *loop, SpcFunc func, gpointer user_data)
{
  SpcTimer *self = g_new0 (SpcTimer, 1);

  self->func = func;
  self->user_data = user_data;
  self->due_us = -1;
  self->source = g_source_new (&timer_source_funcs, sizeof (GSource));
  g_source_set_name (self->source, "spc timer");
  g_source_set_callback (self->source, run_timer, self, NULL);
  g_source_attach (self->source, loop->context);
  return self;
}

void
spc_timer_free (SpcTimer *self)
{
  if (self == NULL)
    return;
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_free (self);
}

void
spc_timer_arm (SpcTimer *self, uint32_t delay_ms)
{
  gint64 ready_us = g_source_get_ready_time (self->source);

  self->due_us = g_get_monotonic_time () + (gint64)delay_ms * 1000;
  if (ready_us == -1 || self->due_us < ready_us)
    g_source_set_ready_time (self->source, self->due_us);
}

void
spc_timer_disarm (SpcTimer *self)
{
  self->due_us = -1;
}

bool
spc_timer_is_armed (const SpcTimer *self)
{
  return self->due_us != -1;
}
