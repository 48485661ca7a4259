/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inputs.h"

#include "scancodes.h"
#include "server-core/channel/blob.h"
#include "server-core/wire/messages-small.h"

#define SCANCODE_CAPS_LOCK 0x3a
#define SCANCODE_NUM_LOCK 0x45
#define SCANCODE_SCROLL_LOCK 0x46
#define SCANCODE_HANJA 0x71
#define SCANCODE_HANGUL 0x72
#define N_SCANCODES 0x246
#define ALL_LOCKS (SPC_LOCK_SCROLL | SPC_LOCK_NUM | SPC_LOCK_CAPS)

/* What followed lock keys is told to viewers after this: a keyboard with LEDs
 * of its own has reported them by then. */
#define LOCK_REPORT_DELAY_MS 500
/* a viewer's answer to our KEY_MODIFIERS comes within this */
#define LOCK_ANSWER_US (1 * G_USEC_PER_SEC)

/* wire buttons (spec: pointer) */
#define WIRE_WHEEL_UP 4
#define WIRE_WHEEL_DOWN 5
#define WIRE_SIDE 6
#define FIRST_SIDE_BUTTON 8 /* ours */
#define MAX_BUTTON 16       /* the last one with a bit in the mask */

/* a mouse cannot move farther in one message */
#define MAX_MOTION 0xffff

typedef struct {
  uint8_t lock;
  uint16_t scancode;
} LockKey;

/* in the order in which differing locks are corrected */
static const LockKey lock_keys[] = {
    {SPC_LOCK_SCROLL, SCANCODE_SCROLL_LOCK},
    {SPC_LOCK_NUM, SCANCODE_NUM_LOCK},
    {SPC_LOCK_CAPS, SCANCODE_CAPS_LOCK},
};

#define TYPE_INPUTS_CONNECTION (inputs_connection_get_type ())
G_DECLARE_FINAL_TYPE (InputsConnection, inputs_connection, INPUTS, CONNECTION,
                      SpcConnection)

struct _InputsConnection {
  SpcConnection parent;
  SpcScancodeParser parser;
  uint8_t pressed[(N_SCANCODES + 7) / 8]; /* one bit a scancode */
  uint16_t buttons;                       /* bit (button - 1) */
  guint n_motions;                        /* not yet acknowledged */
  uint8_t reported_locks;
  int64_t locks_told_us; /* when it was last sent KEY_MODIFIERS, 0: never */
};

G_DEFINE_FINAL_TYPE (InputsConnection, inputs_connection, SPC_TYPE_CONNECTION)

struct _SpcInputs {
  SpcChannel parent;
  uint8_t locks; /* what is believed to be on */
  uint8_t held;  /* lock keys that are down */
  SpcTimer *lock_report;
};

G_DEFINE_FINAL_TYPE (SpcInputs, spc_inputs, SPC_TYPE_CHANNEL)

static SpcInputs *
inputs_of (InputsConnection *self)
{
  return SPC_INPUTS (spc_connection_channel (SPC_CONNECTION (self)));
}

static bool
is_in_control (InputsConnection *self)
{
  SpcClient *client = spc_connection_client (SPC_CONNECTION (self));

  return client && spc_client_is_in_control (client);
}

static void
emit (InputsConnection *self, SpcInputEvent event)
{
  SpcChannel *channel = spc_connection_channel (SPC_CONNECTION (self));
  SpcClient *client = spc_connection_client (SPC_CONNECTION (self));
  SpcServer *server = channel ? spc_channel_server (channel) : NULL;

  if (!server || !client)
    return;
  event.client_id = client->id;
  event.time_us = g_get_monotonic_time ();
  event.buttons = self->buttons;
  spc_server_input (server, client, &event);
}

/* locks */

static void
tell_locks (SpcConnection *connection, gpointer user_data)
{
  SpcInputs *inputs = user_data;
  SpcKeyLocks message = {.locks = inputs->locks};

  INPUTS_CONNECTION (connection)->locks_told_us = g_get_monotonic_time ();
  spc_connection_send (connection, SPICE_MSG_INPUTS_KEY_MODIFIERS,
                       spc_key_locks_fields, &message);
  spc_connection_pump (connection);
}

static void
on_lock_report (gpointer user_data)
{
  spc_channel_foreach (SPC_CHANNEL (user_data), tell_locks, user_data);
}

static void
follow_lock_key (SpcInputs *inputs, uint16_t scancode, bool pressed)
{
  for (gsize i = 0; i < G_N_ELEMENTS (lock_keys); i++) {
    uint8_t lock = lock_keys[i].lock;

    if (lock_keys[i].scancode != scancode)
      continue;
    if (!pressed) {
      inputs->held &= ~lock;
      return;
    }
    if (inputs->held & lock)
      return;
    inputs->held |= lock;
    inputs->locks ^= lock;
    spc_timer_arm (inputs->lock_report, LOCK_REPORT_DELAY_MS);
  }
}

static void
emit_key (InputsConnection *self, uint16_t scancode, bool pressed)
{
  emit (self, (SpcInputEvent){.kind = SPC_INPUT_KEY,
                              .scancode = scancode,
                              .pressed = pressed});
}

static void
press_lock_key (InputsConnection *self, SpcInputs *inputs, const LockKey *key)
{
  emit_key (self, key->scancode, true);
  emit_key (self, key->scancode, false);
  inputs->locks ^= key->lock;
}

/* Two viewers whose locks differ would press lock keys against each other for
 * ever, each in answer to what the other's wish made us tell it. So a viewer
 * that merely repeats itself in answer to us is not obeyed. */
static bool
is_mere_answer (InputsConnection *self, uint8_t locks)
{
  GPtrArray *all = spc_channel_connections (SPC_CHANNEL (inputs_of (self)));
  int64_t told_us = self->locks_told_us;

  return all->len > 1 && locks == self->reported_locks && told_us != 0 &&
         g_get_monotonic_time () - told_us < LOCK_ANSWER_US;
}

static bool
on_key_modifiers (SpcConnection *connection, const void *message,
                  GError **error)
{
  InputsConnection *self = INPUTS_CONNECTION (connection);
  SpcInputs *inputs = inputs_of (self);
  uint8_t locks = ((const SpcKeyLocks *)message)->locks & ALL_LOCKS;
  bool mere_answer = is_mere_answer (self, locks);
  uint8_t differing = (locks ^ inputs->locks) & ~inputs->held;

  self->reported_locks = locks;
  emit (self, (SpcInputEvent){.kind = SPC_INPUT_LOCKS, .locks = locks});
  if (mere_answer || differing == 0 || !is_in_control (self))
    return true;
  for (gsize i = 0; i < G_N_ELEMENTS (lock_keys); i++)
    if (differing & lock_keys[i].lock)
      press_lock_key (self, inputs, &lock_keys[i]);
  spc_timer_arm (inputs->lock_report, LOCK_REPORT_DELAY_MS);
  return true;
}

/* keys */

static bool
is_pressed (InputsConnection *self, uint16_t scancode)
{
  return self->pressed[scancode / 8] & 1u << scancode % 8;
}

static void
mark_pressed (InputsConnection *self, uint16_t scancode, bool pressed)
{
  uint8_t bit = (uint8_t)(1u << scancode % 8);

  if (pressed)
    self->pressed[scancode / 8] |= bit;
  else
    self->pressed[scancode / 8] &= ~bit;
}

static void
push_key (InputsConnection *self, uint16_t scancode, bool pressed)
{
  if (is_in_control (self)) {
    mark_pressed (self, scancode, pressed);
    follow_lock_key (inputs_of (self), scancode, pressed);
  }
  emit_key (self, scancode, pressed);
}

static void
push_byte (InputsConnection *self, uint8_t byte)
{
  uint16_t scancode;
  bool pressed;

  if (!spc_scancode_parser_push (&self->parser, byte, &scancode, &pressed))
    return;
  /* Korean keyboards send these two only once, with the release bit set */
  if ((scancode == SCANCODE_HANGUL || scancode == SCANCODE_HANJA) && !pressed &&
      !is_pressed (self, scancode))
    push_key (self, scancode, true);
  push_key (self, scancode, pressed);
}

static bool
on_key (SpcConnection *connection, const void *message, GError **error)
{
  const SpcKeyCode *key = message;

  for (uint32_t code = key->code; (code & 0xff) != 0; code >>= 8)
    push_byte (INPUTS_CONNECTION (connection), code & 0xff);
  return true;
}

static bool
on_key_scancode (SpcConnection *connection, const void *message, GError **error)
{
  const QxlTail *bytes = message;

  for (uint32_t i = 0; i < bytes->size; i++)
    push_byte (INPUTS_CONNECTION (connection), bytes->data[i]);
  return true;
}

/* pointer */

static bool
is_client_mouse (SpcConnection *connection)
{
  SpcServer *server = spc_channel_server (spc_connection_channel (connection));

  return server && spc_server_is_client_mouse (server);
}

static void
acknowledge_motion (InputsConnection *self)
{
  if (++self->n_motions < SPC_MOTION_ACK_BUNCH)
    return;
  self->n_motions = 0;
  spc_connection_send (SPC_CONNECTION (self), SPICE_MSG_INPUTS_MOUSE_MOTION_ACK,
                       NULL, NULL);
}

static bool
on_mouse_motion (SpcConnection *connection, const void *message, GError **error)
{
  const SpcMouseMotion *motion = message;

  acknowledge_motion (INPUTS_CONNECTION (connection));
  if (is_client_mouse (connection))
    return true;
  emit (INPUTS_CONNECTION (connection),
        (SpcInputEvent){.kind = SPC_INPUT_POINTER_MOTION,
                        .dx = CLAMP (motion->dx, -MAX_MOTION, MAX_MOTION),
                        .dy = CLAMP (motion->dy, -MAX_MOTION, MAX_MOTION)});
  return true;
}

/* what does not fit was negative: left of or above the display */
static int32_t
to_coordinate (uint32_t wire)
{
  return wire > G_MAXINT32 ? 0 : (int32_t)wire;
}

static bool
on_mouse_position (SpcConnection *connection, const void *message,
                   GError **error)
{
  const SpcMousePosition *position = message;

  acknowledge_motion (INPUTS_CONNECTION (connection));
  if (!is_client_mouse (connection))
    return true;
  emit (INPUTS_CONNECTION (connection),
        (SpcInputEvent){.kind = SPC_INPUT_POINTER_MOVE,
                        .display_id = position->display_id,
                        .x = to_coordinate (position->x),
                        .y = to_coordinate (position->y)});
  return true;
}

/* 0: not a button, or one too many */
static uint8_t
to_button (uint8_t wire)
{
  unsigned button = wire;

  if (wire == WIRE_WHEEL_UP || wire == WIRE_WHEEL_DOWN)
    return 0;
  if (wire >= WIRE_SIDE)
    button = wire - WIRE_SIDE + FIRST_SIDE_BUTTON;
  return button <= MAX_BUTTON ? (uint8_t)button : 0;
}

static void
push_button (InputsConnection *self, uint8_t button, bool pressed)
{
  uint16_t bit = (uint16_t)(1u << (button - 1));

  if (!pressed)
    self->buttons &= ~bit;
  else if (is_in_control (self))
    self->buttons |= bit;
  emit (self, (SpcInputEvent){.kind = SPC_INPUT_BUTTON,
                              .button = button,
                              .pressed = pressed});
}

static bool
on_mouse_press (SpcConnection *connection, const void *message, GError **error)
{
  InputsConnection *self = INPUTS_CONNECTION (connection);
  uint8_t wire = ((const SpcMouseButton *)message)->button;

  if (wire == WIRE_WHEEL_UP || wire == WIRE_WHEEL_DOWN)
    emit (self, (SpcInputEvent){.kind = SPC_INPUT_SCROLL,
                                .dy = wire == WIRE_WHEEL_UP ? -1 : 1});
  if (to_button (wire) != 0)
    push_button (self, to_button (wire), true);
  return true;
}

static bool
on_mouse_release (SpcConnection *connection, const void *message,
                  GError **error)
{
  uint8_t button = to_button (((const SpcMouseButton *)message)->button);

  if (button != 0)
    push_button (INPUTS_CONNECTION (connection), button, false);
  return true;
}

/* leaving */

static bool
others_hold_key (InputsConnection *self, uint16_t scancode)
{
  GPtrArray *all = spc_channel_connections (SPC_CHANNEL (inputs_of (self)));

  for (guint i = 0; i < all->len; i++) {
    InputsConnection *other = g_ptr_array_index (all, i);

    if (other != self && is_pressed (other, scancode))
      return true;
  }
  return false;
}

static bool
others_hold_button (InputsConnection *self, uint16_t bit)
{
  GPtrArray *all = spc_channel_connections (SPC_CHANNEL (inputs_of (self)));

  for (guint i = 0; i < all->len; i++) {
    InputsConnection *other = g_ptr_array_index (all, i);

    if (other != self && (other->buttons & bit))
      return true;
  }
  return false;
}

static void
release_all (InputsConnection *self)
{
  for (uint16_t code = 1; code < N_SCANCODES; code++) {
    if (!is_pressed (self, code))
      continue;
    mark_pressed (self, code, false);
    if (others_hold_key (self, code))
      continue;
    follow_lock_key (inputs_of (self), code, false);
    emit_key (self, code, false);
  }
  for (uint8_t button = 1; button <= MAX_BUTTON; button++) {
    uint16_t bit = (uint16_t)(1u << (button - 1));

    if (!(self->buttons & bit))
      continue;
    if (others_hold_button (self, bit))
      self->buttons &= ~bit;
    else
      push_button (self, button, false);
  }
}

/* connection */

/* clang-format off */
static const SpcMessageHandler handlers[] = {
  { SPICE_MSGC_INPUTS_KEY_DOWN, 4, 4, spc_key_code_fields,
    sizeof (SpcKeyCode), on_key },
  { SPICE_MSGC_INPUTS_KEY_UP, 4, 4, spc_key_code_fields,
    sizeof (SpcKeyCode), on_key },
  { SPICE_MSGC_INPUTS_KEY_MODIFIERS, 2, 2, spc_key_locks_fields,
    sizeof (SpcKeyLocks), on_key_modifiers },
  { SPICE_MSGC_INPUTS_KEY_SCANCODE, 0, SPC_MAX_SCANCODES, NULL,
    0, on_key_scancode },
  /* html5 appends a display id */
  { SPICE_MSGC_INPUTS_MOUSE_MOTION, 10, 11, spc_mouse_motion_fields,
    sizeof (SpcMouseMotion), on_mouse_motion },
  { SPICE_MSGC_INPUTS_MOUSE_POSITION, 11, 11, spc_mouse_position_fields,
    sizeof (SpcMousePosition), on_mouse_position },
  { SPICE_MSGC_INPUTS_MOUSE_PRESS, 3, 3, spc_mouse_button_fields,
    sizeof (SpcMouseButton), on_mouse_press },
  { SPICE_MSGC_INPUTS_MOUSE_RELEASE, 3, 3, spc_mouse_button_fields,
    sizeof (SpcMouseButton), on_mouse_release },
};
/* clang-format on */

static void
on_opened (SpcConnection *connection)
{
  SpcInputs *inputs = inputs_of (INPUTS_CONNECTION (connection));
  SpcKeyLocks message = {.locks = inputs->locks};

  spc_connection_send (connection, SPICE_MSG_INPUTS_INIT, spc_key_locks_fields,
                       &message);
}

/* a viewer that moves: all but what it waits to be acknowledged is let go */

#define BLOB_MAGIC "ICMD"

typedef struct {
  SpcBlobHead head;
  uint16_t n_motions;
} InputsBlob;

static const QxlField blob_fields[] = {
    QXL_F_BLOB (InputsBlob, head.magic),
    QXL_F_U32 (InputsBlob, head.version),
    QXL_F_U16 (InputsBlob, n_motions),
    QXL_F_END,
};

static void
on_save (SpcConnection *connection, QxlWriter *writer)
{
  InputsBlob blob = {.n_motions =
                         (uint16_t)INPUTS_CONNECTION (connection)->n_motions};

  spc_blob_write (writer, BLOB_MAGIC, blob_fields, &blob);
}

static bool
on_restore (SpcConnection *connection, const QxlTail *bytes, GError **error)
{
  InputsConnection *self = INPUTS_CONNECTION (connection);
  InputsBlob blob;

  if (!spc_blob_read (bytes, BLOB_MAGIC, blob_fields, &blob, error))
    return false;
  self->n_motions = blob.n_motions % SPC_MOTION_ACK_BUNCH;
  tell_locks (connection, inputs_of (self));
  return true;
}

static void
on_closed (SpcConnection *connection)
{
  release_all (INPUTS_CONNECTION (connection));
}

static void
inputs_connection_class_init (InputsConnectionClass *klass)
{
  SpcConnectionClass *connection = SPC_CONNECTION_CLASS (klass);

  connection->log_category = SPC_LOG_INPUTS;
  connection->handlers = handlers;
  connection->n_handlers = G_N_ELEMENTS (handlers);
  connection->opened = on_opened;
  connection->closed = on_closed;
  connection->save = on_save;
  connection->restore = on_restore;
}

static void
inputs_connection_init (InputsConnection *self)
{
}

/* channel */

SpcInputs *
spc_inputs_new (SpcServer *server)
{
  SpcInputs *self = g_object_new (SPC_TYPE_INPUTS, NULL);

  spc_channel_construct (SPC_CHANNEL (self), server, 0);
  return self;
}

void
spc_inputs_set_leds (SpcInputs *self, uint8_t locks)
{
  self->locks = locks & ALL_LOCKS;
  if (self->lock_report)
    spc_timer_disarm (self->lock_report);
  spc_channel_foreach (SPC_CHANNEL (self), tell_locks, self);
}

static void
on_attached (SpcChannel *channel)
{
  SpcInputs *self = SPC_INPUTS (channel);

  self->locks = spc_server_keyboard_leds (spc_channel_server (channel));
  self->lock_report =
      spc_timer_new (spc_channel_loop (channel), on_lock_report, self);
}

static void
on_detached (SpcChannel *channel)
{
  g_clear_pointer (&SPC_INPUTS (channel)->lock_report, spc_timer_free);
}

static void
release_if_losing_control (SpcConnection *connection, gpointer user_data)
{
  if (spc_connection_client (connection)->losing_control)
    release_all (INPUTS_CONNECTION (connection));
}

static void
on_server_changed (SpcChannel *channel, SpcServerChange change,
                   SpcChannel *subject)
{
  if (change == SPC_CHANGE_ROLE)
    spc_channel_foreach (channel, release_if_losing_control, NULL);
  if (change == SPC_CHANGE_KEYBOARD_LEDS)
    spc_inputs_set_leds (
        SPC_INPUTS (channel),
        spc_server_keyboard_leds (spc_channel_server (channel)));
}

static void
spc_inputs_class_init (SpcInputsClass *klass)
{
  SpcChannelClass *channel = SPC_CHANNEL_CLASS (klass);

  channel->channel_type = SPICE_CHANNEL_INPUTS;
  channel->connection_type = TYPE_INPUTS_CONNECTION;
  spc_caps_set (&channel->caps, SPICE_INPUTS_CAP_KEY_SCANCODE);
  channel->attached = on_attached;
  channel->detached = on_detached;
  channel->server_changed = on_server_changed;
}

static void
spc_inputs_init (SpcInputs *self)
{
}
