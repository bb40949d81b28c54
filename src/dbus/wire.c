// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The messages between helper and worker.

#include "wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define WIRE_TYPE G_VARIANT_TYPE ("(sa{sv})")

static gboolean
wire_fail_errno (GError **error, const char *verb, int saved_errno)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno), "%s a message: %s", verb,
               g_strerror (saved_errno));
  return FALSE;
}

static void
wire_attach_fds (
  struct msghdr *header, char *control, gsize control_bytes, const int *fds, guint n_fds)
{
  struct cmsghdr *part;

  if (n_fds == 0)
    return;
  memset (control, 0, control_bytes);
  header->msg_control = control;
  header->msg_controllen = CMSG_SPACE (n_fds * sizeof (int));
  part = CMSG_FIRSTHDR (header);
  part->cmsg_level = SOL_SOCKET;
  part->cmsg_type = SCM_RIGHTS;
  part->cmsg_len = CMSG_LEN (n_fds * sizeof (int));
  memcpy (CMSG_DATA (part), fds, n_fds * sizeof (int));
}

gboolean
platter_wire_send (
  int socket, const char *name, GVariant *content, const int *fds, guint n_fds, GError **error)
{
  g_autoptr (GVariant) message = g_variant_ref_sink (g_variant_new ("(s@a{sv})", name, content));
  struct iovec part
    = { .iov_base = (void *)g_variant_get_data (message), .iov_len = g_variant_get_size (message) };
  struct msghdr header = { .msg_iov = &part, .msg_iovlen = 1 };
  char control[CMSG_SPACE (PLATTER_WIRE_MAX_FDS * sizeof (int))] __attribute__ ((aligned (8)));
  gssize sent;

  g_return_val_if_fail (n_fds <= PLATTER_WIRE_MAX_FDS, FALSE);
  if (part.iov_len > PLATTER_WIRE_MAX_BYTES)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                   "A message \"%s\" of %zu bytes is too large.", name, part.iov_len);
      return FALSE;
    }
  wire_attach_fds (&header, control, sizeof control, fds, n_fds);
  do
    sent = sendmsg (socket, &header, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent >= 0 || wire_fail_errno (error, "Sending", errno);
}

/* Takes every descriptor that came, so that none can leak; more than fit are closed. */
static void
wire_take_fds (PlatterWireMessage *message, struct msghdr *header)
{
  for (struct cmsghdr *part = CMSG_FIRSTHDR (header); part; part = CMSG_NXTHDR (header, part))
    {
      gsize count = (part->cmsg_len - CMSG_LEN (0)) / sizeof (int);

      if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
        continue;
      for (gsize i = 0; i < count; i++)
        {
          int fd;

          memcpy (&fd, CMSG_DATA (part) + i * sizeof (int), sizeof fd);
          if (message->n_fds < PLATTER_WIRE_MAX_FDS)
            message->fds[message->n_fds++] = fd;
          else
            close (fd);
        }
    }
}

static gboolean
wire_parse (PlatterWireMessage *message, const void *data, gsize size, GError **error)
{
  /* A copy: GVariant wants its bytes aligned, and they live as long as it does. */
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GVariant) parsed
    = g_variant_ref_sink (g_variant_new_from_bytes (WIRE_TYPE, bytes, FALSE));

  if (!g_variant_is_normal_form (parsed))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "What was received is no message.");
      return FALSE;
    }
  g_variant_get (parsed, "(s@a{sv})", &message->name, &message->content);
  return TRUE;
}

gboolean
platter_wire_receive (int socket, PlatterWireMessage *message, GError **error)
{
  g_autofree char *data = g_malloc (PLATTER_WIRE_MAX_BYTES);
  struct iovec part = { .iov_base = data, .iov_len = PLATTER_WIRE_MAX_BYTES };
  char control[CMSG_SPACE (PLATTER_WIRE_MAX_FDS * sizeof (int))] __attribute__ ((aligned (8)));
  struct msghdr header = {
    .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
  };
  gssize received;

  memset (message, 0, sizeof *message);
  do
    received = recvmsg (socket, &header, MSG_CMSG_CLOEXEC);
  while (received < 0 && errno == EINTR);
  if (received < 0 && errno == ECONNRESET)
    return TRUE;
  if (received < 0)
    return wire_fail_errno (error, "Receiving", errno);
  wire_take_fds (message, &header);
  if (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC))
    {
      platter_wire_message_clear (message);
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           "A message was received that is too large.");
      return FALSE;
    }
  if (received == 0)
    return TRUE;
  if (wire_parse (message, data, (gsize)received, error))
    return TRUE;
  platter_wire_message_clear (message);
  return FALSE;
}

int
platter_wire_message_steal_fd (PlatterWireMessage *message, guint index)
{
  int fd = -1;

  if (index < message->n_fds)
    {
      fd = message->fds[index];
      message->fds[index] = -1;
    }
  return fd;
}

void
platter_wire_message_clear (PlatterWireMessage *message)
{
  g_clear_pointer (&message->name, g_free);
  g_clear_pointer (&message->content, g_variant_unref);
  for (guint i = 0; i < message->n_fds; i++)
    if (message->fds[i] >= 0)
      close (message->fds[i]);
  message->n_fds = 0;
}
