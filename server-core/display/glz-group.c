/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "glz-group.h"

#include "encode-ticket.h"
#include "server-core/base/log.h"

/* What a new generation costs those in step was measured on 62 s of office work
 * at a recorded desktop (terminals, an editor, menus, two windows in turn): 30
 * kB each until the window is useful again, where a viewer out of step is sent
 * LZ at 31 kB/s more than GLZ. So one that joins may have its generation after
 * a second or two; but one that falls out of step again and again would make
 * all others pay 1.9 times the bytes every 2 s, 1.3 times every 10 s, and 1.07
 * times every 30 s. Hence the wait doubles while generations follow soon. */
#define MIN_WAIT_US (2 * G_USEC_PER_SEC)
#define MAX_WAIT_US (32 * G_USEC_PER_SEC)

/* Workers'. Slots are coded in the order of their numbers: those queued one
 * after another on the strand, and one at once only while none is queued. */
typedef struct {
  gint ref_count;
  gint n_queued; /* atomic */
  GMutex coding; /* held by who codes; only jobs wait for it */
  SpcGlzDictionary *dictionary;
} Shared;

struct _SpcGlzGroup {
  SpcLoop *loop;
  SpcJobs *jobs;
  SpcStrand *strand;
  Shared *shared;
  /* guarded by claim, which is held for a few instructions */
  GMutex claim;
  uint64_t generation, next;
  int64_t began_us, wait_us; /* when, and until another may */
  bool is_asked;             /* for another */
  guint n_turns;             /* held */
};

typedef enum { NOT_WANTED, WANTED, BEING_MADE, MADE } Deflated;

/* what the worker and the ticket share */
typedef struct {
  gint ref_count;
  /* set at construction */
  SpcLoop *loop;
  Shared *shared;
  QxlImage *image;
  SpcLinkCoding coding;
  bool begins; /* a generation */
  /* the worker's until it has posted, then the loop's */
  bool is_glz;
  bool is_photo; /* one where loss hardly shows */
  SpcGlzStream stream;
  SpcEncodedImage encoded;
  /* the deflating worker's until that has posted, then the loop's */
  SpcGlzStream deflated;
  /* loop thread only */
  bool finished;
  Deflated state; /* of @deflated */
  SpcJobs *jobs;  /* not owned; NULL once the ticket is gone */
  SpcFunc done;
  gpointer user_data;
} Work;

struct _SpcGlzTicket {
  Work *work;
  uint64_t generation, slot;
  GDestroyNotify destroy;
};

static Shared *
shared_ref (Shared *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

static void
shared_unref (Shared *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  spc_glz_dictionary_free (self->dictionary);
  g_mutex_clear (&self->coding);
  g_free (self);
}

static Work *
work_ref (Work *work)
{
  g_atomic_int_inc (&work->ref_count);
  return work;
}

static void
work_unref (gpointer data)
{
  Work *work = data;

  if (!g_atomic_int_dec_and_test (&work->ref_count))
    return;
  spc_glz_stream_clear (&work->stream);
  spc_glz_stream_clear (&work->deflated);
  spc_encoded_image_clear (&work->encoded);
  qxl_image_unref (work->image);
  shared_unref (work->shared);
  spc_loop_unref (work->loop);
  g_free (work);
}

/* deflating, by itself: it takes longer than the coding of many slots */

static void
tell (Work *work)
{
  if (work->done != NULL)
    work->done (work->user_data);
}

static void
end_deflate_on_loop (gpointer user_data)
{
  Work *work = user_data;

  work->state = MADE;
  tell (work);
}

static void
deflate_stream (SpcWorker *worker, gpointer user_data)
{
  Work *work = user_data;
  SpcScratch *scratch = spc_encode_scratch (worker);

  work->deflated = spc_glz_stream_copy (&work->stream);
  spc_glz_stream_deflate (&work->deflated, scratch);
  spc_loop_post (work->loop, end_deflate_on_loop, work_ref (work), work_unref);
}

/* once it is finished */
static void
begin_deflate (Work *work)
{
  if (work->jobs == NULL)
    return;
  work->state = BEING_MADE;
  spc_jobs_push (work->jobs, deflate_stream, work_ref (work), work_unref);
}

static bool
may_deflate (const Work *work)
{
  return work->is_glz && spc_glz_stream_may_deflate (&work->stream);
}

/* coding */

static bool
code_glz (Work *work, SpcScratch *scratch)
{
  SpcGlzDictionary *dictionary = work->shared->dictionary;
  const QxlImage *image = work->image;

  return spc_glz_dictionary_takes (dictionary, image->format, image->width,
                                   image->height) &&
         spc_glz_encode (dictionary, work->image, scratch, &work->stream, NULL);
}

static void
end_on_loop (gpointer user_data)
{
  Work *work = user_data;

  work->finished = true;
  if (work->state == WANTED && may_deflate (work))
    begin_deflate (work);
  tell (work);
}

/* A photo for a link that permits loss is made elsewhere, so that those who do
 * not get it need not wait for it. */
static void
code (Work *work, SpcWorker *worker)
{
  SpcScratch *scratch = spc_encode_scratch (worker);
  SpcImageCodec codec =
      spc_choose_codec (work->coding.compression, work->image,
                        work->coding.permits_loss, &work->is_photo);
  g_autoptr (GError) error = NULL;

  if (work->begins)
    spc_glz_dictionary_reset (work->shared->dictionary);
  work->is_glz = codec == SPC_CODEC_LZ && code_glz (work, scratch);
  if (!work->is_glz && !spc_image_codec_is_lossy (codec) &&
      !spc_image_encode (codec, work->image, scratch, &work->encoded, &error) &&
      !spc_image_encode (SPC_CODEC_BITMAP, work->image, scratch, &work->encoded,
                         NULL))
    SPC_WARNING (SPC_LOG_IMAGE, "image %ux%u: %s", work->image->width,
                 work->image->height, error->message);
}

static void
run (SpcWorker *worker, gpointer user_data)
{
  Work *work = user_data;
  Shared *shared = work->shared;

  g_mutex_lock (&shared->coding);
  code (work, worker);
  g_atomic_int_add (&shared->n_queued, -1);
  g_mutex_unlock (&shared->coding);
  spc_loop_post (work->loop, end_on_loop, work_ref (work), work_unref);
}

/* the group */

SpcGlzGroup *
spc_glz_group_new (SpcLoop *loop, SpcJobs *jobs)
{
  SpcGlzGroup *self = g_new0 (SpcGlzGroup, 1);

  self->loop = spc_loop_ref (loop);
  self->jobs = spc_jobs_ref (jobs);
  self->strand = spc_strand_new (jobs);
  self->shared = g_new0 (Shared, 1);
  self->shared->ref_count = 1;
  g_mutex_init (&self->shared->coding);
  g_mutex_init (&self->claim);
  self->shared->dictionary = spc_glz_dictionary_new (SPC_GLZ_GROUP_WINDOW);
  return self;
}

void
spc_glz_group_free (SpcGlzGroup *self)
{
  if (self == NULL)
    return;
  shared_unref (self->shared);
  g_mutex_clear (&self->claim);
  spc_strand_unref (self->strand);
  spc_jobs_unref (self->jobs);
  spc_loop_unref (self->loop);
  g_free (self);
}

static bool
is_in_step (const SpcGlzGroup *self, const SpcGlzPlace *place)
{
  return self->generation != 0 && place->generation == self->generation &&
         place->next == self->next;
}

static bool
may_begin (const SpcGlzGroup *self, int64_t now_us)
{
  return self->generation == 0 || now_us - self->began_us >= self->wait_us;
}

bool
spc_glz_group_serves (SpcGlzGroup *self, const SpcGlzPlace *place,
                      int64_t now_us)
{
  bool serves;

  g_mutex_lock (&self->claim);
  serves = is_in_step (self, place) || may_begin (self, now_us);
  g_mutex_unlock (&self->claim);
  return serves;
}

void
spc_glz_group_ask (SpcGlzGroup *self)
{
  g_mutex_lock (&self->claim);
  self->is_asked = true;
  g_mutex_unlock (&self->claim);
}

bool
spc_glz_group_goes_on_for (SpcGlzGroup *self, const SpcGlzPlace *place)
{
  bool goes_on;

  g_mutex_lock (&self->claim);
  goes_on = self->generation != 0 && place->generation == self->generation;
  g_mutex_unlock (&self->claim);
  return goes_on;
}

static void
begin_generation (SpcGlzGroup *self, int64_t now_us)
{
  bool is_soon = self->generation != 0 &&
                 now_us - self->began_us < self->wait_us + MAX_WAIT_US;

  self->wait_us = is_soon ? MIN (2 * self->wait_us, MAX_WAIT_US) : MIN_WAIT_US;
  self->generation++;
  self->next = 0;
  self->began_us = now_us;
  self->is_asked = false;
}

static SpcGlzTicket *
ticket_new (SpcGlzGroup *self, QxlImage *image, const SpcLinkCoding *coding)
{
  SpcGlzTicket *ticket = g_new0 (SpcGlzTicket, 1);
  Work *work = g_new0 (Work, 1);

  work->ref_count = 1;
  work->loop = spc_loop_ref (self->loop);
  work->shared = shared_ref (self->shared);
  work->image = qxl_image_ref (image);
  work->coding = *coding;
  work->jobs = self->jobs;
  ticket->work = work;
  return ticket;
}

/* claim is held */
static void
take_slot (SpcGlzGroup *self, SpcGlzTicket *ticket)
{
  ticket->generation = self->generation;
  ticket->slot = self->next++;
}

SpcGlzTicket *
spc_glz_group_encode (SpcGlzGroup *self, const SpcGlzPlace *place,
                      int64_t now_us, QxlImage *image,
                      const SpcLinkCoding *coding, SpcFunc done,
                      gpointer user_data, GDestroyNotify destroy)
{
  SpcGlzTicket *ticket = ticket_new (self, image, coding);
  Work *work = ticket->work;

  spc_glz_ticket_set_done (ticket, done, user_data, destroy);
  g_mutex_lock (&self->claim);
  work->begins =
      !is_in_step (self, place) || (self->is_asked && may_begin (self, now_us));
  if (work->begins)
    begin_generation (self, now_us);
  take_slot (self, ticket);
  g_atomic_int_inc (&self->shared->n_queued);
  g_mutex_unlock (&self->claim);
  spc_strand_push (self->strand, run, work_ref (work), work_unref);
  return ticket;
}

/* while coding is held: what is queued has not begun, and is counted */
static bool
claim_at_once (SpcGlzGroup *self, SpcGlzTicket *ticket, int64_t now_us)
{
  bool is_free;

  g_mutex_lock (&self->claim);
  is_free = self->generation != 0 && self->n_turns == 0 &&
            g_atomic_int_get (&self->shared->n_queued) == 0 &&
            !(self->is_asked && may_begin (self, now_us));
  if (is_free)
    take_slot (self, ticket);
  g_mutex_unlock (&self->claim);
  return is_free;
}

void
spc_glz_group_hold_turn (SpcGlzGroup *self)
{
  g_mutex_lock (&self->claim);
  self->n_turns++;
  g_mutex_unlock (&self->claim);
}

void
spc_glz_group_drop_turn (SpcGlzGroup *self)
{
  g_mutex_lock (&self->claim);
  g_assert (self->n_turns > 0);
  self->n_turns--;
  g_mutex_unlock (&self->claim);
}

SpcGlzTicket *
spc_glz_group_encode_now (SpcGlzGroup *self, int64_t now_us, QxlImage *image,
                          const SpcLinkCoding *coding, SpcWorker *worker)
{
  g_autoptr (SpcGlzTicket) ticket = NULL;
  bool is_coded;

  if (!g_mutex_trylock (&self->shared->coding))
    return NULL;
  ticket = ticket_new (self, image, coding);
  is_coded = claim_at_once (self, ticket, now_us);
  if (is_coded) {
    code (ticket->work, worker);
    ticket->work->finished = true;
  }
  g_mutex_unlock (&self->shared->coding);
  return is_coded ? g_steal_pointer (&ticket) : NULL;
}

/* a ticket */

void
spc_glz_ticket_free (SpcGlzTicket *self)
{
  if (self == NULL)
    return;
  self->work->done = NULL;
  self->work->jobs = NULL;
  if (self->destroy != NULL)
    self->destroy (self->work->user_data);
  work_unref (self->work);
  g_free (self);
}

void
spc_glz_ticket_set_done (SpcGlzTicket *self, SpcFunc done, gpointer user_data,
                         GDestroyNotify destroy)
{
  self->work->done = done;
  self->work->user_data = user_data;
  self->destroy = destroy;
}

bool
spc_glz_ticket_prepare (SpcGlzTicket *self, bool deflates)
{
  Work *work = self->work;

  if (deflates && work->state == NOT_WANTED) {
    work->state = WANTED;
    if (work->finished && may_deflate (work))
      begin_deflate (work);
  }
  return work->finished &&
         (!deflates || work->state == MADE || !may_deflate (work));
}

bool
spc_glz_ticket_holds (const SpcGlzTicket *self, bool permits_loss)
{
  const Work *work = self->work;

  return work->is_glz ||
         (work->encoded.payload != NULL && !(permits_loss && work->is_photo));
}

bool
spc_glz_ticket_fits (const SpcGlzTicket *self, const SpcGlzPlace *place)
{
  return self->slot == 0 ||
         (place->generation == self->generation && place->next == self->slot);
}

void
spc_glz_ticket_pass (const SpcGlzTicket *self, SpcGlzPlace *place)
{
  place->generation = self->generation;
  place->next = self->slot + 1;
}

void
spc_glz_ticket_take (const SpcGlzTicket *self, bool deflates, uint64_t *next_id,
                     SpcEncodedImage *out)
{
  const Work *work = self->work;

  if (work->is_glz) {
    spc_glz_stream_payload (deflates && work->state == MADE ? &work->deflated
                                                            : &work->stream,
                            (*next_id)++, out);
    return;
  }
  *out = work->encoded;
  if (out->payload != NULL)
    g_bytes_ref (out->payload);
}
