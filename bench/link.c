/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bench-link – runs a program behind a slow network.
 *
 *   unshare -rn bench-link --delay-ms=40 --mbit=5 -- PROGRAM …
 *
 * The program runs in a network of its own as 10.55.0.2; where bench-link was
 * started is 10.55.0.1 for it. Between the two are tunnel devices whose packets
 * wait their time: a queue that drops what is too much, a rate, a delay, each
 * way. So TCP behaves as on a real line: it sees a round trip, it loses
 * packets, and the sender's kernel knows of both. Lines of standard input are
 * new rates in Mbit/s. Ends as the program does. Needs /dev/net/tun and the
 * right to make networks, which `unshare -rn` gives. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEAR_ADDRESS "10.55.0.1"
#define FAR_ADDRESS "10.55.0.2"
#define NETMASK "255.255.255.0"
#define MAX_PACKET 2048
#define QUEUE_US 100000 /* what a line's own buffer holds at its rate */
#define MIN_QUEUE_BYTES 32768
#define LOOK_US 100000 /* how long to sleep at most: the program may end */

typedef struct {
  gint64 at_us; /* when it arrives */
  guint size;
  guint8 bytes[MAX_PACKET];
} Packet;

/* one way */
typedef struct {
  int from, to;
  GQueue packets; /* Packet, owned, in the order they arrive */
  gint64 free_us; /* the line has sent all it took */
  guint64 carried, dropped;
} Way;

typedef struct {
  gint64 delay_us;
  double bits_per_us; /* which is Mbit/s */
  Way ways[2];
  pid_t child;
} Link;

static void
die (const char *what)
{
  fprintf (stderr, "bench-link: %s: %s\n", what, strerror (errno));
  exit (2);
}

static void
set_address (int control, const char *name, unsigned long request,
             const char *address)
{
  struct ifreq wish = {0};
  struct sockaddr_in *in = (struct sockaddr_in *)(void *)&wish.ifr_addr;

  g_strlcpy (wish.ifr_name, name, sizeof wish.ifr_name);
  in->sin_family = AF_INET;
  inet_pton (AF_INET, address, &in->sin_addr);
  if (ioctl (control, request, &wish) != 0)
    die (address);
}

static void
bring_up (int control, const char *name)
{
  struct ifreq wish = {0};

  g_strlcpy (wish.ifr_name, name, sizeof wish.ifr_name);
  wish.ifr_flags = IFF_UP | IFF_RUNNING;
  if (ioctl (control, SIOCSIFFLAGS, &wish) != 0)
    die (name);
}

/* A tunnel device of the network we are in now. */
static int
open_tunnel (const char *name, const char *address)
{
  struct ifreq wish = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  int tunnel = open ("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  int control = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  g_strlcpy (wish.ifr_name, name, sizeof wish.ifr_name);
  if (tunnel < 0 || control < 0 || ioctl (tunnel, TUNSETIFF, &wish) != 0)
    die ("/dev/net/tun");
  set_address (control, name, SIOCSIFADDR, address);
  set_address (control, name, SIOCSIFNETMASK, NETMASK);
  bring_up (control, name);
  bring_up (control, "lo");
  close (control);
  return tunnel;
}

static pid_t
start (char **command)
{
  pid_t child = fork ();

  if (child < 0)
    die ("fork");
  if (child > 0)
    return child;
  prctl (PR_SET_PDEATHSIG, SIGTERM);
  dup2 (open ("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
  execvp (command[0], command);
  die (command[0]);
  return -1;
}

/* carrying */

static gint64
line_time_us (const Link *self, guint size)
{
  return (gint64)(size * 8 / self->bits_per_us);
}

static gboolean
is_full (const Link *self, const Way *way, gint64 now_us)
{
  gint64 waiting_us = way->free_us - now_us;
  return waiting_us > QUEUE_US &&
         waiting_us > line_time_us (self, MIN_QUEUE_BYTES);
}

static void
take (Link *self, Way *way)
{
  guint8 bytes[MAX_PACKET];
  ssize_t size;

  while ((size = read (way->from, bytes, sizeof bytes)) > 0) {
    gint64 now_us = g_get_monotonic_time ();
    if (is_full (self, way, now_us)) {
      way->dropped++;
      continue;
    }
    Packet *packet = g_new (Packet, 1);
    packet->size = (guint)size;
    memcpy (packet->bytes, bytes, packet->size);
    way->free_us =
        MAX (way->free_us, now_us) + line_time_us (self, packet->size);
    packet->at_us = way->free_us + self->delay_us;
    g_queue_push_tail (&way->packets, packet);
  }
}

static void
deliver (Way *way)
{
  const Packet *next;

  while ((next = g_queue_peek_head (&way->packets)) &&
         next->at_us <= g_get_monotonic_time ()) {
    /* a device that is full or gone loses the packet, as networks do */
    if (write (way->to, next->bytes, next->size) == (ssize_t)next->size)
      way->carried++;
    g_free (g_queue_pop_head (&way->packets));
  }
}

static gint64
next_us (const Link *self)
{
  gint64 at_us = g_get_monotonic_time () + LOOK_US;
  for (guint i = 0; i < G_N_ELEMENTS (self->ways); i++) {
    const Packet *next = g_queue_peek_head ((GQueue *)&self->ways[i].packets);
    if (next)
      at_us = MIN (at_us, next->at_us);
  }
  return at_us;
}

/* FALSE: nobody tells rates any more. */
static gboolean
hear_rate (Link *self)
{
  char line[64];
  ssize_t size = read (STDIN_FILENO, line, sizeof line - 1);

  if (size <= 0)
    return FALSE;
  line[size] = '\0';
  double mbit = g_ascii_strtod (line, NULL);
  if (mbit > 0)
    self->bits_per_us = mbit;
  return TRUE;
}

static int
carry (Link *self)
{
  struct pollfd waits[] = {{self->ways[0].from, POLLIN, 0},
                           {self->ways[1].from, POLLIN, 0},
                           {STDIN_FILENO, POLLIN, 0}};
  int status;

  while (waitpid (self->child, &status, WNOHANG) == 0) {
    gint64 left_us = MAX (0, next_us (self) - g_get_monotonic_time ());
    struct timespec left = {left_us / G_USEC_PER_SEC,
                            left_us % G_USEC_PER_SEC * 1000};
    ppoll (waits, G_N_ELEMENTS (waits), &left, NULL);
    if (waits[2].revents && !hear_rate (self))
      waits[2].fd = -1;
    for (guint i = 0; i < G_N_ELEMENTS (self->ways); i++) {
      take (self, &self->ways[i]);
      deliver (&self->ways[i]);
    }
  }
  return WIFEXITED (status) ? WEXITSTATUS (status) : 1;
}

static gboolean
parse_options (Link *self, int *argc, char ***argv)
{
  double delay_ms = 40, mbit = 100;
  const GOptionEntry entries[] = {
      {"delay-ms", 0, 0, G_OPTION_ARG_DOUBLE, &delay_ms, "Each way (40)", "MS"},
      {"mbit", 0, 0, G_OPTION_ARG_DOUBLE, &mbit, "Mbit/s at first (100)", "N"},
      {NULL},
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GOptionContext) context = g_option_context_new ("-- PROGRAM …");
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_strict_posix (context, TRUE);
  if (!g_option_context_parse (context, argc, argv, &error)) {
    g_printerr ("%s\n", error->message);
    return FALSE;
  }
  if (*argc > 1 && g_str_equal ((*argv)[1], "--")) {
    (*argc)--;
    (*argv)++;
  }
  self->delay_us = (gint64)(delay_ms * 1000);
  self->bits_per_us = mbit;
  return *argc > 1 && delay_ms >= 0 && mbit > 0;
}

int
main (int argc, char **argv)
{
  Link self = {0};

  if (!parse_options (&self, &argc, &argv)) {
    g_printerr ("usage: bench-link [--delay-ms=N] [--mbit=N] -- PROGRAM …\n");
    return 2;
  }
  int near = open_tunnel ("benchnear", NEAR_ADDRESS);
  if (unshare (CLONE_NEWNET) != 0)
    die ("a network of its own");
  int far = open_tunnel ("benchfar", FAR_ADDRESS);
  self.ways[0] = (Way){.from = near, .to = far};
  self.ways[1] = (Way){.from = far, .to = near};
  self.child = start (argv + 1);
  int status = carry (&self);
  fprintf (stderr,
           "bench-link: %" G_GUINT64_FORMAT
           " packets to the program, %" G_GUINT64_FORMAT " dropped\n",
           self.ways[0].carried, self.ways[0].dropped);
  for (guint i = 0; i < G_N_ELEMENTS (self.ways); i++)
    g_queue_clear_full (&self.ways[i].packets, g_free);
  return status;
}
