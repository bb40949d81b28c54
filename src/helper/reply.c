// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Answering a method call.

#include "reply.h"

#include "dbus/errors.h"
#include "dbus/text.h"
#include "device/errors.h"

void
platter_reply_error (GDBusMethodInvocation *invocation, const GError *error)
{
  gboolean has_name
    = error->domain == PLATTER_HELPER_ERROR
      || (error->domain == PLATTER_DEVICE_ERROR && error->code != PLATTER_DEVICE_ERROR_FAILED);
  /* Names of files and drives are in it. */
  g_autofree char *plain = platter_text_dup_plain (error->message);

  g_dbus_method_invocation_return_error_literal (
    g_object_ref (invocation), has_name ? error->domain : PLATTER_HELPER_ERROR,
    has_name ? error->code : (int)PLATTER_HELPER_ERROR_FAILED, plain);
}

gboolean
platter_reply_is_interactive (GDBusMethodInvocation *invocation)
{
  GDBusMessage *message = g_dbus_method_invocation_get_message (invocation);

  return (g_dbus_message_get_flags (message) & G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION)
         != 0;
}
