/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* heads that a producer of frames places */
#include "display-private.h"

typedef struct {
  SpcDisplay *display;
  GArray *heads;
} HeadsPost;

static void
heads_post_free (gpointer data)
{
  HeadsPost *post = data;

  g_array_unref (post->heads);
  g_object_unref (post->display);
  g_free (post);
}

static void
take_heads (gpointer user_data)
{
  HeadsPost *post = user_data;

  spc_display_use_heads (post->display,
                         (const QxlHead *)(gpointer)post->heads->data,
                         post->heads->len, post->heads->len);
}

void
spc_display_post_heads (SpcDisplay *self, const QxlRect *heads, guint n_heads)
{
  HeadsPost *post = g_new (HeadsPost, 1);

  post->display = g_object_ref (self);
  post->heads = g_array_new (FALSE, FALSE, sizeof (QxlHead));
  for (guint i = 0; i < MIN (n_heads, SPC_MAX_DISPLAYS); i++) {
    const QxlHead head = {
        .id = i, .surface_id = QXL_PRIMARY_SURFACE, .area = heads[i]};
    g_array_append_val (post->heads, head);
  }
  spc_loop_post (spc_channel_loop (SPC_CHANNEL (self)), take_heads, post,
                 heads_post_free);
}
