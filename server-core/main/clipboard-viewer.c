/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "clipboard-viewer.h"

#include "server-core/base/error.h"
#include "server-core/base/limits.h"

#include <spice/vd_agent.h>
#include <string.h>

/* rules */

static bool
may_get (SpcClipboardViewer *self)
{
  return self->rules->policy.to_client &&
         spc_agent_viewer_is_in_control (self->viewer) &&
         spc_agent_viewer_has_cap (self->viewer,
                                   VD_AGENT_CAP_CLIPBOARD_BY_DEMAND);
}

static bool
may_give (SpcClipboardViewer *self)
{
  return self->rules->policy.to_server &&
         spc_agent_viewer_is_in_control (self->viewer);
}

/* What both sides have announced. Once announced it counts for good, since a
 * viewer goes on in the same way until it hears of the change. */
static SpcClipboardFormat
format_of (SpcClipboardViewer *self)
{
  bool is_known = self->rules->is_known;

  return (SpcClipboardFormat){
      .has_selection =
          is_known && spc_agent_viewer_has_cap (
                          self->viewer, VD_AGENT_CAP_CLIPBOARD_SELECTION),
      .has_serial =
          is_known && spc_agent_viewer_has_cap (
                          self->viewer, VD_AGENT_CAP_CLIPBOARD_GRAB_SERIAL),
  };
}

static uint32_t
id_of (SpcClipboardViewer *self)
{
  return spc_agent_viewer_id (self->viewer);
}

/* keeps apart what may stand in the place of an older message */
static uint16_t
key_of (uint8_t selection)
{
  return (uint16_t)(selection + 1);
}

static void
send (SpcClipboardViewer *self, uint32_t type,
      const SpcClipboardMessage *message, GBytes *data, uint16_t key)
{
  uint8_t body[SPC_CLIPBOARD_MAX_BODY];
  gsize size = spc_clipboard_write (type, format_of (self), message, body);

  spc_agent_viewer_send_latest (self->viewer, type, body, size, data, key);
}

/* waiting */

static void
stop_waiting (SpcClipboardWait *wait)
{
  wait->type = VD_AGENT_CLIPBOARD_NONE;
  if (wait->timer != NULL)
    spc_timer_disarm (wait->timer);
}

static void
start_waiting (SpcClipboardWait *wait, SpcClipboardViewer *viewer,
               uint8_t selection, uint32_t type, SpcFunc too_late,
               uint32_t delay_ms)
{
  wait->viewer = viewer;
  wait->selection = selection;
  wait->type = type;
  if (wait->timer == NULL)
    wait->timer =
        spc_timer_new (spc_agent_loop (spc_agent_viewer_agent (viewer->viewer)),
                       too_late, wait);
  spc_timer_arm (wait->timer, delay_ms);
}

/* the viewer asks, the application answers */

static void
answer_none (SpcClipboardViewer *self, uint8_t selection)
{
  const SpcClipboardMessage none = {.selection = selection,
                                    .type = VD_AGENT_CLIPBOARD_NONE};

  send (self, VD_AGENT_CLIPBOARD, &none, NULL, 0);
}

static void
on_unanswered (gpointer user_data)
{
  SpcClipboardWait *wait = user_data;

  stop_waiting (wait);
  answer_none (wait->viewer, wait->selection);
}

/* one answer for each selection at a time, also on its way */
static bool
may_ask (SpcClipboardViewer *self, const SpcClipboardMessage *message)
{
  const SpcClipboardSelection *selection =
      &self->selections[message->selection];

  return may_get (self) && message->type > 0 &&
         message->type < SPC_CLIPBOARD_N_TYPES &&
         selection->owner == SPC_CLIPBOARD_SERVER &&
         (selection->types & 1u << message->type) != 0 &&
         selection->asked.type == VD_AGENT_CLIPBOARD_NONE &&
         !spc_agent_viewer_is_waiting (self->viewer, VD_AGENT_CLIPBOARD,
                                       key_of (message->selection));
}

static void
on_request (SpcClipboardViewer *self, const SpcClipboardMessage *message)
{
  const SpcClipboardRules *rules = self->rules;

  if (!may_ask (self, message)) {
    answer_none (self, message->selection);
    return;
  }
  start_waiting (&self->selections[message->selection].asked, self,
                 message->selection, message->type, on_unanswered,
                 rules->answer_ms);
  rules->host->requested (id_of (self), message->selection, message->type,
                          rules->user_data);
}

static bool
fits (SpcClipboardViewer *self, GBytes *bytes)
{
  gsize size = g_bytes_get_size (bytes);

  return size <= self->rules->policy.max_size &&
         (!self->has_max || size <= self->max_size);
}

void
spc_clipboard_viewer_answer (SpcClipboardViewer *self, uint8_t selection,
                             uint32_t type, GBytes *bytes)
{
  SpcClipboardWait *asked = &self->selections[selection].asked;
  const SpcClipboardMessage message = {.selection = selection, .type = type};

  if (asked->type == VD_AGENT_CLIPBOARD_NONE || asked->type != type)
    return; /* answered before, or too late */
  stop_waiting (asked);
  if (bytes != NULL && may_get (self) && fits (self, bytes))
    send (self, VD_AGENT_CLIPBOARD, &message, bytes, key_of (selection));
  else
    answer_none (self, selection);
}

/* the application asks, the viewer answers */

static void ask_next (SpcClipboardViewer *self, uint8_t number);

static void
give (SpcClipboardViewer *self, uint8_t number, uint32_t type, GBytes *bytes)
{
  const SpcClipboardRules *rules = self->rules;

  rules->host->data (id_of (self), number, type, bytes, rules->user_data);
}

static void
finish_asking (SpcClipboardViewer *self, uint8_t number, GBytes *bytes)
{
  SpcClipboardWait *asking = &self->selections[number].asking;
  uint32_t type = asking->type;

  stop_waiting (asking);
  give (self, number, type, bytes);
  ask_next (self, number);
}

static void
on_viewer_silent (gpointer user_data)
{
  SpcClipboardWait *wait = user_data;

  finish_asking (wait->viewer, wait->selection, NULL);
}

static void
ask_next (SpcClipboardViewer *self, uint8_t number)
{
  SpcClipboardSelection *selection = &self->selections[number];
  SpcClipboardMessage message = {.selection = number};

  if (selection->wanted == 0 ||
      selection->asking.type != VD_AGENT_CLIPBOARD_NONE)
    return;
  message.type = (uint32_t)g_bit_nth_lsf (selection->wanted, -1);
  selection->wanted &= ~(1u << message.type);
  start_waiting (&selection->asking, self, number, message.type,
                 on_viewer_silent, self->rules->viewer_answer_ms);
  send (self, VD_AGENT_CLIPBOARD_REQUEST, &message, NULL, 0);
}

void
spc_clipboard_viewer_ask (SpcClipboardViewer *self, uint8_t number,
                          uint32_t type)
{
  SpcClipboardSelection *selection = &self->selections[number];

  if (!may_give (self) || selection->owner != SPC_CLIPBOARD_VIEWER ||
      (selection->types & 1u << type) == 0) {
    give (self, number, type, NULL);
    return;
  }
  if (selection->asking.type == type)
    return; /* the answer under way will do */
  selection->wanted |= 1u << type;
  ask_next (self, number);
}

/* what has been asked for cannot be had any more */
static void
give_up_asking (SpcClipboardViewer *self, uint8_t number)
{
  SpcClipboardSelection *selection = &self->selections[number];
  uint32_t types = selection->wanted;

  if (selection->asking.type != VD_AGENT_CLIPBOARD_NONE)
    types |= 1u << selection->asking.type;
  selection->wanted = 0;
  stop_waiting (&selection->asking);
  for (uint32_t type = 1; type < SPC_CLIPBOARD_N_TYPES; type++)
    if ((types & 1u << type) != 0)
      give (self, number, type, NULL);
}

static void
begin_data (SpcClipboardViewer *self, uint32_t size)
{
  const SpcClipboardSelection *selection = NULL;

  g_clear_pointer (&self->data, g_byte_array_unref);
  if (self->coming.selection < SPC_CLIPBOARD_SELECTIONS)
    selection = &self->selections[self->coming.selection];
  self->is_taken = selection != NULL && may_give (self) &&
                   self->coming.type != VD_AGENT_CLIPBOARD_NONE &&
                   self->coming.type == selection->asking.type &&
                   size <= self->rules->policy.max_size;
  if (self->is_taken)
    self->data = g_byte_array_new ();
}

static void
end_data (SpcClipboardViewer *self)
{
  const SpcClipboardMessage coming = self->coming;
  g_autoptr (GBytes) bytes = NULL;
  SpcClipboardWait *asking;

  if (self->data != NULL)
    bytes = g_byte_array_free_to_bytes (g_steal_pointer (&self->data));
  if (coming.selection >= SPC_CLIPBOARD_SELECTIONS)
    return;
  asking = &self->selections[coming.selection].asking;
  if (asking->type == VD_AGENT_CLIPBOARD_NONE ||
      (coming.type != VD_AGENT_CLIPBOARD_NONE && coming.type != asking->type))
    return; /* nobody has asked for it, or does any more */
  finish_asking (self, coming.selection, bytes);
}

/* time passes only while nothing comes */
static void
keep_waiting (SpcClipboardViewer *self)
{
  SpcClipboardWait *asking = &self->selections[self->coming.selection].asking;

  if (asking->type == self->coming.type)
    spc_timer_arm (asking->timer, self->rules->viewer_answer_ms);
}

/* the limit may be another one than when it began: elsewhere */
static void
take_piece (SpcClipboardViewer *self, const uint8_t *data, uint32_t size)
{
  if (size > self->rules->policy.max_size ||
      self->data->len > self->rules->policy.max_size - size) {
    self->is_taken = false;
    g_clear_pointer (&self->data, g_byte_array_unref);
    return;
  }
  g_byte_array_append (self->data, data, size);
  keep_waiting (self);
}

static bool
begin_message (SpcClipboardViewer *self, const SpcAgentHeader *header,
               GError **error)
{
  self->format = format_of (self);
  self->is_taken = false;
  if (header->size >= spc_clipboard_data_prefix (self->format))
    return true;
  g_set_error (error, SPC_ERROR, SPC_ERROR_PROTOCOL,
               "clipboard data of %u bytes, at least %u are needed",
               header->size, spc_clipboard_data_prefix (self->format));
  return false;
}

bool
spc_clipboard_viewer_receive_data (SpcClipboardViewer *self,
                                   const SpcAgentHeader *header,
                                   const SpcAgentPiece *piece, GError **error)
{
  uint32_t prefix, skip;

  if (piece->is_start && !begin_message (self, header, error))
    return false;
  prefix = spc_clipboard_data_prefix (self->format);
  skip = prefix > piece->offset ? prefix - piece->offset : 0;
  skip = MIN (skip, piece->size);
  if (skip > 0)
    memcpy (self->prefix + piece->offset, piece->data, skip);
  if (skip > 0 && piece->offset + skip == prefix) {
    if (!spc_clipboard_read (VD_AGENT_CLIPBOARD, self->format, self->prefix,
                             prefix, &self->coming, error))
      return false;
    begin_data (self, header->size - prefix);
  }
  if (self->is_taken)
    take_piece (self, piece->data + skip, piece->size - skip);
  if (piece->offset + piece->size == header->size)
    end_data (self);
  return true;
}

/* who owns a selection */

static void
lose (SpcClipboardViewer *self, uint8_t number)
{
  SpcClipboardSelection *selection = &self->selections[number];
  const SpcClipboardRules *rules = self->rules;

  if (selection->owner != SPC_CLIPBOARD_VIEWER)
    return;
  selection->owner = SPC_CLIPBOARD_NOBODY;
  give_up_asking (self, number);
  rules->host->released (id_of (self), number, rules->user_data);
}

static void
on_grab (SpcClipboardViewer *self, const SpcClipboardMessage *message)
{
  SpcClipboardSelection *selection = &self->selections[message->selection];
  const SpcClipboardRules *rules = self->rules;

  if (format_of (self).has_serial && message->serial != selection->serial) {
    SPC_DEBUG (SPC_LOG_MAIN, "%s: its clipboard grab lost a race",
               spc_agent_viewer_name (self->viewer));
    return;
  }
  selection->serial++;
  if (!may_give (self))
    return;
  if (message->types == 0) {
    lose (self, message->selection);
    return;
  }
  give_up_asking (self, message->selection);
  selection->owner = SPC_CLIPBOARD_VIEWER;
  selection->types = message->types;
  rules->host->grabbed (id_of (self), message->selection, message->types,
                        rules->user_data);
}

bool
spc_clipboard_viewer_receive (SpcClipboardViewer *self,
                              const SpcAgentHeader *header,
                              const SpcAgentPiece *body, GError **error)
{
  SpcClipboardMessage message;

  if (!spc_clipboard_read (header->type, format_of (self), body->data,
                           body->size, &message, error))
    return false;
  if (message.selection >= SPC_CLIPBOARD_SELECTIONS)
    return true;
  if (header->type == VD_AGENT_CLIPBOARD_GRAB)
    on_grab (self, &message);
  else if (header->type == VD_AGENT_CLIPBOARD_REQUEST)
    on_request (self, &message);
  else
    lose (self, message.selection);
  return true;
}

/* An offer of which nothing was sent yet was never made. */
static void
take_back_offer (SpcClipboardViewer *self, uint8_t number)
{
  if (spc_agent_viewer_drop (self->viewer, VD_AGENT_CLIPBOARD_GRAB,
                             key_of (number)))
    self->selections[number].serial--;
}

void
spc_clipboard_viewer_withdraw (SpcClipboardViewer *self, uint8_t number)
{
  SpcClipboardSelection *selection = &self->selections[number];
  const SpcClipboardMessage message = {.selection = number};

  if (selection->owner != SPC_CLIPBOARD_SERVER)
    return;
  selection->owner = SPC_CLIPBOARD_NOBODY;
  take_back_offer (self, number);
  if (selection->asked.type != VD_AGENT_CLIPBOARD_NONE) {
    stop_waiting (&selection->asked);
    answer_none (self, number);
  }
  send (self, VD_AGENT_CLIPBOARD_RELEASE, &message, NULL, key_of (number));
}

void
spc_clipboard_viewer_offer (SpcClipboardViewer *self, uint8_t number,
                            uint32_t types)
{
  SpcClipboardSelection *selection = &self->selections[number];
  SpcClipboardMessage message = {.selection = number, .types = types};

  if (!may_get (self) || (number > 0 && !format_of (self).has_selection))
    return;
  if (!spc_agent_viewer_has_cap (self->viewer,
                                 VD_AGENT_CAP_CLIPBOARD_NO_RELEASE_ON_REGRAB))
    spc_clipboard_viewer_withdraw (self, number);
  give_up_asking (self, number);
  take_back_offer (self, number);
  message.serial = selection->serial++;
  selection->owner = SPC_CLIPBOARD_SERVER;
  selection->types = types;
  send (self, VD_AGENT_CLIPBOARD_GRAB, &message, NULL, key_of (number));
}

void
spc_clipboard_viewer_review (SpcClipboardViewer *self)
{
  for (uint8_t i = 0; i < SPC_CLIPBOARD_SELECTIONS; i++) {
    if (!may_give (self))
      lose (self, i);
    if (!may_get (self))
      spc_clipboard_viewer_withdraw (self, i);
    else if (self->selections[i].owner == SPC_CLIPBOARD_NOBODY &&
             self->rules->offered[i] != 0)
      spc_clipboard_viewer_offer (self, i, self->rules->offered[i]);
  }
}

/* moving */

/* bits of what both had announced when the message under way began */
enum { HAS_SELECTION = 1, HAS_SERIAL = 2 };

static void
save_selection (const SpcClipboardSelection *selection, QxlWriter *state)
{
  qxl_writer_u8 (state, (uint8_t)selection->owner);
  qxl_writer_u32 (state, selection->types);
  qxl_writer_u32 (state, selection->serial);
  qxl_writer_u32 (state, selection->asked.type);
  qxl_writer_u32 (state, selection->asking.type);
  qxl_writer_u32 (state, selection->wanted);
}

void
spc_clipboard_viewer_save (const SpcClipboardViewer *self, QxlWriter *state)
{
  bool has_data = self->is_taken && self->data != NULL;

  for (uint8_t i = 0; i < SPC_CLIPBOARD_SELECTIONS; i++)
    save_selection (&self->selections[i], state);
  qxl_writer_u8 (state, self->has_max);
  qxl_writer_u32 (state, self->max_size);
  qxl_writer_u8 (state, (self->format.has_selection ? HAS_SELECTION : 0) |
                            (self->format.has_serial ? HAS_SERIAL : 0));
  qxl_writer_bytes (state, self->prefix, sizeof self->prefix);
  qxl_writer_u8 (state, self->coming.selection);
  qxl_writer_u32 (state, self->coming.type);
  qxl_writer_u8 (state, has_data);
  if (has_data)
    qxl_writer_bytes (state, self->data->data, self->data->len);
}

static uint32_t
known_type (uint32_t type)
{
  return type < SPC_CLIPBOARD_N_TYPES ? type : VD_AGENT_CLIPBOARD_NONE;
}

static void
restore_grab (SpcClipboardViewer *self, uint8_t number, uint32_t asking,
              uint32_t wanted)
{
  SpcClipboardSelection *selection = &self->selections[number];
  const SpcClipboardRules *rules = self->rules;

  if (!may_give (self))
    return;
  selection->owner = SPC_CLIPBOARD_VIEWER;
  selection->wanted = wanted & selection->types;
  rules->host->grabbed (id_of (self), number, selection->types,
                        rules->user_data);
  if (asking != VD_AGENT_CLIPBOARD_NONE)
    start_waiting (&selection->asking, self, number, asking, on_viewer_silent,
                   rules->viewer_answer_ms);
  ask_next (self, number);
}

static void
restore_offer (SpcClipboardViewer *self, uint8_t number, uint32_t asked)
{
  SpcClipboardSelection *selection = &self->selections[number];
  const SpcClipboardRules *rules = self->rules;
  uint32_t offered = rules->offered[number];

  selection->owner = SPC_CLIPBOARD_SERVER;
  if (asked != VD_AGENT_CLIPBOARD_NONE &&
      (!may_get (self) || (offered & 1u << asked) == 0)) {
    answer_none (self, number);
  } else if (asked != VD_AGENT_CLIPBOARD_NONE) {
    start_waiting (&selection->asked, self, number, asked, on_unanswered,
                   rules->answer_ms);
    rules->host->requested (id_of (self), number, asked, rules->user_data);
  }
  if (offered == 0)
    spc_clipboard_viewer_withdraw (self, number);
  else if (offered != selection->types)
    spc_clipboard_viewer_offer (self, number, offered);
}

static void
restore_selection (SpcClipboardViewer *self, uint8_t number, QxlReader *reader)
{
  SpcClipboardSelection *selection = &self->selections[number];
  uint8_t owner = qxl_reader_u8 (reader);
  uint32_t asked, asking, wanted;

  selection->types = qxl_reader_u32 (reader) & SPC_CLIPBOARD_ALL_TYPES;
  selection->serial = qxl_reader_u32 (reader);
  asked = known_type (qxl_reader_u32 (reader));
  asking = known_type (qxl_reader_u32 (reader));
  wanted = qxl_reader_u32 (reader);
  if (reader->failed)
    return;
  if (owner == SPC_CLIPBOARD_VIEWER)
    restore_grab (self, number, asking, wanted);
  else if (owner == SPC_CLIPBOARD_SERVER)
    restore_offer (self, number, asked);
}

static void
restore_data (SpcClipboardViewer *self, QxlReader *reader)
{
  const SpcClipboardSelection *selection;
  size_t size = qxl_reader_left (reader);
  const uint8_t *data = qxl_reader_bytes (reader, size);

  if (self->coming.selection >= SPC_CLIPBOARD_SELECTIONS)
    return;
  selection = &self->selections[self->coming.selection];
  self->is_taken = may_give (self) &&
                   selection->asking.type != VD_AGENT_CLIPBOARD_NONE &&
                   selection->asking.type == self->coming.type;
  g_clear_pointer (&self->data, g_byte_array_unref); /* said twice */
  if (!self->is_taken)
    return;
  self->data = g_byte_array_new ();
  take_piece (self, data, (uint32_t)size);
}

bool
spc_clipboard_viewer_restore (SpcClipboardViewer *self, const QxlTail *state,
                              GError **error)
{
  const uint8_t *prefix;
  QxlReader reader;
  uint8_t format;

  qxl_reader_init (&reader, state->data, state->size);
  for (uint8_t i = 0; i < SPC_CLIPBOARD_SELECTIONS; i++)
    restore_selection (self, i, &reader);
  self->has_max = qxl_reader_u8 (&reader) != 0;
  self->max_size = qxl_reader_u32 (&reader);
  format = qxl_reader_u8 (&reader);
  self->format = (SpcClipboardFormat){
      .has_selection = (format & HAS_SELECTION) != 0,
      .has_serial = (format & HAS_SERIAL) != 0,
  };
  prefix = qxl_reader_bytes (&reader, sizeof self->prefix);
  if (prefix != NULL)
    memcpy (self->prefix, prefix, sizeof self->prefix);
  self->coming.selection = qxl_reader_u8 (&reader);
  self->coming.type = qxl_reader_u32 (&reader);
  if (qxl_reader_u8 (&reader) != 0)
    restore_data (self, &reader);
  return qxl_reader_finish (&reader, "a clipboard's migration data", error);
}

/* life */

void
spc_clipboard_viewer_begin (SpcClipboardViewer *self, SpcAgentViewer *viewer,
                            const SpcClipboardRules *rules)
{
  self->viewer = viewer;
  self->rules = rules;
}

void
spc_clipboard_viewer_end (SpcClipboardViewer *self)
{
  for (uint8_t i = 0; i < SPC_CLIPBOARD_SELECTIONS; i++) {
    SpcClipboardSelection *selection = &self->selections[i];

    lose (self, i);
    g_clear_pointer (&selection->asked.timer, spc_timer_free);
    g_clear_pointer (&selection->asking.timer, spc_timer_free);
  }
  g_clear_pointer (&self->data, g_byte_array_unref);
}
