/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inputs.h"

#include <stdio.h>

/* Lock keys as the keyboard sends them, and the lights they switch. */
#define SCAN_SCROLL_LOCK 0x46
#define SCAN_NUM_LOCK 0x45
#define SCAN_CAPS_LOCK 0x3a
#define SCAN_PREFIX 0xe0

/* The library knows an instance, and the instance's keeper is found from it. */
typedef struct {
  SpiceKbdInstance instance;
  guint8 leds;
  gboolean after_prefix;
  gboolean print;
} Keyboard;

typedef struct {
  SpiceMouseInstance instance;
  gboolean print;
} Mouse;

typedef struct {
  SpiceTabletInstance instance;
  gboolean print;
} Tablet;

struct _FeederInputs {
  Keyboard keyboard;
  Mouse mouse;
  Tablet tablet;
};

static guint8
led_of (guint8 scancode)
{
  switch (scancode) {
  case SCAN_SCROLL_LOCK:
    return SPICE_KEYBOARD_MODIFIER_FLAGS_SCROLL_LOCK;
  case SCAN_NUM_LOCK:
    return SPICE_KEYBOARD_MODIFIER_FLAGS_NUM_LOCK;
  case SCAN_CAPS_LOCK:
    return SPICE_KEYBOARD_MODIFIER_FLAGS_CAPS_LOCK;
  default:
    return 0;
  }
}

static void
on_scancode (SpiceKbdInstance *instance, uint8_t code)
{
  Keyboard *self = (Keyboard *)instance;
  guint8 led = self->after_prefix ? 0 : led_of (code);
  self->after_prefix = code == SCAN_PREFIX;
  if (self->print)
    printf ("KEY %02x\n", code);
  if (!led)
    return;
  self->leds ^= led;
  spice_server_kbd_leds (instance, self->leds);
}

static uint8_t
get_leds (SpiceKbdInstance *instance)
{
  return ((Keyboard *)instance)->leds;
}

static void
on_motion (SpiceMouseInstance *instance, int dx, int dy, int wheel,
           uint32_t buttons)
{
  if (((Mouse *)instance)->print)
    printf ("MOTION %d %d %d %u\n", dx, dy, wheel, buttons);
}

static void
on_mouse_buttons (SpiceMouseInstance *instance, uint32_t buttons)
{
  if (((Mouse *)instance)->print)
    printf ("BUTTONS %u\n", buttons);
}

static void
set_logical_size (SpiceTabletInstance *instance, int width, int height)
{
}

static void
on_position (SpiceTabletInstance *instance, int x, int y, uint32_t buttons)
{
  if (((Tablet *)instance)->print)
    printf ("POSITION %d %d %u\n", x, y, buttons);
}

static void
on_wheel (SpiceTabletInstance *instance, int step, uint32_t buttons)
{
  if (!((Tablet *)instance)->print)
    return;
  if (step == 0) /* how the library tells that a button went down */
    printf ("BUTTONS %u\n", buttons);
  else
    printf ("WHEEL %d %u\n", step, buttons);
}

static void
on_tablet_buttons (SpiceTabletInstance *instance, uint32_t buttons)
{
  if (((Tablet *)instance)->print)
    printf ("BUTTONS %u\n", buttons);
}

static const SpiceKbdInterface keyboard_interface = {
    .base = {.type = SPICE_INTERFACE_KEYBOARD,
             .description = "keyboard",
             .major_version = SPICE_INTERFACE_KEYBOARD_MAJOR,
             .minor_version = SPICE_INTERFACE_KEYBOARD_MINOR},
    .push_scan_freg = on_scancode,
    .get_leds = get_leds,
};

static const SpiceMouseInterface mouse_interface = {
    .base = {.type = SPICE_INTERFACE_MOUSE,
             .description = "mouse",
             .major_version = SPICE_INTERFACE_MOUSE_MAJOR,
             .minor_version = SPICE_INTERFACE_MOUSE_MINOR},
    .motion = on_motion,
    .buttons = on_mouse_buttons,
};

static const SpiceTabletInterface tablet_interface = {
    .base = {.type = SPICE_INTERFACE_TABLET,
             .description = "tablet",
             .major_version = SPICE_INTERFACE_TABLET_MAJOR,
             .minor_version = SPICE_INTERFACE_TABLET_MINOR},
    .set_logical_size = set_logical_size,
    .position = on_position,
    .wheel = on_wheel,
    .buttons = on_tablet_buttons,
};

FeederInputs *
feeder_inputs_new (SpiceServer *server, gboolean with_tablet, gboolean print)
{
  FeederInputs *self = g_new0 (FeederInputs, 1);
  self->keyboard.print = self->mouse.print = self->tablet.print = print;
  self->keyboard.instance.base.sif = &keyboard_interface.base;
  self->mouse.instance.base.sif = &mouse_interface.base;
  self->tablet.instance.base.sif = &tablet_interface.base;
  spice_server_add_interface (server, &self->keyboard.instance.base);
  spice_server_add_interface (server, &self->mouse.instance.base);
  if (with_tablet)
    spice_server_add_interface (server, &self->tablet.instance.base);
  return self;
}

void
feeder_inputs_free (FeederInputs *self)
{
  g_free (self);
}
