// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Who calls: the uid behind a name on the bus.

#include "callers.h"

#include "dbus/errors.h"

#define CALLERS_BUS_NAME "org.freedesktop.DBus"
#define CALLERS_BUS_PATH "/org/freedesktop/DBus"

typedef struct
{
  PlatterCaller *caller;
  GPtrArray *waiting; /* (element-type GTask) (nullable): %NULL once the uid is known */
} CallersEntry;

struct _PlatterCallers
{
  GDBusConnection *connection;
  gboolean has_bus;
  GHashTable *entries; /* name -> CallersEntry */
  guint n_subscribers;
  PlatterCallersChanged changed;
  gpointer data;
};

static void
callers_clear_one (gpointer data)
{
  PlatterCaller *self = data;

  g_free (self->name);
  g_object_unref (self->gone);
}

PlatterCaller *
platter_caller_ref (PlatterCaller *self)
{
  return g_rc_box_acquire (self);
}

void
platter_caller_unref (PlatterCaller *self)
{
  g_rc_box_release_full (self, callers_clear_one);
}

static void
callers_refuse (GTask *task)
{
  g_task_return_new_error (task, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_NOT_AUTHORIZED,
                           "The bus does not tell who you are.");
}

static void
callers_answer (CallersEntry *entry, gboolean is_known)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&entry->waiting);

  for (guint i = 0; waiting != NULL && i < waiting->len; i++)
    {
      GTask *task = waiting->pdata[i];
      if (is_known)
        g_task_return_pointer (task, platter_caller_ref (entry->caller),
                               (GDestroyNotify)platter_caller_unref);
      else
        callers_refuse (task);
    }
}

static void
callers_entry_free (gpointer data)
{
  CallersEntry *entry = data;

  callers_answer (entry, FALSE);
  g_cancellable_cancel (entry->caller->gone);
  platter_caller_unref (entry->caller);
  g_free (entry);
}

static CallersEntry *
callers_add (PlatterCallers *self, const char *name, uid_t uid)
{
  CallersEntry *entry = g_new0 (CallersEntry, 1);

  entry->caller = g_rc_box_new0 (PlatterCaller);
  entry->caller->name = g_strdup (name);
  entry->caller->uid = uid;
  entry->caller->gone = g_cancellable_new ();
  g_hash_table_insert (self->entries, entry->caller->name, entry);
  return entry;
}

static void
callers_remove (PlatterCallers *self, const char *name)
{
  CallersEntry *entry = g_hash_table_lookup (self->entries, name);
  gboolean was_subscribed = entry != NULL && entry->caller->is_subscribed;

  g_hash_table_remove (self->entries, name);
  if (was_subscribed && --self->n_subscribers == 0 && self->changed != NULL)
    self->changed (FALSE, self->data);
}

static void
callers_name_lost_cb (GDBusConnection *connection,
                      const char *sender,
                      const char *path,
                      const char *interface,
                      const char *signal,
                      GVariant *parameters,
                      gpointer data)
{
  const char *name;
  const char *new_owner;

  g_variant_get (parameters, "(&s&s&s)", &name, NULL, &new_owner);
  if (new_owner[0] == '\0')
    callers_remove (data, name);
}

PlatterCallers *
platter_callers_new_for_bus (GDBusConnection *connection,
                             PlatterCallersChanged changed,
                             gpointer data)
{
  PlatterCallers *self = g_new0 (PlatterCallers, 1);

  self->connection = g_object_ref (connection);
  self->has_bus = TRUE;
  self->changed = changed;
  self->data = data;
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, callers_entry_free);
  g_dbus_connection_signal_subscribe (connection, CALLERS_BUS_NAME, CALLERS_BUS_NAME,
                                      "NameOwnerChanged", CALLERS_BUS_PATH, NULL,
                                      G_DBUS_SIGNAL_FLAGS_NONE, callers_name_lost_cb, self, NULL);
  return self;
}

PlatterCallers *
platter_callers_new_for_peer (GDBusConnection *connection, uid_t uid)
{
  PlatterCallers *self = g_new0 (PlatterCallers, 1);

  self->connection = g_object_ref (connection);
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, callers_entry_free);
  callers_add (self, "", uid);
  return self;
}

typedef struct
{
  PlatterCallers *callers;
  char *name;
} CallersQuestion;

static void
callers_uid_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  CallersQuestion *question = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  CallersEntry *entry = g_hash_table_lookup (question->callers->entries, question->name);
  guint32 uid = G_MAXUINT32;

  if (reply != NULL)
    g_variant_get (reply, "(u)", &uid);
  if (entry != NULL && uid == G_MAXUINT32)
    callers_remove (question->callers, question->name);
  else if (entry != NULL)
    {
      entry->caller->uid = uid;
      callers_answer (entry, TRUE);
    }
  g_free (question->name);
  g_free (question);
}

static CallersEntry *
callers_ask (PlatterCallers *self, const char *sender)
{
  CallersEntry *entry = callers_add (self, sender, (uid_t)-1);
  CallersQuestion *question = g_new0 (CallersQuestion, 1);

  entry->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  question->callers = self;
  question->name = g_strdup (sender);
  g_dbus_connection_call (self->connection, CALLERS_BUS_NAME, CALLERS_BUS_PATH, CALLERS_BUS_NAME,
                          "GetConnectionUnixUser", g_variant_new ("(s)", sender),
                          G_VARIANT_TYPE ("(u)"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, callers_uid_cb,
                          question);
  return entry;
}

void
platter_callers_find_async (PlatterCallers *self,
                            const char *sender,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  const char *name = self->has_bus ? sender : "";
  CallersEntry *entry = name != NULL ? g_hash_table_lookup (self->entries, name) : NULL;

  if (entry == NULL && self->has_bus && name != NULL)
    entry = callers_ask (self, name);
  if (entry == NULL)
    callers_refuse (task);
  else if (entry->waiting != NULL)
    g_ptr_array_add (entry->waiting, g_steal_pointer (&task));
  else
    g_task_return_pointer (task, platter_caller_ref (entry->caller),
                           (GDestroyNotify)platter_caller_unref);
}

PlatterCaller *
platter_callers_find_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
platter_callers_subscribe (PlatterCallers *self, PlatterCaller *caller)
{
  if (caller->is_subscribed || g_cancellable_is_cancelled (caller->gone))
    return;
  caller->is_subscribed = TRUE;
  if (++self->n_subscribers == 1 && self->changed != NULL)
    self->changed (TRUE, self->data);
}

void
platter_callers_emit (PlatterCallers *self,
                      uid_t owner,
                      const char *path,
                      const char *interface,
                      const char *signal,
                      GVariant *parameters)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (parameters);
  GHashTableIter iter;
  CallersEntry *entry;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *)&entry))
    if (entry->caller->is_subscribed && entry->caller->uid == owner)
      g_dbus_connection_emit_signal (self->connection, self->has_bus ? entry->caller->name : NULL,
                                     path, interface, signal, owned, NULL);
}
