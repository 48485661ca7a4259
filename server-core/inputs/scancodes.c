/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One table, indexed by scancode; the evdev look-up searches it. Codes of keys
 * beyond the classic keyboard are those the Linux keyboard driver emits in raw
 * mode, which is what clients on Linux send. */
#include "scancodes.h"

#include <linux/input-event-codes.h>

#define SCANCODE_PAUSE 0x245u
#define SCANCODE_BREAK 0x146u /* Ctrl+Pause */
#define SCANCODE_PRINT 0x137u
#define SCANCODE_SYSRQ 0x054u /* Alt+Print */
#define RELEASE_BIT 0x80u

typedef struct {
  const char *name;
  uint16_t evdev;
} Key;

/* clang-format off */
static const Key keys[SCANCODE_PAUSE + 1] = {
  /* main block */
  [0x001] = {"Escape", KEY_ESC},
  [0x002] = {"1", KEY_1},
  [0x003] = {"2", KEY_2},
  [0x004] = {"3", KEY_3},
  [0x005] = {"4", KEY_4},
  [0x006] = {"5", KEY_5},
  [0x007] = {"6", KEY_6},
  [0x008] = {"7", KEY_7},
  [0x009] = {"8", KEY_8},
  [0x00a] = {"9", KEY_9},
  [0x00b] = {"0", KEY_0},
  [0x00c] = {"minus", KEY_MINUS},
  [0x00d] = {"equal", KEY_EQUAL},
  [0x00e] = {"BackSpace", KEY_BACKSPACE},
  [0x00f] = {"Tab", KEY_TAB},
  [0x010] = {"q", KEY_Q},
  [0x011] = {"w", KEY_W},
  [0x012] = {"e", KEY_E},
  [0x013] = {"r", KEY_R},
  [0x014] = {"t", KEY_T},
  [0x015] = {"y", KEY_Y},
  [0x016] = {"u", KEY_U},
  [0x017] = {"i", KEY_I},
  [0x018] = {"o", KEY_O},
  [0x019] = {"p", KEY_P},
  [0x01a] = {"bracketleft", KEY_LEFTBRACE},
  [0x01b] = {"bracketright", KEY_RIGHTBRACE},
  [0x01c] = {"Return", KEY_ENTER},
  [0x01d] = {"Control_L", KEY_LEFTCTRL},
  [0x01e] = {"a", KEY_A},
  [0x01f] = {"s", KEY_S},
  [0x020] = {"d", KEY_D},
  [0x021] = {"f", KEY_F},
  [0x022] = {"g", KEY_G},
  [0x023] = {"h", KEY_H},
  [0x024] = {"j", KEY_J},
  [0x025] = {"k", KEY_K},
  [0x026] = {"l", KEY_L},
  [0x027] = {"semicolon", KEY_SEMICOLON},
  [0x028] = {"apostrophe", KEY_APOSTROPHE},
  [0x029] = {"grave", KEY_GRAVE},
  [0x02a] = {"Shift_L", KEY_LEFTSHIFT},
  [0x02b] = {"backslash", KEY_BACKSLASH},
  [0x02c] = {"z", KEY_Z},
  [0x02d] = {"x", KEY_X},
  [0x02e] = {"c", KEY_C},
  [0x02f] = {"v", KEY_V},
  [0x030] = {"b", KEY_B},
  [0x031] = {"n", KEY_N},
  [0x032] = {"m", KEY_M},
  [0x033] = {"comma", KEY_COMMA},
  [0x034] = {"period", KEY_DOT},
  [0x035] = {"slash", KEY_SLASH},
  [0x036] = {"Shift_R", KEY_RIGHTSHIFT},
  [0x037] = {"KP_Multiply", KEY_KPASTERISK},
  [0x038] = {"Alt_L", KEY_LEFTALT},
  [0x039] = {"space", KEY_SPACE},
  [0x03a] = {"Caps_Lock", KEY_CAPSLOCK},
  /* function keys, keypad */
  [0x03b] = {"F1", KEY_F1},
  [0x03c] = {"F2", KEY_F2},
  [0x03d] = {"F3", KEY_F3},
  [0x03e] = {"F4", KEY_F4},
  [0x03f] = {"F5", KEY_F5},
  [0x040] = {"F6", KEY_F6},
  [0x041] = {"F7", KEY_F7},
  [0x042] = {"F8", KEY_F8},
  [0x043] = {"F9", KEY_F9},
  [0x044] = {"F10", KEY_F10},
  [0x045] = {"Num_Lock", KEY_NUMLOCK},
  [0x046] = {"Scroll_Lock", KEY_SCROLLLOCK},
  [0x047] = {"KP_Home", KEY_KP7},
  [0x048] = {"KP_Up", KEY_KP8},
  [0x049] = {"KP_Prior", KEY_KP9},
  [0x04a] = {"KP_Subtract", KEY_KPMINUS},
  [0x04b] = {"KP_Left", KEY_KP4},
  [0x04c] = {"KP_Begin", KEY_KP5},
  [0x04d] = {"KP_Right", KEY_KP6},
  [0x04e] = {"KP_Add", KEY_KPPLUS},
  [0x04f] = {"KP_End", KEY_KP1},
  [0x050] = {"KP_Down", KEY_KP2},
  [0x051] = {"KP_Next", KEY_KP3},
  [0x052] = {"KP_Insert", KEY_KP0},
  [0x053] = {"KP_Delete", KEY_KPDOT},
  [0x055] = {"F16", KEY_F16},
  /* further plain codes */
  [0x056] = {"less", KEY_102ND},
  [0x057] = {"F11", KEY_F11},
  [0x058] = {"F12", KEY_F12},
  [0x059] = {"KP_Equal", KEY_KPEQUAL},
  [0x05a] = {"F20", KEY_F20},
  [0x05b] = {"Linefeed", KEY_LINEFEED},
  [0x05c] = {"KP_Separator", KEY_KPJPCOMMA},
  [0x05d] = {"F13", KEY_F13},
  [0x05e] = {"F14", KEY_F14},
  [0x05f] = {"F15", KEY_F15},
  [0x063] = {"XF86Phone", KEY_PHONE},
  [0x064] = {"XF86Open", KEY_OPEN},
  [0x065] = {"XF86Paste", KEY_PASTE},
  [0x067] = {"XF86Explorer", KEY_FILE},
  [0x068] = {"XF86Send", KEY_SENDFILE},
  [0x06a] = {"XF86DOS", KEY_MSDOS},
  [0x06b] = {"XF86RotateWindows", KEY_DIRECTION},
  [0x06c] = {"XF86Eject", KEY_EJECTCD},
  [0x06d] = {"F23", KEY_F23},
  [0x06f] = {"F24", KEY_F24},
  /* Japanese, Korean, Brazilian */
  [0x070] = {"Hiragana_Katakana", KEY_KATAKANAHIRAGANA},
  [0x071] = {"Hangul_Hanja", KEY_HANJA},
  [0x072] = {"Hangul", KEY_HANGEUL},
  [0x073] = {"backslash", KEY_RO},
  [0x074] = {"F21", KEY_F21},
  [0x075] = {"XF86ScrollUp", KEY_SCROLLUP},
  [0x076] = {"Zenkaku_Hankaku", KEY_ZENKAKUHANKAKU},
  [0x077] = {"Hiragana", KEY_HIRAGANA},
  [0x078] = {"Katakana", KEY_KATAKANA},
  [0x079] = {"Henkan_Mode", KEY_HENKAN},
  [0x07b] = {"Muhenkan", KEY_MUHENKAN},
  [0x07d] = {"yen", KEY_YEN},
  [0x07e] = {"KP_Separator", KEY_KPCOMMA},
  /* e0 keys */
  [0x101] = {"XF86Tools", KEY_CONFIG},
  [0x102] = {"XF86WWW", KEY_WWW},
  [0x103] = {"F17", KEY_F17},
  [0x104] = {"F19", KEY_F19},
  [0x105] = {"Redo", KEY_AGAIN},
  [0x106] = {"SunProps", KEY_PROPS},
  [0x107] = {"Undo", KEY_UNDO},
  [0x109] = {"XF86New", KEY_NEW},
  [0x10a] = {"Redo", KEY_REDO},
  [0x10b] = {"XF86LaunchA", KEY_SCALE},
  [0x10c] = {"SunFront", KEY_FRONT},
  [0x10e] = {"XF86MailForward", KEY_FORWARDMAIL},
  [0x10f] = {"XF86ScrollDown", KEY_SCROLLDOWN},
  [0x110] = {"XF86AudioPrev", KEY_PREVIOUSSONG},
  [0x112] = {"XF86ScreenSaver", KEY_COFFEE},
  [0x113] = {"XF86Xfer", KEY_XFER},
  [0x117] = {"XF86Launch2", KEY_PROG2},
  [0x118] = {"XF86AudioRewind", KEY_REWIND},
  [0x119] = {"XF86AudioNext", KEY_NEXTSONG},
  [0x11c] = {"KP_Enter", KEY_KPENTER},
  [0x11d] = {"Control_R", KEY_RIGHTCTRL},
  [0x11e] = {"XF86MenuKB", KEY_MENU},
  [0x11f] = {"XF86Launch1", KEY_PROG1},
  [0x120] = {"XF86AudioMute", KEY_MUTE},
  [0x121] = {"XF86Calculator", KEY_CALC},
  [0x122] = {"XF86AudioPlay", KEY_PLAYPAUSE},
  [0x124] = {"XF86AudioStop", KEY_STOPCD},
  [0x125] = {"XF86Suspend", KEY_SUSPEND},
  [0x126] = {"XF86TaskPane", KEY_CYCLEWINDOWS},
  [0x128] = {"XF86AudioPlay", KEY_PLAYCD},
  [0x129] = {"XF86AudioPause", KEY_PAUSECD},
  [0x12b] = {"XF86Launch3", KEY_PROG3},
  [0x12c] = {"XF86Launch4", KEY_PROG4},
  [0x12d] = {"XF86LaunchB", KEY_DASHBOARD},
  [0x12e] = {"XF86AudioLowerVolume", KEY_VOLUMEDOWN},
  [0x12f] = {"XF86Close", KEY_CLOSE},
  [0x130] = {"XF86AudioRaiseVolume", KEY_VOLUMEUP},
  [0x131] = {"XF86AudioRecord", KEY_RECORD},
  [0x132] = {"XF86HomePage", KEY_HOMEPAGE},
  [0x133] = {"XF86AudioPlay", KEY_PLAY},
  [0x134] = {"XF86AudioForward", KEY_FASTFORWARD},
  [0x135] = {"KP_Divide", KEY_KPSLASH},
  [0x137] = {"Print", KEY_SYSRQ},
  [0x138] = {"Alt_R", KEY_RIGHTALT},
  [0x139] = {"Print", KEY_PRINT},
  [0x13b] = {"XF86WebCam", KEY_CAMERA},
  [0x13c] = {"XF86Cut", KEY_CUT},
  [0x13d] = {"XF86AudioPreset", KEY_SOUND},
  [0x13f] = {"XF86Mail", KEY_EMAIL},
  [0x140] = {"XF86Messenger", KEY_CHAT},
  [0x141] = {"Find", KEY_FIND},
  [0x142] = {"XF86Go", KEY_CONNECT},
  [0x143] = {"XF86Finance", KEY_FINANCE},
  [0x144] = {"XF86Game", KEY_SPORT},
  [0x145] = {"XF86Shop", KEY_SHOP},
  [0x147] = {"Home", KEY_HOME},
  [0x148] = {"Up", KEY_UP},
  [0x149] = {"Prior", KEY_PAGEUP},
  [0x14a] = {"Cancel", KEY_CANCEL},
  [0x14b] = {"Left", KEY_LEFT},
  [0x14c] = {"XF86MonBrightnessDown", KEY_BRIGHTNESSDOWN},
  [0x14d] = {"Right", KEY_RIGHT},
  [0x14e] = {"plusminus", KEY_KPPLUSMINUS},
  [0x14f] = {"End", KEY_END},
  [0x150] = {"Down", KEY_DOWN},
  [0x151] = {"Next", KEY_PAGEDOWN},
  [0x152] = {"Insert", KEY_INSERT},
  [0x153] = {"Delete", KEY_DELETE},
  [0x154] = {"XF86MonBrightnessUp", KEY_BRIGHTNESSUP},
  [0x155] = {"XF86Save", KEY_SAVE},
  [0x156] = {"XF86Display", KEY_SWITCHVIDEOMODE},
  [0x157] = {"XF86KbdLightOnOff", KEY_KBDILLUMTOGGLE},
  [0x158] = {"XF86KbdBrightnessDown", KEY_KBDILLUMDOWN},
  [0x159] = {"XF86KbdBrightnessUp", KEY_KBDILLUMUP},
  [0x15a] = {"XF86Send", KEY_SEND},
  [0x15b] = {"Super_L", KEY_LEFTMETA},
  [0x15c] = {"Super_R", KEY_RIGHTMETA},
  [0x15d] = {"Menu", KEY_COMPOSE},
  [0x15e] = {"XF86PowerOff", KEY_POWER},
  [0x15f] = {"XF86Sleep", KEY_SLEEP},
  [0x163] = {"XF86WakeUp", KEY_WAKEUP},
  [0x164] = {"XF86Reply", KEY_REPLY},
  [0x165] = {"XF86Search", KEY_SEARCH},
  [0x166] = {"XF86Favorites", KEY_BOOKMARKS},
  [0x167] = {"XF86Reload", KEY_REFRESH},
  [0x168] = {"Cancel", KEY_STOP},
  [0x169] = {"XF86Forward", KEY_FORWARD},
  [0x16a] = {"XF86Back", KEY_BACK},
  [0x16b] = {"XF86MyComputer", KEY_COMPUTER},
  [0x16c] = {"XF86Mail", KEY_MAIL},
  [0x16d] = {"XF86AudioMedia", KEY_MEDIA},
  [0x170] = {"XF86Documents", KEY_DOCUMENTS},
  [0x171] = {"XF86Battery", KEY_BATTERY},
  [0x172] = {"XF86Bluetooth", KEY_BLUETOOTH},
  [0x173] = {"XF86WLAN", KEY_WLAN},
  [0x174] = {"XF86UWB", KEY_UWB},
  [0x175] = {"Help", KEY_HELP},
  [0x176] = {"parenleft", KEY_KPLEFTPAREN},
  [0x177] = {"F18", KEY_F18},
  [0x178] = {"XF86Copy", KEY_COPY},
  [0x179] = {"F22", KEY_F22},
  [0x17b] = {"parenright", KEY_KPRIGHTPAREN},
  [0x17d] = {"XF86Eject", KEY_EJECTCLOSECD},
  /* e1 1d 45 */
  [0x245] = {"Pause", KEY_PAUSE},
};
/* clang-format on */

static const Key *
find_key (uint16_t scancode)
{
  static const Key none;

  if (scancode == SCANCODE_SYSRQ)
    scancode = SCANCODE_PRINT;
  if (scancode == SCANCODE_BREAK)
    scancode = SCANCODE_PAUSE;
  return scancode <= SCANCODE_PAUSE ? &keys[scancode] : &none;
}

const char *
spc_scancode_key_name (uint16_t scancode)
{
  return find_key (scancode)->name;
}

uint16_t
spc_scancode_evdev (uint16_t scancode)
{
  return find_key (scancode)->evdev;
}

uint16_t
spc_scancode_from_evdev (uint16_t evdev)
{
  if (evdev == 0)
    return 0;
  for (uint16_t code = 1; code <= SCANCODE_PAUSE; code++)
    if (keys[code].evdev == evdev)
      return code;
  return 0;
}

/* keyboards wrap Print and the grey block in shifts nobody pressed */
static bool
is_fake_shift (uint8_t code)
{
  return code == 0x2a || code == 0x36;
}

/* Only Pause begins with e1; what is not Pause after all is a plain key, so
 * that half a Pause does not swallow the next one. */
static bool
goes_on_as_pause (SpcScancodeParser *self, uint8_t code)
{
  if (self->prefix != 0xe1)
    return false;
  return code == (self->e1_first == 0 ? 0x1d : 0x45);
}

bool
spc_scancode_parser_push (SpcScancodeParser *self, uint8_t byte,
                          uint16_t *scancode, bool *pressed)
{
  uint8_t prefix = self->prefix;
  uint8_t code = byte & ~RELEASE_BIT;

  *pressed = !(byte & RELEASE_BIT);
  if (byte == 0xe0 || byte == 0xe1 || code == 0) {
    *self = (SpcScancodeParser){.prefix = code == 0 ? 0 : byte};
    return false;
  }
  if (goes_on_as_pause (self, code) && self->e1_first == 0) {
    self->e1_first = byte;
    return false;
  }
  if (goes_on_as_pause (self, code)) {
    *self = (SpcScancodeParser){0};
    *scancode = SCANCODE_PAUSE;
    return true;
  }
  *self = (SpcScancodeParser){0};
  if (prefix == 0xe0 && is_fake_shift (code))
    return false;
  *scancode = prefix == 0xe0 ? 0x100 | code : code;
  if (*scancode == SCANCODE_BREAK)
    *scancode = SCANCODE_PAUSE;
  return true;
}
