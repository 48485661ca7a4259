/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One end of a USB redirection over stdin and stdout, with packets made and
 * read by usbredirparser: as "host" a viewer with a device, as "guest" the
 * machine that uses it. The guest asks for a configuration, then sends blocks
 * of many sizes, each when the one before has come back; when all have as they
 * were it says on stderr: "equal 40 blocks". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <usbredirparser.h>

#define N_BLOCKS 40
#define MAX_BLOCK 60000
#define ENDPOINT 0x02

typedef struct {
  struct usbredirparser *parser;
  unsigned n_back; /* guest: blocks that came back as they were */
} End;

static int
block_size (uint64_t id)
{
  return (int)(id * id * 37 % MAX_BLOCK);
}

static uint8_t
block_byte (uint64_t id, int i)
{
  return (uint8_t)(id * 31 + (unsigned)i * 7 + (unsigned)i / 256);
}

/* what the parser asks */

static void
on_log (void *priv, int level, const char *text)
{
  if (level <= usbredirparser_warning)
    fprintf (stderr, "%s\n", text);
}

/* at least a byte is waited for before it is called */
static int
on_read (void *priv, uint8_t *data, int count)
{
  static uint8_t buffer[65536];
  static ssize_t filled, taken;
  int n;

  if (taken == filled) {
    if (filled > 0) {
      filled = taken = 0;
      return 0; /* the parser comes again when there is more */
    }
    filled = read (STDIN_FILENO, buffer, sizeof buffer);
    taken = 0;
    if (filled <= 0)
      exit (filled == 0 ? 0 : 1);
  }
  n = (int)(filled - taken) < count ? (int)(filled - taken) : count;
  memcpy (data, buffer + taken, (size_t)n);
  taken += n;
  return n;
}

static int
on_write (void *priv, uint8_t *data, int count)
{
  ssize_t n = write (STDOUT_FILENO, data, (size_t)count);

  return n < 0 ? -1 : (int)n;
}

/* host */

static void
plug_in (End *self)
{
  struct usb_redir_interface_info_header interfaces = {.interface_count = 1};
  struct usb_redir_ep_info_header endpoints;
  struct usb_redir_device_connect_header device = {
      .speed = usb_redir_speed_high,
      .device_class = 0xff,
      .vendor_id = 0x1234,
      .product_id = 0x5678,
  };

  memset (&endpoints, 0, sizeof endpoints);
  memset (endpoints.type, usb_redir_type_invalid, sizeof endpoints.type);
  endpoints.type[ENDPOINT] = usb_redir_type_bulk;
  interfaces.interface_class[0] = 0xff;
  usbredirparser_send_interface_info (self->parser, &interfaces);
  usbredirparser_send_ep_info (self->parser, &endpoints);
  usbredirparser_send_device_connect (self->parser, &device);
}

static void
on_host_hello (void *priv, struct usb_redir_hello_header *hello)
{
  plug_in (priv);
}

static void
on_set_configuration (void *priv, uint64_t id,
                      struct usb_redir_set_configuration_header *wish)
{
  End *self = priv;
  struct usb_redir_configuration_status_header status = {
      .status = usb_redir_success, .configuration = wish->configuration};

  usbredirparser_send_configuration_status (self->parser, id, &status);
}

/* it echoes */
static void
on_host_bulk (void *priv, uint64_t id,
              struct usb_redir_bulk_packet_header *head, uint8_t *data,
              int size)
{
  End *self = priv;

  head->endpoint |= 0x80;
  usbredirparser_send_bulk_packet (self->parser, id, head, data, size);
  usbredirparser_free_packet_data (self->parser, data);
}

/* guest */

static void
on_guest_hello (void *priv, struct usb_redir_hello_header *hello)
{
}

static void
on_interfaces (void *priv, struct usb_redir_interface_info_header *info)
{
  if (info->interface_count != 1 || info->interface_class[0] != 0xff)
    exit (1);
}

static void
on_endpoints (void *priv, struct usb_redir_ep_info_header *info)
{
  if (info->type[ENDPOINT] != usb_redir_type_bulk)
    exit (1);
}

static void
on_device_connect (void *priv, struct usb_redir_device_connect_header *device)
{
  End *self = priv;
  struct usb_redir_set_configuration_header wish = {.configuration = 1};

  if (device->vendor_id != 0x1234 || device->product_id != 0x5678)
    exit (1);
  usbredirparser_send_set_configuration (self->parser, 1, &wish);
}

static void
send_block (End *self, uint64_t id)
{
  static uint8_t data[MAX_BLOCK];
  int size = block_size (id);
  struct usb_redir_bulk_packet_header head = {
      .endpoint = ENDPOINT,
      .length = (uint16_t)size,
      .length_high = (uint16_t)(size >> 16),
  };

  for (int i = 0; i < size; i++)
    data[i] = block_byte (id, i);
  usbredirparser_send_bulk_packet (self->parser, id, &head, data, size);
}

static void
on_configuration (void *priv, uint64_t id,
                  struct usb_redir_configuration_status_header *status)
{
  if (status->status != usb_redir_success || status->configuration != 1)
    exit (1);
  send_block (priv, 1);
}

static void
on_guest_bulk (void *priv, uint64_t id,
               struct usb_redir_bulk_packet_header *head, uint8_t *data,
               int size)
{
  End *self = priv;

  if (id != self->n_back + 1 || size != block_size (id))
    exit (1);
  for (int i = 0; i < size; i++)
    if (data[i] != block_byte (id, i))
      exit (1);
  usbredirparser_free_packet_data (self->parser, data);
  if (++self->n_back < N_BLOCKS) {
    send_block (self, self->n_back + 1);
    return;
  }
  fprintf (stderr, "equal %u blocks\n", self->n_back);
  exit (0);
}

/* life */

static void
begin (End *self, int is_host)
{
  uint32_t caps[USB_REDIR_CAPS_SIZE] = {0};
  struct usbredirparser *parser = usbredirparser_create ();

  self->parser = parser;
  parser->priv = self;
  parser->log_func = on_log;
  parser->read_func = on_read;
  parser->write_func = on_write;
  if (is_host) {
    parser->hello_func = on_host_hello;
    parser->set_configuration_func = on_set_configuration;
    parser->bulk_packet_func = on_host_bulk;
  } else {
    parser->hello_func = on_guest_hello;
    parser->interface_info_func = on_interfaces;
    parser->ep_info_func = on_endpoints;
    parser->device_connect_func = on_device_connect;
    parser->configuration_status_func = on_configuration;
    parser->bulk_packet_func = on_guest_bulk;
  }
  usbredirparser_caps_set_cap (caps, usb_redir_cap_connect_device_version);
  usbredirparser_caps_set_cap (caps, usb_redir_cap_ep_info_max_packet_size);
  usbredirparser_caps_set_cap (caps, usb_redir_cap_64bits_ids);
  usbredirparser_caps_set_cap (caps, usb_redir_cap_32bits_bulk_length);
  usbredirparser_init (parser, "usb-end", caps, USB_REDIR_CAPS_SIZE,
                       is_host ? usbredirparser_fl_usb_host : 0);
}

int
main (int argc, char **argv)
{
  End self = {0};

  begin (&self, argc == 2 && strcmp (argv[1], "host") == 0);
  for (;;) {
    while (usbredirparser_has_data_to_write (self.parser))
      if (usbredirparser_do_write (self.parser) < 0)
        return 1;
    if (usbredirparser_do_read (self.parser) < 0)
      return 1;
  }
}
