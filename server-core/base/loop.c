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
  GThread *thread;
  /* own thread's loop: whoever is at it, its thread or a guest; atomic */
  GThread *runner;
  /* its thread only */
  GArray *polled; /* GPollFD */
  /* the runner's */
  bool quits;
  /* guarded by lock */
  GMutex lock;
  GCond guest_gone;
  GQueue posts;     /* Post */
  bool is_awake;    /* looks at the posts once more before it sleeps */
  bool has_guest;   /* and its thread sleeps, or waits for that one to leave */
  bool is_expected; /* its thread is awake, and waits */
  gint64 quiet_us;  /* since when nobody is at it */
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

static void
run_posts (SpcLoop *self)
{
  for (int i = 0; i < POSTS_A_TURN; i++) {
    Post *post = take_post (self);
    if (post == NULL)
      break;
    post->func (post->user_data);
    post_free (post);
  }
}

/* An application's context may go to sleep right after the posts, and cannot
 * be asked; what is left keeps it awake by itself, see prepare_posts. */
static void
set_awake (SpcLoop *self, bool is_awake)
{
  g_mutex_lock (&self->lock);
  self->is_awake = is_awake;
  g_mutex_unlock (&self->lock);
}

static gboolean
dispatch_posts (GSource *source, GSourceFunc callback, gpointer user_data)
{
  SpcLoop *self = ((PostSource *)source)->loop;

  spc_loop_ref (self);
  if (g_source_query_unix_fd (source, self->wake_tag) != 0)
    read_wake (self);
  if (!self->own_thread)
    set_awake (self, true);
  run_posts (self);
  if (!self->own_thread)
    set_awake (self, false);
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
  self->own_thread = self->is_awake = context == NULL;
  self->context =
      context != NULL ? g_main_context_ref (context) : g_main_context_new ();
  g_mutex_init (&self->lock);
  g_cond_init (&self->guest_gone);
  g_queue_init (&self->posts);
  self->polled = g_array_new (FALSE, FALSE, sizeof (GPollFD));
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
  g_array_unref (self->polled);
  g_cond_clear (&self->guest_gone);
  g_mutex_clear (&self->lock);
  g_free (self);
}

/* the own thread: a main loop that lets guests in while it sleeps */

/* false: it need not, there are posts */
static bool
begin_sleep (SpcLoop *self)
{
  bool may_sleep;

  g_atomic_pointer_set (&self->runner, NULL);
  g_mutex_lock (&self->lock);
  may_sleep = self->posts.length == 0;
  self->is_awake = !may_sleep;
  self->quiet_us = g_get_monotonic_time ();
  g_mutex_unlock (&self->lock);
  return may_sleep;
}

static void
end_sleep (SpcLoop *self)
{
  g_mutex_lock (&self->lock);
  self->is_expected = true;
  while (self->has_guest)
    g_cond_wait (&self->guest_gone, &self->lock);
  self->is_expected = false;
  self->is_awake = true;
  g_mutex_unlock (&self->lock);
  g_atomic_pointer_set (&self->runner, g_thread_self ());
}

/* how many; those to poll are in @polled then */
static gint
query (SpcLoop *self, gint priority, gint *timeout_ms)
{
  gint n;

  while ((n = g_main_context_query (self->context, priority, timeout_ms,
                                    (GPollFD *)(gpointer)self->polled->data,
                                    (gint)self->polled->len)) >
         (gint)self->polled->len)
    g_array_set_size (self->polled, (guint)n);
  return n;
}

static void
iterate (SpcLoop *self)
{
  gint priority, timeout_ms, n;
  GPollFD *polled;

  g_main_context_prepare (self->context, &priority);
  n = query (self, priority, &timeout_ms);
  polled = (GPollFD *)(gpointer)self->polled->data;
  g_poll (polled, (guint)n, begin_sleep (self) ? timeout_ms : 0);
  end_sleep (self);
  g_main_context_check (self->context, priority, polled, n);
  g_main_context_dispatch (self->context);
}

static gpointer
run_thread (gpointer user_data)
{
  SpcLoop *self = user_data;

  g_main_context_acquire (self->context);
  g_main_context_push_thread_default (self->context);
  g_atomic_pointer_set (&self->runner, g_thread_self ());
  while (!self->quits)
    iterate (self);
  g_main_context_pop_thread_default (self->context);
  g_main_context_release (self->context);
  return NULL;
}

void
spc_loop_start (SpcLoop *self)
{
  if (!self->own_thread || self->thread != NULL)
    return;
  self->quits = false;
  self->thread = g_thread_new ("spice-loop", run_thread, self);
}

/* Run by a guest, perhaps, for whom its own thread sleeps on. */
static void
quit (gpointer user_data)
{
  SpcLoop *self = user_data;

  self->quits = true;
  write_wake (self);
}

void
spc_loop_stop (SpcLoop *self)
{
  if (self->thread != NULL) {
    g_assert (!spc_loop_is_here (self));
    spc_loop_post (self, quit, self, NULL);
    g_thread_join (g_steal_pointer (&self->thread));
  }
  close_posts (self);
}

/* posts */

/* its own thread goes on with what is left */
static void
leave (SpcLoop *self)
{
  bool wakes;

  g_atomic_pointer_set (&self->runner, NULL);
  g_mutex_lock (&self->lock);
  self->has_guest = self->is_awake = false;
  self->quiet_us = g_get_monotonic_time ();
  wakes = self->posts.length > 0 && !self->is_expected;
  if (self->is_expected)
    g_cond_signal (&self->guest_gone);
  g_mutex_unlock (&self->lock);
  if (wakes)
    write_wake (self);
}

static void
be_guest (SpcLoop *self)
{
  g_atomic_pointer_set (&self->runner, g_thread_self ());
  run_posts (self);
  leave (self);
}

/* A loop that was at work a moment ago is likely to be wanted again soon: by
 * its own thread it is done beside what the guest does next. */
#define QUIET_US 100

/* lock held */
static bool
may_enter (SpcLoop *self)
{
  return self->own_thread && !self->is_awake && !self->is_expected &&
         self->posts.length == 0 &&
         g_get_monotonic_time () - self->quiet_us >= QUIET_US;
}

/* Those who find others waiting need not wake: that has been done. Nor need
 * those who post while the loop is awake, its own thread above all: it looks
 * again before it sleeps. */
static void
add_post (SpcLoop *self, const Post *post, bool wants_to_enter)
{
  bool closed, wakes, enters;

  g_mutex_lock (&self->lock);
  closed = self->closed;
  enters = wants_to_enter && !closed && may_enter (self);
  wakes = !closed && !enters && !self->is_awake && self->posts.length == 0;
  if (!closed)
    g_queue_push_tail (&self->posts, g_memdup2 (post, sizeof *post));
  if (enters)
    self->has_guest = self->is_awake = true;
  g_mutex_unlock (&self->lock);
  if (enters)
    be_guest (self);
  else if (wakes)
    write_wake (self);
  else if (closed && post->destroy != NULL)
    post->destroy (post->user_data);
}

void
spc_loop_post (SpcLoop *self, SpcFunc func, gpointer user_data,
               GDestroyNotify destroy)
{
  const Post post = {.func = func, .user_data = user_data, .destroy = destroy};

  spc_loop_ref (self); /* the post may be its last use by others */
  add_post (self, &post, false);
  spc_loop_unref (self);
}

void
spc_loop_run (SpcLoop *self, SpcFunc func, gpointer user_data,
              GDestroyNotify destroy)
{
  const Post post = {.func = func, .user_data = user_data, .destroy = destroy};

  spc_loop_ref (self);
  add_post (self, &post, true);
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
  /* GLib's macro takes no pointer to what is const */
  GThread **runner = (GThread **)&self->runner;

  if (self->own_thread)
    return self->thread == NULL ||
           g_atomic_pointer_get (runner) == g_thread_self ();
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
