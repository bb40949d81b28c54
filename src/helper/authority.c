// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Asking polkit whether a caller may do something.

#include "config.h"

#include "authority.h"

#include "dbus/errors.h"

#define AUTHORITY_NAME "org.freedesktop.PolicyKit1"
#define AUTHORITY_PATH "/org/freedesktop/PolicyKit1/Authority"
#define AUTHORITY_INTERFACE "org.freedesktop.PolicyKit1.Authority"
#define AUTHORITY_ALLOW_INTERACTION 1
/* As long as somebody may need to find the password. */
#define AUTHORITY_TIMEOUT_MS (10 * 60 * 1000)

typedef struct
{
  GDBusConnection *bus;
  PlatterCaller *caller;
  GCancellable *given_up;
  char *cancellation_id;
} AuthorityQuestion;

static void
authority_question_free (gpointer data)
{
  AuthorityQuestion *self = data;

  g_clear_object (&self->bus);
  platter_caller_unref (self->caller);
  g_object_unref (self->given_up);
  g_free (self->cancellation_id);
  g_free (self);
}

static void
authority_deny (GTask *task, const char *why)
{
  g_task_return_new_error (task, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_NOT_AUTHORIZED,
                           "That needs an administrator’s permission: %s.", why);
}

/* Takes the password dialog away that nobody waits for any more. */
static void
authority_withdraw (AuthorityQuestion *question)
{
  g_dbus_connection_call (question->bus, AUTHORITY_NAME, AUTHORITY_PATH, AUTHORITY_INTERFACE,
                          "CancelCheckAuthorization",
                          g_variant_new ("(s)", question->cancellation_id), NULL,
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, NULL, NULL);
}

static gboolean
authority_is_absent (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND);
}

static void
authority_answer_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  AuthorityQuestion *question = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  gboolean is_authorized = FALSE;
  gboolean is_challenge = FALSE;

  if (reply != NULL)
    g_variant_get (reply, "((bba{ss}))", &is_authorized, &is_challenge, NULL);
  if (g_cancellable_is_cancelled (question->given_up))
    {
      authority_withdraw (question);
      authority_deny (task, "whoever asked has left or has given it up");
    }
  else if (is_authorized || (authority_is_absent (error) && question->caller->uid == 0))
    g_task_return_boolean (task, TRUE);
  else if (authority_is_absent (error))
    authority_deny (task, "polkit, which would ask for it, is not running");
  else if (error != NULL)
    {
      g_dbus_error_strip_remote_error (error);
      g_message ("polkit did not answer: %s", error->message);
      authority_withdraw (question);
      authority_deny (task, error->message);
    }
  else
    authority_deny (task, is_challenge ? "nobody could be asked for it" : "it was not given");
}

static GVariant *
authority_build_details (const char *message, const char *drive)
{
  GVariantBuilder details;

  g_variant_builder_init (&details, G_VARIANT_TYPE ("a{ss}"));
  if (drive != NULL)
    g_variant_builder_add (&details, "{ss}", "drive", drive);
  if (message != NULL)
    {
      g_variant_builder_add (&details, "{ss}", "polkit.message", message);
      g_variant_builder_add (&details, "{ss}", "polkit.gettext_domain", GETTEXT_PACKAGE);
    }
  return g_variant_builder_end (&details);
}

static GVariant *
authority_build_subject (const PlatterCaller *caller)
{
  GVariantDict subject;

  g_variant_dict_init (&subject, NULL);
  g_variant_dict_insert (&subject, "name", "s", caller->name);
  return g_variant_new ("(s@a{sv})", "system-bus-name", g_variant_dict_end (&subject));
}

void
platter_authority_check_async (GDBusConnection *bus,
                               PlatterCaller *caller,
                               const char *action,
                               const char *message,
                               const char *drive,
                               gboolean is_interactive,
                               GCancellable *given_up,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  AuthorityQuestion *question;

  if (bus == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  question = g_new0 (AuthorityQuestion, 1);
  question->bus = g_object_ref (bus);
  question->caller = platter_caller_ref (caller);
  question->given_up = g_object_ref (given_up);
  question->cancellation_id = g_uuid_string_random ();
  g_task_set_task_data (task, question, authority_question_free);
  g_dbus_connection_call (
    bus, AUTHORITY_NAME, AUTHORITY_PATH, AUTHORITY_INTERFACE, "CheckAuthorization",
    g_variant_new ("(@(sa{sv})s@a{ss}us)", authority_build_subject (caller), action,
                   authority_build_details (message, drive),
                   is_interactive ? AUTHORITY_ALLOW_INTERACTION : 0, question->cancellation_id),
    G_VARIANT_TYPE ("((bba{ss}))"), G_DBUS_CALL_FLAGS_NONE, AUTHORITY_TIMEOUT_MS, given_up,
    authority_answer_cb, g_steal_pointer (&task));
}

gboolean
platter_authority_check_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
