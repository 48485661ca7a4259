/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "heads-viewer.h"

#include "server-core/wire/messages-common.h"

static void
message_free (gpointer data)
{
  WireMessage *message = data;

  g_bytes_unref (message->body);
  g_free (message);
}

static void
on_message (WireClient *client, uint16_t type, const uint8_t *body,
            uint32_t size, gpointer user_data)
{
  Head *head = user_data;
  WireMessage *message = g_new (WireMessage, 1);

  *message = (WireMessage){type, g_bytes_new (body, size)};
  g_queue_push_tail (&head->inbox, message);
}

/* waiting */

/* nothing is waited for any more of a channel that has ended */
static bool
is_over (const Head *head)
{
  return head->link == NULL || (head->link->closed && head->inbox.length == 0);
}

static bool
waits (const HeadsViewer *self, const WireMessage *message)
{
  SpcWaitForChannels list;

  if (message->type != SPICE_MSG_WAIT_FOR_CHANNELS &&
      message->type != SPICE_MSG_DISPLAY_INVAL_ALL_PIXMAPS)
    return false;
  wire_message_read (message, spc_wait_for_channels_fields, &list);
  for (guint i = 0; i < list.count; i++) {
    const Head *head = &self->heads[list.channels[i].channel_id];

    g_assert_cmpuint (list.channels[i].channel_type, ==, SPICE_CHANNEL_DISPLAY);
    g_assert_cmpuint (list.channels[i].channel_id, <, HEADS_MAX);
    if (head->done < list.channels[i].serial && !is_over (head))
      return true;
  }
  return false;
}

static void
count (Head *head, uint16_t type)
{
  head->n_waits += type == SPICE_MSG_WAIT_FOR_CHANNELS;
  head->n_drops += type == SPICE_MSG_DISPLAY_INVAL_LIST;
  head->n_clears += type == SPICE_MSG_DISPLAY_INVAL_ALL_PIXMAPS;
}

/* false: there is none, or it has to wait */
static bool
take_one (HeadsViewer *self, Head *head)
{
  WireMessage *message = g_queue_peek_head (&head->inbox);
  const uint8_t *body;
  gsize size;

  if (message == NULL || waits (self, message))
    return false;
  body = g_bytes_get_data (message->body, &size);
  if (wire_canvas_misses (head->canvas, message->type, body, (uint32_t)size))
    return false;
  wire_canvas_message (head->canvas, message->type, body, (uint32_t)size);
  count (head, message->type);
  head->done++;
  message_free (g_queue_pop_head (&head->inbox));
  return true;
}

void
heads_viewer_take_some (HeadsViewer *self, guint n)
{
  while (n-- > 0)
    take_one (self,
              &self->heads[g_test_rand_int_range (0, self->setup.n_heads)]);
}

static guint
n_left (const HeadsViewer *self)
{
  guint n = 0;

  for (guint i = 0; i < HEADS_MAX; i++)
    n += self->heads[i].inbox.length;
  return n;
}

/* what was built may be in no inbox yet */
static bool
no_line_stalls (const HeadsViewer *self)
{
  for (guint i = 0; i < HEADS_MAX; i++)
    if (self->heads[i].link != NULL && self->heads[i].link->stopped)
      return false;
  return true;
}

void
heads_viewer_drain (HeadsViewer *self)
{
  session_settle (self->session);
  while (n_left (self) > 0) {
    bool moved = false;

    for (guint i = 0; i < HEADS_MAX; i++)
      while (take_one (self, &self->heads[i]))
        moved = true;
    g_assert_true (moved);
    session_settle (self->session);
  }
  if (no_line_stalls (self))
    wire_pixmaps_assert_fits (self->pixmaps);
}

/* life */

static void
say_init (const HeadsViewer *self, WireClient *link, uint8_t id)
{
  const HeadsSetup *setup = &self->setup;
  SpcDisplayInit init = {
      .pixmap_cache_id = setup->own_caches ? 1 + id : 1,
      .pixmap_cache_size = setup->cache_pixels,
      .glz_dictionary_id = 1,
      .glz_dictionary_window = setup->is_web ? 0 : WIRE_CANVAS_GLZ_WINDOW,
  };

  if (id > 0 && setup->more_pixels != 0)
    init.pixmap_cache_size = setup->more_pixels;
  wire_client_send_fields (link, SPICE_MSGC_DISPLAY_INIT,
                           spc_display_init_fields, &init);
}

static bool
shares (const HeadsViewer *self)
{
  return !self->setup.own_caches && !self->setup.is_web;
}

void
heads_viewer_open (HeadsViewer *self, uint8_t id)
{
  Head *head = &self->heads[id];
  WireClientSetup setup = {.channel_type = SPICE_CHANNEL_DISPLAY,
                           .channel_id = id,
                           .connection_id = session_id_of (self->main)};

  g_assert_null (head->link);
  if (self->setup.is_native)
    spc_caps_set (&setup.channel_caps, SPICE_DISPLAY_CAP_COMPOSITE);
  *head = (Head){.canvas = wire_canvas_new ()};
  head->pixmaps = shares (self) ? self->pixmaps
                                : wire_pixmaps_new (self->setup.cache_pixels);
  wire_canvas_share (head->canvas, head->pixmaps);
  head->link =
      session_link_over (self->session, &setup,
                         self->setup.line_bytes != 0 ? self->setup.line_bytes
                                                     : SESSION_LINE_BYTES);
  g_assert_cmpint (head->link->link_code, ==, SPICE_LINK_ERR_OK);
  head->link->func = on_message;
  head->link->user_data = head;
  /* what came with the link's end */
  for (guint i = 0; i < head->link->messages->len; i++) {
    const WireMessage *early = g_ptr_array_index (head->link->messages, i);
    gsize size;
    const uint8_t *body = g_bytes_get_data (early->body, &size);

    on_message (head->link, early->type, body, (uint32_t)size, head);
  }
  say_init (self, head->link, id);
}

void
heads_viewer_close (HeadsViewer *self, uint8_t id)
{
  Head *head = &self->heads[id];

  if (head->link == NULL)
    return;
  g_queue_clear_full (&head->inbox, message_free);
  g_clear_pointer (&head->link, wire_client_free);
  g_clear_pointer (&head->canvas, wire_canvas_free);
  if (head->pixmaps != self->pixmaps)
    wire_pixmaps_free (head->pixmaps);
  head->pixmaps = NULL;
}

HeadsViewer *
heads_viewer_new (Session *session, const HeadsSetup *setup)
{
  HeadsViewer *self = g_new0 (HeadsViewer, 1);

  g_assert_cmpuint (setup->n_heads, <=, HEADS_MAX);
  self->setup = *setup;
  if (setup->cache_pixels == 0)
    self->setup.cache_pixels = WIRE_PIXMAPS_USUAL;
  self->session = session;
  self->main = session_join (session);
  self->pixmaps = wire_pixmaps_new (self->setup.cache_pixels);
  wire_pixmaps_share (self->pixmaps);
  for (uint8_t id = 0; id < setup->n_heads; id++)
    heads_viewer_open (self, id);
  return self;
}

void
heads_viewer_free (HeadsViewer *self)
{
  if (self == NULL)
    return;
  for (uint8_t id = 0; id < HEADS_MAX; id++)
    heads_viewer_close (self, id);
  wire_client_free (self->main);
  wire_pixmaps_free (self->pixmaps);
  g_free (self);
}

guint
heads_viewer_n_images (const HeadsViewer *self, uint8_t id, uint8_t image_type)
{
  return wire_canvas_n_images (self->heads[id].canvas, image_type);
}
