/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tests of the mirror: each promise of the header, then random messages beside
 * a plain model of the rules. */
#include "pixmap-cache.h"

#include "server-core/base/limits.h"

enum { A, B, C }; /* channels */

static SpcContentId
content_of (uint32_t number)
{
  return (SpcContentId){{number, ~(uint64_t)number}};
}

/* as a draw does: find, else add; ends the message with @serial */
static SpcPixmapUse
draw (SpcPixmapCache *cache, uint8_t channel, uint64_t serial, uint32_t number,
      uint32_t pixels, uint32_t *id)
{
  SpcContentId content = content_of (number);
  SpcPixmapUse used;

  spc_pixmap_cache_begin (cache, channel);
  used = spc_pixmap_cache_find (cache, &content, false, id);
  if (used == SPC_PIXMAP_PLAIN)
    used = spc_pixmap_cache_add (cache, &content, pixels, 1, false, false, id);
  spc_pixmap_cache_end (cache, serial);
  return used;
}

static guint
n_evicted (const SpcPixmapCache *cache)
{
  guint n;

  spc_pixmap_cache_evicted (cache, &n);
  return n;
}

static void
assert_waits (const SpcPixmapCache *cache, guint count, uint8_t channel,
              uint64_t serial)
{
  const SpcWaitForChannels *waits = spc_pixmap_cache_waits (cache);

  g_assert_cmpuint (waits->count, ==, count);
  if (count == 0)
    return;
  g_assert_cmpuint (waits->channels[0].channel_type, ==, SPICE_CHANNEL_DISPLAY);
  g_assert_cmpuint (waits->channels[0].channel_id, ==, channel);
  g_assert_cmpuint (waits->channels[0].serial, ==, serial);
}

static void
second_is_a_hit (void)
{
  g_autoptr (SpcPixmapCache) cache = spc_pixmap_cache_new (1000);
  SpcContentId content = content_of (7);
  uint32_t id = 0, again = 0;

  g_assert_false (spc_pixmap_cache_has (cache, A, &content, true));
  g_assert_cmpint (draw (cache, A, 1, 7, 100, &id), ==, SPC_PIXMAP_ADDED);
  g_assert_true (spc_pixmap_cache_has (cache, A, &content, false));
  g_assert_cmpuint (id, !=, 0);
  spc_pixmap_cache_delivered (cache, A, 1);
  /* from another display, too, and without waiting: the client does */
  g_assert_cmpint (draw (cache, B, 1, 7, 100, &again), ==, SPC_PIXMAP_IS_THERE);
  g_assert_cmpuint (again, ==, id);
  assert_waits (cache, 0, 0, 0);
  g_assert_cmpuint (spc_pixmap_cache_pixels (cache), ==, 100);
  g_assert_cmpuint (spc_pixmap_cache_n_images (cache), ==, 1);
}

/* what is not out may be lost with its channel, and naming it would hang */
static void
others_name_it_once_it_is_out (void)
{
  g_autoptr (SpcPixmapCache) cache = spc_pixmap_cache_new (1000);
  SpcContentId content = content_of (7);
  uint32_t id;

  draw (cache, A, 5, 7, 100, &id);
  spc_pixmap_cache_delivered (cache, A, 4);
  g_assert_false (spc_pixmap_cache_has (cache, B, &content, false));
  g_assert_cmpint (draw (cache, B, 1, 7, 100, &id), ==, SPC_PIXMAP_PLAIN);
  g_assert_cmpint (draw (cache, A, 6, 7, 100, &id), ==, SPC_PIXMAP_IS_THERE);
  spc_pixmap_cache_delivered (cache, A, 5);
  g_assert_true (spc_pixmap_cache_has (cache, B, &content, false));
  g_assert_cmpint (draw (cache, B, 2, 7, 100, &id), ==, SPC_PIXMAP_IS_THERE);
}

static void
oldest_makes_room (void)
{
  g_autoptr (SpcPixmapCache) cache = spc_pixmap_cache_new (400);
  uint32_t ids[6];
  const uint32_t *evicted;
  guint n;

  for (uint32_t i = 0; i < 4; i++)
    g_assert_cmpint (draw (cache, A, i + 1, i, 100, &ids[i]), ==,
                     SPC_PIXMAP_ADDED);
  draw (cache, A, 5, 0, 100, &ids[0]);
  g_assert_cmpint (draw (cache, A, 6, 4, 100, &ids[4]), ==, SPC_PIXMAP_ADDED);
  evicted = spc_pixmap_cache_evicted (cache, &n);
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (evicted[0], ==, ids[1]);
  assert_waits (cache, 0, 0, 0); /* one's own channel is in order */
  /* numbers are never used again */
  draw (cache, A, 7, 1, 100, &ids[5]);
  for (int i = 0; i < 5; i++)
    g_assert_cmpuint (ids[5], !=, ids[i]);
}

static void
other_channels_are_waited_for (void)
{
  g_autoptr (SpcPixmapCache) cache = spc_pixmap_cache_new (400);
  uint32_t id;

  draw (cache, A, 11, 1, 100, &id);
  spc_pixmap_cache_delivered (cache, A, 11);
  draw (cache, B, 21, 1, 100, &id);
  draw (cache, B, 22, 2, 100, &id);
  draw (cache, B, 23, 3, 100, &id);
  draw (cache, B, 24, 4, 100, &id);
  /* 1 was added by A and used by B since */
  draw (cache, A, 14, 5, 100, &id);
  g_assert_cmpuint (n_evicted (cache), ==, 1);
  assert_waits (cache, 1, B, 21);
  /* 2 and 3: the later one counts */
  spc_pixmap_cache_begin (cache, A);
  for (uint32_t i = 6; i < 8; i++) {
    SpcContentId content = content_of (i);

    spc_pixmap_cache_add (cache, &content, 100, 1, false, false, &id);
  }
  spc_pixmap_cache_end (cache, 17);
  g_assert_cmpuint (n_evicted (cache), ==, 2);
  assert_waits (cache, 1, B, 23);
}

static void
too_large_is_sent_plain (void)
{
  g_autoptr (SpcPixmapCache) cache = spc_pixmap_cache_new (400);
  g_autoptr (SpcPixmapCache) none = spc_pixmap_cache_new (0);
  g_autoptr (SpcPixmapCache) negative = spc_pixmap_cache_new (~(uint64_t)0);
  SpcContentId content = content_of (9);
  uint32_t id;

  draw (cache, A, 1, 1, 200, &id);
  g_assert_cmpint (draw (cache, A, 2, 2, 201, &id), ==, SPC_PIXMAP_PLAIN);
  spc_pixmap_cache_begin (cache, A);
  g_assert_cmpint (spc_pixmap_cache_add (cache, &content, G_MAXUINT32,
                                         G_MAXUINT32, false, false, &id),
                   ==, SPC_PIXMAP_PLAIN);
  spc_pixmap_cache_end (cache, 3);
  g_assert_cmpuint (n_evicted (cache), ==, 0);
  g_assert_cmpuint (spc_pixmap_cache_n_images (cache), ==, 1);
  g_assert_cmpint (draw (none, A, 1, 1, 1, &id), ==, SPC_PIXMAP_PLAIN);
  g_assert_cmpint (draw (negative, A, 1, 1, 1, &id), ==, SPC_PIXMAP_PLAIN);
}

static void
own_images_stay (void)
{
  g_autoptr (SpcPixmapCache) cache = spc_pixmap_cache_new (400);
  SpcContentId contents[5];
  uint32_t id;

  for (uint32_t i = 0; i < 5; i++)
    contents[i] = content_of (i);
  draw (cache, A, 1, 0, 100, &id);
  spc_pixmap_cache_begin (cache, A);
  g_assert_cmpint (spc_pixmap_cache_find (cache, &contents[0], false, &id), ==,
                   SPC_PIXMAP_IS_THERE);
  for (uint32_t i = 1; i < 5; i++)
    g_assert_cmpint (
        spc_pixmap_cache_add (cache, &contents[i], 100, 1, false, false, &id),
        ==, i < 4 ? SPC_PIXMAP_ADDED : SPC_PIXMAP_PLAIN);
  /* and what was just added is not added twice */
  g_assert_cmpint (
      spc_pixmap_cache_add (cache, &contents[1], 100, 1, false, false, &id), ==,
      SPC_PIXMAP_PLAIN);
  g_assert_cmpuint (n_evicted (cache), ==, 0);
  spc_pixmap_cache_end (cache, 2);
  g_assert_cmpuint (spc_pixmap_cache_pixels (cache), ==, 400);
}

static void
lossless_replaces_lossy (void)
{
  g_autoptr (SpcPixmapCache) cache = spc_pixmap_cache_new (1000);
  SpcContentId content = content_of (1);
  uint32_t id, other;

  spc_pixmap_cache_begin (cache, A);
  g_assert_cmpint (
      spc_pixmap_cache_add (cache, &content, 10, 10, true, false, &id), ==,
      SPC_PIXMAP_ADDED);
  spc_pixmap_cache_end (cache, 5);
  spc_pixmap_cache_delivered (cache, A, 5);
  g_assert_true (spc_pixmap_cache_has (cache, B, &content, true));
  g_assert_false (spc_pixmap_cache_has (cache, B, &content, false));
  spc_pixmap_cache_begin (cache, B);
  g_assert_cmpint (spc_pixmap_cache_find (cache, &content, true, &other), ==,
                   SPC_PIXMAP_IS_THERE);
  spc_pixmap_cache_end (cache, 6);
  spc_pixmap_cache_begin (cache, B);
  g_assert_cmpint (spc_pixmap_cache_find (cache, &content, false, &other), ==,
                   SPC_PIXMAP_PLAIN);
  g_assert_cmpint (
      spc_pixmap_cache_add (cache, &content, 10, 10, false, false, &other), ==,
      SPC_PIXMAP_REPLACED);
  g_assert_cmpuint (other, ==, id);
  assert_waits (cache, 1, A, 5);
  spc_pixmap_cache_end (cache, 9);
  /* the lossless copy, too, has to get out first */
  g_assert_cmpint (draw (cache, A, 6, 1, 100, &other), ==, SPC_PIXMAP_PLAIN);
  spc_pixmap_cache_delivered (cache, B, 9);
  g_assert_cmpint (draw (cache, A, 7, 1, 100, &other), ==,
                   SPC_PIXMAP_IS_THERE_LOSSLESS);
  g_assert_cmpuint (spc_pixmap_cache_pixels (cache), ==, 100);
}

static SpcPixmapUse
pass (SpcPixmapCache *cache, uint64_t serial, uint32_t number, uint32_t pixels)
{
  SpcContentId content = content_of (number);
  SpcPixmapUse used;
  uint32_t id;

  spc_pixmap_cache_begin (cache, A);
  used = spc_pixmap_cache_find (cache, &content, false, &id);
  if (used == SPC_PIXMAP_PLAIN)
    used = spc_pixmap_cache_add (cache, &content, pixels, 1, false, true, &id);
  spc_pixmap_cache_end (cache, serial);
  return used;
}

/* 800 pixels: 100 for what passes by */
static void
what_passes_drives_out_only_its_like (void)
{
  g_autoptr (SpcPixmapCache) cache = spc_pixmap_cache_new (800);
  uint64_t serial = 0;
  uint32_t id;

  for (uint32_t i = 0; i < 14; i++)
    draw (cache, A, ++serial, i, 50, &id);
  g_assert_cmpint (pass (cache, ++serial, 99, 101), ==, SPC_PIXMAP_PLAIN);
  for (uint32_t i = 100; i < 130; i++)
    g_assert_cmpint (pass (cache, ++serial, i, 40), ==, SPC_PIXMAP_ADDED);
  g_assert_cmpuint (spc_pixmap_cache_pixels (cache), ==, 14 * 50 + 2 * 40);
  for (uint32_t i = 0; i < 14; i++)
    g_assert_cmpint (draw (cache, A, ++serial, i, 50, &id), ==,
                     SPC_PIXMAP_IS_THERE);
  /* the last ones are there; what comes back stays from then on */
  g_assert_cmpint (pass (cache, ++serial, 128, 40), ==, SPC_PIXMAP_IS_THERE);
  for (uint32_t i = 130; i < 160; i++)
    pass (cache, ++serial, i, 40);
  g_assert_cmpint (pass (cache, ++serial, 128, 40), ==, SPC_PIXMAP_IS_THERE);
  g_assert_cmpint (pass (cache, ++serial, 129, 40), ==, SPC_PIXMAP_ADDED);
  g_assert_cmpuint (spc_pixmap_cache_pixels (cache), <=, 800);
}

/* a message that uses all there is for it gets no more */
static void
what_passes_in_a_message_stays_for_it (void)
{
  g_autoptr (SpcPixmapCache) cache = spc_pixmap_cache_new (800);
  SpcContentId contents[3];
  uint32_t id;

  spc_pixmap_cache_begin (cache, A);
  for (uint32_t i = 0; i < 3; i++) {
    contents[i] = content_of (i);
    g_assert_cmpint (
        spc_pixmap_cache_add (cache, &contents[i], 50, 1, false, true, &id), ==,
        i < 2 ? SPC_PIXMAP_ADDED : SPC_PIXMAP_PLAIN);
  }
  g_assert_cmpint (spc_pixmap_cache_find (cache, &contents[0], false, &id), ==,
                   SPC_PIXMAP_IS_THERE);
  g_assert_cmpuint (n_evicted (cache), ==, 0);
  spc_pixmap_cache_end (cache, 1);
}

static void
number_of_images_is_bounded (void)
{
  g_autoptr (SpcPixmapCache) cache = spc_pixmap_cache_new (G_MAXINT64);
  uint32_t id;

  for (uint32_t i = 0; i < SPC_MAX_PIXMAPS; i++)
    draw (cache, A, i + 1, i, 1, &id);
  g_assert_cmpuint (n_evicted (cache), ==, 0);
  g_assert_cmpint (
      draw (cache, A, SPC_MAX_PIXMAPS + 1, SPC_MAX_PIXMAPS, 1, &id), ==,
      SPC_PIXMAP_ADDED);
  g_assert_cmpuint (n_evicted (cache), ==, 1);
  g_assert_cmpuint (spc_pixmap_cache_n_images (cache), ==, SPC_MAX_PIXMAPS);
}

static void
begins_anew_after_a_channel_went (void)
{
  g_autoptr (SpcPixmapCache) cache = spc_pixmap_cache_new (1000);
  SpcContentId content = content_of (1);
  uint32_t first, id;

  draw (cache, A, 31, 1, 100, &first);
  draw (cache, B, 41, 2, 100, &id);
  /* one that used nothing leaves nothing behind */
  spc_pixmap_cache_channel_gone (cache, C);
  g_assert_false (spc_pixmap_cache_must_clear (cache));
  spc_pixmap_cache_channel_gone (cache, A);
  g_assert_true (spc_pixmap_cache_must_clear (cache));
  g_assert_false (spc_pixmap_cache_has (cache, B, &content, true));
  g_assert_cmpuint (spc_pixmap_cache_n_images (cache), ==, 0);
  g_assert_cmpint (draw (cache, B, 42, 1, 100, &id), ==, SPC_PIXMAP_PLAIN);
  g_assert_cmpint (draw (cache, B, 43, 3, 100, &id), ==, SPC_PIXMAP_PLAIN);

  spc_pixmap_cache_begin (cache, C);
  spc_pixmap_cache_clear (cache);
  assert_waits (cache, 1, B, 41); /* A's messages will not come */
  spc_pixmap_cache_end (cache, 51);
  g_assert_false (spc_pixmap_cache_must_clear (cache));
  g_assert_cmpuint (spc_pixmap_cache_n_images (cache), ==, 0);
  g_assert_cmpuint (spc_pixmap_cache_pixels (cache), ==, 0);

  /* each other channel waits once for the clearing */
  g_assert_cmpint (draw (cache, B, 45, 1, 100, &id), ==, SPC_PIXMAP_ADDED);
  g_assert_cmpuint (id, >, first);
  assert_waits (cache, 1, C, 51);
  draw (cache, B, 46, 2, 100, &id);
  assert_waits (cache, 0, 0, 0);
  spc_pixmap_cache_delivered (cache, B, 46);
  draw (cache, C, 52, 1, 100, &id);
  assert_waits (cache, 0, 0, 0);
  draw (cache, A, 2, 1, 100, &id);
  assert_waits (cache, 1, C, 51);
}

/* beside a model: an array, the image used last at its end */

typedef struct {
  uint32_t number, id, pixels;
  bool is_lossy;
} ModelImage;

typedef struct {
  uint64_t capacity;
  GArray *images; /* ModelImage */
} Model;

static int
model_find (const Model *model, uint32_t number)
{
  for (guint i = 0; i < model->images->len; i++)
    if (g_array_index (model->images, ModelImage, i).number == number)
      return (int)i;
  return -1;
}

static uint64_t
model_pixels (const Model *model)
{
  uint64_t all = 0;

  for (guint i = 0; i < model->images->len; i++)
    all += g_array_index (model->images, ModelImage, i).pixels;
  return all;
}

/* one image a message; @evicted gets ids */
static SpcPixmapUse
model_draw (Model *model, ModelImage image, bool permits_loss, GArray *evicted)
{
  int at = model_find (model, image.number);

  if (at >= 0) {
    ModelImage known = g_array_index (model->images, ModelImage, at);
    bool hit = permits_loss || !known.is_lossy;

    if (!hit && image.is_lossy)
      return SPC_PIXMAP_PLAIN;
    known.is_lossy = known.is_lossy && hit;
    g_array_remove_index (model->images, (guint)at);
    g_array_append_val (model->images, known);
    return hit ? SPC_PIXMAP_IS_THERE : SPC_PIXMAP_REPLACED;
  }
  if (image.pixels > model->capacity / 2)
    return SPC_PIXMAP_PLAIN;
  while (model_pixels (model) + image.pixels > model->capacity) {
    g_array_append_val (evicted,
                        g_array_index (model->images, ModelImage, 0).id);
    g_array_remove_index (model->images, 0);
  }
  g_array_append_val (model->images, image);
  return SPC_PIXMAP_ADDED;
}

static void
compare_step (GRand *rand, SpcPixmapCache *cache, Model *model, uint64_t serial)
{
  g_autoptr (GArray) expected = g_array_new (FALSE, FALSE, sizeof (uint32_t));
  ModelImage image = {.number = (uint32_t)g_rand_int_range (rand, 0, 60)};
  bool permits_loss = g_rand_int_range (rand, 0, 2) == 0;
  SpcContentId content = content_of (image.number);
  SpcPixmapUse used, wanted;
  const uint32_t *evicted;
  guint n;

  image.pixels = 1 + image.number * 5;
  image.is_lossy = permits_loss && g_rand_int_range (rand, 0, 2) == 0;
  spc_pixmap_cache_begin (cache, A);
  used = spc_pixmap_cache_find (cache, &content, permits_loss, &image.id);
  if (used == SPC_PIXMAP_PLAIN)
    used = spc_pixmap_cache_add (cache, &content, image.pixels, 1,
                                 image.is_lossy, false, &image.id);
  wanted = model_draw (model, image, permits_loss, expected);
  g_assert_cmpint (used == SPC_PIXMAP_IS_THERE_LOSSLESS ? SPC_PIXMAP_IS_THERE
                                                        : used,
                   ==, wanted);
  if (wanted != SPC_PIXMAP_PLAIN)
    g_assert_cmpuint (
        image.id, ==,
        g_array_index (model->images, ModelImage, model->images->len - 1).id);
  evicted = spc_pixmap_cache_evicted (cache, &n);
  g_assert_cmpmem (evicted, n * 4, expected->data, expected->len * 4);
  g_assert_cmpuint (spc_pixmap_cache_waits (cache)->count, ==, 0);
  spc_pixmap_cache_end (cache, serial);
  g_assert_cmpuint (spc_pixmap_cache_pixels (cache), ==, model_pixels (model));
  g_assert_cmpuint (spc_pixmap_cache_n_images (cache), ==, model->images->len);
}

static void
as_the_model (void)
{
  for (guint32 seed = 0; seed < 8; seed++) {
    g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
    Model model = {.capacity = 600 + 300 * seed};
    g_autoptr (SpcPixmapCache) cache = spc_pixmap_cache_new (model.capacity);

    model.images = g_array_new (FALSE, FALSE, sizeof (ModelImage));
    for (uint64_t serial = 1; serial <= 3000; serial++)
      compare_step (rand, cache, &model, serial);
    g_array_unref (model.images);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pixmap-cache/the-second-is-a-hit", second_is_a_hit);
  g_test_add_func ("/pixmap-cache/others-name-it-once-it-is-out",
                   others_name_it_once_it_is_out);
  g_test_add_func ("/pixmap-cache/the-oldest-makes-room", oldest_makes_room);
  g_test_add_func ("/pixmap-cache/other-channels-are-waited-for",
                   other_channels_are_waited_for);
  g_test_add_func ("/pixmap-cache/too-large-is-sent-plain",
                   too_large_is_sent_plain);
  g_test_add_func ("/pixmap-cache/what-a-message-uses-stays", own_images_stay);
  g_test_add_func ("/pixmap-cache/lossless-replaces-lossy",
                   lossless_replaces_lossy);
  g_test_add_func ("/pixmap-cache/what-passes-drives-out-only-its-like",
                   what_passes_drives_out_only_its_like);
  g_test_add_func ("/pixmap-cache/what-passes-in-a-message-stays-for-it",
                   what_passes_in_a_message_stays_for_it);
  g_test_add_func ("/pixmap-cache/number-of-images-is-bounded",
                   number_of_images_is_bounded);
  g_test_add_func ("/pixmap-cache/begins-anew-after-a-channel-went",
                   begins_anew_after_a_channel_went);
  g_test_add_func ("/pixmap-cache/random-messages-as-the-model", as_the_model);
  return g_test_run ();
}
