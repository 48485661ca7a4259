/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gst/spicesrc/gstspicexresize.h"

#include <gio/gio.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <xcb/randr.h>
#include <xcb/xcb.h>

/* of RandR: GetScreenResourcesCurrent */
#define RANDR_MAJOR 1
#define RANDR_MINOR 3
/* a desktop of less is of no use */
#define MIN_WIDTH 320
#define MIN_HEIGHT 200
#define WIDTH_STEP 4
/* of modes made here */
#define MODE_PREFIX "spice-"
/* a mode has a pixel clock; what it is does not matter without a tube */
#define MODE_HERTZ 60
/* a screen has a size in millimetres: pixels of 96 to the inch */
#define MILLIMETRES(pixels) ((uint32_t)((pixels)*254 / 960))

struct _GstSpiceXResize {
  /* set at construction */
  char *display; /* or NULL */
  GstSpiceXResizeFunc func;
  gpointer user_data;
  /* under the lock */
  GMutex lock;
  GCond changed;
  GThread *thread;     /* NULL: not begun yet */
  guint width, height; /* wished for; 0: nothing waits */
  bool is_ending;
  xcb_connection_t *xcb; /* its thread makes and frees it; NULL: none */
};

/* one wish on its way */
typedef struct {
  xcb_connection_t *xcb;
  xcb_window_t root;
  xcb_randr_get_screen_resources_current_reply_t *resources;
  xcb_randr_output_t output;
  xcb_randr_crtc_t crtc;
  xcb_randr_get_crtc_info_reply_t *crtc_info;
  uint16_t width, height;
} Job;

static bool
fail (GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", what);
  return false;
}

/* frees @refused; true: there was nothing to refuse */
static bool
check (xcb_generic_error_t *refused, GError **error, const char *what)
{
  if (refused == NULL)
    return true;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s (X error %d)", what,
               refused->error_code);
  free (refused);
  return false;
}

/* looking */

static bool
has_randr (xcb_connection_t *xcb)
{
  const xcb_query_extension_reply_t *extension =
      xcb_get_extension_data (xcb, &xcb_randr_id);
  xcb_randr_query_version_reply_t *reply;
  bool is_new_enough;

  if (extension == NULL || !extension->present)
    return false;
  reply = xcb_randr_query_version_reply (
      xcb, xcb_randr_query_version (xcb, RANDR_MAJOR, RANDR_MINOR), NULL);
  is_new_enough = reply != NULL && (reply->major_version > RANDR_MAJOR ||
                                    reply->minor_version >= RANDR_MINOR);
  free (reply);
  return is_new_enough;
}

/* the crtc of an output that shows something, or 0 */
static xcb_randr_crtc_t
crtc_of (Job *job, xcb_randr_output_t output)
{
  xcb_randr_get_output_info_reply_t *info = xcb_randr_get_output_info_reply (
      job->xcb,
      xcb_randr_get_output_info (job->xcb, output,
                                 job->resources->config_timestamp),
      NULL);
  xcb_randr_crtc_t crtc = 0;

  if (info != NULL && info->connection == XCB_RANDR_CONNECTION_CONNECTED)
    crtc = info->crtc;
  free (info);
  return crtc;
}

static bool
find_output (Job *job)
{
  const xcb_randr_output_t *outputs =
      xcb_randr_get_screen_resources_current_outputs (job->resources);
  int n =
      xcb_randr_get_screen_resources_current_outputs_length (job->resources);

  for (int i = 0; i < n && job->crtc == 0; i++) {
    job->output = outputs[i];
    job->crtc = crtc_of (job, outputs[i]);
  }
  if (job->crtc != 0)
    job->crtc_info = xcb_randr_get_crtc_info_reply (
        job->xcb,
        xcb_randr_get_crtc_info (job->xcb, job->crtc,
                                 job->resources->config_timestamp),
        NULL);
  return job->crtc_info != NULL;
}

static void
clamp_size (Job *job)
{
  xcb_randr_get_screen_size_range_reply_t *range =
      xcb_randr_get_screen_size_range_reply (
          job->xcb, xcb_randr_get_screen_size_range (job->xcb, job->root),
          NULL);

  if (range != NULL) {
    job->width =
        CLAMP (job->width, MIN (MIN_WIDTH, range->max_width), range->max_width);
    job->height = CLAMP (job->height, MIN (MIN_HEIGHT, range->max_height),
                         range->max_height);
  }
  job->width = (uint16_t)(job->width / WIDTH_STEP * WIDTH_STEP);
  free (range);
}

static bool
look (Job *job, GError **error)
{
  if (!has_randr (job->xcb))
    return fail (error, "the X display has no RandR 1.3");
  clamp_size (job);
  job->resources = xcb_randr_get_screen_resources_current_reply (
      job->xcb, xcb_randr_get_screen_resources_current (job->xcb, job->root),
      NULL);
  if (job->resources == NULL)
    return fail (error, "the X display does not tell its outputs");
  return find_output (job) ||
         fail (error, "the X display has no output that shows something");
}

/* modes */

static bool
is_ours (const xcb_randr_mode_info_t *mode, const char *name)
{
  gsize length = strlen (MODE_PREFIX);

  return mode->name_len >= length && strncmp (name, MODE_PREFIX, length) == 0;
}

/* calls @func for each mode and its name until it returns true */
static const xcb_randr_mode_info_t *
find_mode (Job *job, bool (*func) (Job *job, const xcb_randr_mode_info_t *mode,
                                   const char *name))
{
  xcb_randr_mode_info_iterator_t modes =
      xcb_randr_get_screen_resources_current_modes_iterator (job->resources);
  const char *name =
      (const char *)xcb_randr_get_screen_resources_current_names (
          job->resources);

  for (; modes.rem > 0; xcb_randr_mode_info_next (&modes)) {
    if (func (job, modes.data, name))
      return modes.data;
    name += modes.data->name_len;
  }
  return NULL;
}

static bool
has_size (Job *job, const xcb_randr_mode_info_t *mode, const char *name)
{
  return mode->width == job->width && mode->height == job->height;
}

/* those of others are refused, which does not matter */
static bool
remove_other (Job *job, const xcb_randr_mode_info_t *mode, const char *name)
{
  if (!is_ours (mode, name) || has_size (job, mode, name))
    return false;
  xcb_discard_reply (job->xcb, xcb_randr_delete_output_mode_checked (
                                   job->xcb, job->output, mode->id)
                                   .sequence);
  xcb_discard_reply (
      job->xcb, xcb_randr_destroy_mode_checked (job->xcb, mode->id).sequence);
  return false;
}

/* 0 with @error: the display refuses */
static xcb_randr_mode_t
create_mode (Job *job, GError **error)
{
  g_autofree char *name =
      g_strdup_printf (MODE_PREFIX "%ux%u", job->width, job->height);
  xcb_randr_mode_info_t info = {
      .width = job->width,
      .height = job->height,
      .hsync_start = (uint16_t)(job->width + 1),
      .hsync_end = (uint16_t)(job->width + 2),
      .htotal = (uint16_t)(job->width + 3),
      .vsync_start = (uint16_t)(job->height + 1),
      .vsync_end = (uint16_t)(job->height + 2),
      .vtotal = (uint16_t)(job->height + 3),
      .name_len = (uint16_t)strlen (name),
  };
  xcb_generic_error_t *refused = NULL;
  xcb_randr_create_mode_reply_t *reply;
  xcb_randr_mode_t mode = 0;

  info.dot_clock = (uint32_t)info.htotal * info.vtotal * MODE_HERTZ;
  reply = xcb_randr_create_mode_reply (
      job->xcb,
      xcb_randr_create_mode (job->xcb, job->root, info, info.name_len, name),
      &refused);
  if (reply != NULL)
    mode = reply->mode;
  free (reply);
  if (!check (refused, error, "the X display makes no mode of this size"))
    return 0;
  return mode;
}

/* the display's own, or one made for it */
static xcb_randr_mode_t
get_mode (Job *job, GError **error)
{
  const xcb_randr_mode_info_t *known = find_mode (job, has_size);
  xcb_randr_mode_t mode = known ? known->id : create_mode (job, error);

  if (mode == 0)
    return 0;
  /* refused if it has it already */
  xcb_discard_reply (
      job->xcb,
      xcb_randr_add_output_mode_checked (job->xcb, job->output, mode).sequence);
  return mode;
}

/* changing */

static bool
show_mode (Job *job, xcb_randr_mode_t mode, GError **error)
{
  xcb_generic_error_t *refused = NULL;
  xcb_randr_set_crtc_config_reply_t *reply = xcb_randr_set_crtc_config_reply (
      job->xcb,
      xcb_randr_set_crtc_config (job->xcb, job->crtc, XCB_CURRENT_TIME,
                                 job->resources->config_timestamp, 0, 0, mode,
                                 XCB_RANDR_ROTATION_ROTATE_0, mode ? 1 : 0,
                                 &job->output),
      &refused);
  bool is_done = reply != NULL && reply->status == XCB_RANDR_SET_CONFIG_SUCCESS;

  free (reply);
  return check (refused, error, "the X display refuses the mode") &&
         (is_done || fail (error, "the X display does not take the mode"));
}

/* Nothing may be shown that reaches out of the screen: an output that does is
 * switched off while the screen shrinks. */
static bool
change_size (Job *job, xcb_randr_mode_t mode, GError **error)
{
  bool shrinks = job->crtc_info->width > job->width ||
                 job->crtc_info->height > job->height;

  if (shrinks && !show_mode (job, XCB_NONE, error))
    return false;
  return check (xcb_request_check (job->xcb,
                                   xcb_randr_set_screen_size_checked (
                                       job->xcb, job->root, job->width,
                                       job->height, MILLIMETRES (job->width),
                                       MILLIMETRES (job->height))),
                error, "the X display refuses the size") &&
         show_mode (job, mode, error);
}

static bool
resize (Job *job, GError **error)
{
  xcb_randr_mode_t mode;
  bool is_done;

  if (!look (job, error))
    return false;
  if (job->crtc_info->width == job->width &&
      job->crtc_info->height == job->height)
    return true;
  mode = get_mode (job, error);
  if (mode == 0)
    return false;
  /* nobody sees what is between */
  xcb_grab_server (job->xcb);
  is_done = change_size (job, mode, error);
  /* better the old size than nothing */
  if (!is_done)
    show_mode (job, job->crtc_info->mode, NULL);
  xcb_ungrab_server (job->xcb);
  find_mode (job, remove_other);
  /* all of it, before the connection ends */
  free (xcb_get_input_focus_reply (job->xcb, xcb_get_input_focus (job->xcb),
                                   NULL));
  return is_done;
}

/* its thread */

/* false: the end has come */
static bool
connect_display (GstSpiceXResize *self, int *screen)
{
  xcb_connection_t *xcb = xcb_connect (self->display, screen);
  bool is_ending;

  g_mutex_lock (&self->lock);
  self->xcb = xcb;
  is_ending = self->is_ending;
  g_mutex_unlock (&self->lock);
  return !is_ending;
}

static void
disconnect_display (GstSpiceXResize *self)
{
  xcb_connection_t *xcb;

  g_mutex_lock (&self->lock);
  xcb = g_steal_pointer (&self->xcb);
  g_mutex_unlock (&self->lock);
  xcb_disconnect (xcb);
}

static bool
fulfil (GstSpiceXResize *self, Job *job, GError **error)
{
  xcb_screen_iterator_t screens;
  int screen = 0;
  bool is_done = true;

  if (connect_display (self, &screen)) {
    job->xcb = self->xcb;
    if (xcb_connection_has_error (job->xcb))
      is_done = fail (error, "the X display cannot be opened");
    else {
      screens = xcb_setup_roots_iterator (xcb_get_setup (job->xcb));
      while (screen-- > 0 && screens.rem > 1)
        xcb_screen_next (&screens);
      job->root = screens.data->root;
      is_done = resize (job, error);
    }
  }
  disconnect_display (self);
  free (job->resources);
  free (job->crtc_info);
  return is_done;
}

/* libxcb writes to displays that have gone */
static void
keep_pipe_signal_out (void)
{
  sigset_t pipe;

  sigemptyset (&pipe);
  sigaddset (&pipe, SIGPIPE);
  pthread_sigmask (SIG_BLOCK, &pipe, NULL);
}

static gpointer
run (gpointer data)
{
  GstSpiceXResize *self = data;

  keep_pipe_signal_out ();
  g_mutex_lock (&self->lock);
  while (!self->is_ending) {
    Job job = {.width = (uint16_t)MIN (self->width, G_MAXINT16),
               .height = (uint16_t)MIN (self->height, G_MAXINT16)};
    g_autoptr (GError) error = NULL;
    bool is_ending;

    if (self->width == 0) {
      g_cond_wait (&self->changed, &self->lock);
      continue;
    }
    self->width = self->height = 0;
    g_mutex_unlock (&self->lock);
    fulfil (self, &job, &error);
    g_mutex_lock (&self->lock);
    is_ending = self->is_ending;
    g_mutex_unlock (&self->lock);
    if (!is_ending)
      self->func (job.width, job.height, error, self->user_data);
    g_mutex_lock (&self->lock);
  }
  g_mutex_unlock (&self->lock);
  return NULL;
}

/* life */

GstSpiceXResize *
gst_spice_x_resize_new (const char *display, GstSpiceXResizeFunc func,
                        gpointer user_data)
{
  GstSpiceXResize *self = g_new0 (GstSpiceXResize, 1);

  self->display = g_strdup (display);
  self->func = func;
  self->user_data = user_data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  return self;
}

void
gst_spice_x_resize_free (GstSpiceXResize *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->is_ending = true;
  /* whatever the thread waits for ends */
  if (self->xcb != NULL && !xcb_connection_has_error (self->xcb))
    shutdown (xcb_get_file_descriptor (self->xcb), SHUT_RDWR);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
  if (self->thread != NULL)
    g_thread_join (self->thread);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->lock);
  g_free (self->display);
  g_free (self);
}

void
gst_spice_x_resize_set (GstSpiceXResize *self, guint width, guint height)
{
  if (width == 0 || height == 0)
    return;
  g_mutex_lock (&self->lock);
  self->width = width;
  self->height = height;
  if (self->thread == NULL)
    self->thread = g_thread_new ("spice-xresize", run, self);
  g_cond_signal (&self->changed);
  g_mutex_unlock (&self->lock);
}
