/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "encode-ticket.h"

#include "server-core/base/log.h"
#include "server-core/image/palettise.h"
#include "server-core/wire/protocol.h"

/* a draw from the cache still has its message and descriptor of 75 bytes: less
 * than this is not worth a place there */
#define MIN_KEPT_BYTES 256u

/* what the worker and the ticket share */
typedef struct {
  gint ref_count;
  /* set at construction */
  SpcLoop *loop; /* NULL: made at once */
  QxlImage *image;
  SpcEncodeOrder order;
  /* atomic */
  gint cancelled;
  /* the worker's until it has posted, then the loop's */
  SpcEncodedImage result;
  bool is_photo; /* one where loss hardly shows */
  bool is_kept, is_named;
  SpcContentId content; /* if named */
  /* loop thread only */
  bool finished;
  SpcFunc done;
  gpointer user_data;
  GDestroyNotify destroy;
} Work;

struct _SpcEncodeTicket {
  Work *work;
};

static void
work_unref (gpointer data)
{
  Work *work = data;

  if (!g_atomic_int_dec_and_test (&work->ref_count))
    return;
  spc_encoded_image_clear (&work->result);
  qxl_image_unref (work->image);
  if (work->loop != NULL)
    spc_loop_unref (work->loop);
  g_free (work);
}

static Work *
work_ref (Work *work)
{
  g_atomic_int_inc (&work->ref_count);
  return work;
}

static void
end_on_loop (gpointer user_data)
{
  Work *work = user_data;

  work->finished = true;
  if (work->done != NULL)
    work->done (work->user_data);
}

static gpointer
make_scratch (void)
{
  return spc_scratch_new ();
}

static void
free_scratch (gpointer scratch)
{
  spc_scratch_free (scratch);
}

SpcScratch *
spc_encode_scratch (SpcWorker *worker)
{
  SpcScratch *scratch = spc_worker_local (worker, make_scratch, free_scratch);

  spc_scratch_use_blocks (scratch, spc_worker_blocks (worker));
  return scratch;
}

bool
spc_encoded_image_is_worth_keeping (const SpcEncodedImage *image)
{
  return image->payload != NULL &&
         spc_encoded_image_size (image) >= MIN_KEPT_BYTES;
}

/* the image as indices, if viewers take them and it pays; else itself */
static QxlImage *
image_to_encode (const Work *work, SpcImageCodec codec, SpcScratch *scratch)
{
  unsigned max_colours = 0;
  QxlImage *indices = NULL;

  if (codec == SPC_CODEC_LZ &&
      spc_compression_has_palettes (work->order.compression))
    max_colours = spc_palettise_pays (work->image);
  if (max_colours > 0)
    indices = spc_palettise (work->image, max_colours, scratch);
  return indices != NULL ? indices : qxl_image_ref (work->image);
}

static void
encode (Work *work, SpcWorker *worker)
{
  SpcScratch *scratch = spc_encode_scratch (worker);
  g_autoptr (GError) error = NULL;
  SpcImageCodec codec =
      spc_choose_codec (work->order.compression, work->image,
                        work->order.permits_loss, &work->is_photo);
  g_autoptr (QxlImage) image = image_to_encode (work, codec, scratch);

  if (!spc_image_encode (codec, image, scratch, &work->result, &error) &&
      !spc_image_encode (SPC_CODEC_BITMAP, work->image, scratch, &work->result,
                         NULL))
    SPC_WARNING (SPC_LOG_IMAGE, "image %ux%u as %s: %s", work->image->width,
                 work->image->height, spc_image_codec_name (codec),
                 error->message);
  work->is_kept = spc_encoded_image_is_worth_keeping (&work->result);
  if ((work->is_kept || work->order.is_named) && !work->is_named)
    work->content = spc_content_id (work->image);
}

static void
run (SpcWorker *worker, gpointer user_data)
{
  Work *work = user_data;

  if (g_atomic_int_get (&work->cancelled))
    return;
  encode (work, worker);
  spc_loop_post (work->loop, end_on_loop, work_ref (work), work_unref);
}

static SpcEncodeTicket *
ticket_new (QxlImage *image, const SpcEncodeOrder *order,
            const SpcContentId *content)
{
  SpcEncodeTicket *self = g_new (SpcEncodeTicket, 1);
  Work *work = g_new0 (Work, 1);

  work->ref_count = 1;
  work->image = qxl_image_ref (image);
  work->order = *order;
  work->is_named = content != NULL;
  if (content != NULL)
    work->content = *content;
  self->work = work;
  return self;
}

SpcEncodeTicket *
spc_encode_ticket_new (SpcLoop *loop, SpcJobs *jobs, QxlImage *image,
                       const SpcEncodeOrder *order, const SpcContentId *content,
                       SpcFunc done, gpointer user_data, GDestroyNotify destroy)
{
  SpcEncodeTicket *self = ticket_new (image, order, content);
  Work *work = self->work;

  work->loop = spc_loop_ref (loop);
  work->done = done;
  work->user_data = user_data;
  work->destroy = destroy;
  spc_jobs_push (jobs, run, work_ref (work), work_unref);
  return self;
}

SpcEncodeTicket *
spc_encode_ticket_new_ready (QxlImage *image, const SpcEncodeOrder *order,
                             const SpcContentId *content, SpcWorker *worker)
{
  SpcEncodeTicket *self = ticket_new (image, order, content);

  encode (self->work, worker);
  self->work->finished = true;
  return self;
}

void
spc_encode_ticket_free (SpcEncodeTicket *self)
{
  Work *work;

  if (self == NULL)
    return;
  work = self->work;
  g_atomic_int_set (&work->cancelled, 1);
  work->done = NULL;
  if (work->destroy != NULL)
    work->destroy (work->user_data);
  work_unref (work);
  g_free (self);
}

const SpcEncodedImage *
spc_encode_ticket_result (const SpcEncodeTicket *self)
{
  return self->work->finished ? &self->work->result : NULL;
}

bool
spc_encode_ticket_suits (const SpcEncodeTicket *self, bool permits_loss)
{
  return !self->work->is_photo ||
         self->work->order.permits_loss == permits_loss;
}

const SpcContentId *
spc_encode_ticket_name (const SpcEncodeTicket *self)
{
  return self->work->finished && self->work->order.is_named
             ? &self->work->content
             : NULL;
}

const SpcContentId *
spc_encode_ticket_content (const SpcEncodeTicket *self)
{
  return self->work->finished && self->work->is_kept ? &self->work->content
                                                     : NULL;
}
