// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// One job of the helper.

#include "config.h"

#include "job.h"

#include <glib/gi18n-lib.h>
#include <unistd.h>

#include "../dbus/names.h"
#include "job-private.h"
#include "job-target-private.h"

G_DEFINE_FINAL_TYPE (PlatterJob, platter_job, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ID,
  PROP_KIND,
  PROP_OUTCOME,
  PROP_PHASE,
  PROP_LIMIT,
  PROP_TITLE,
  PROP_SOURCE_NAME,
  PROP_SOURCE_DEVICE,
  PROP_ERROR_CODE,
  PROP_ERROR_MESSAGE,
  PROP_QUESTION,
  PROP_TOTAL_BYTES,
  PROP_DONE_BYTES,
  PROP_READ_BYTES,
  PROP_ZERO_BYTES,
  PROP_RATE,
  PROP_SIZE_BYTES,
  PROP_STARTED,
  PROP_REMAINING_US,
  PROP_ELAPSED_US,
  PROP_STALLED_US,
  PROP_PERCENT,
  PROP_FRACTION,
  PROP_IS_RUNNING,
  PROP_IS_LOST,
  PROP_IS_PAUSED,
  PROP_TARGETS,
  N_PROPS,
};

enum
{
  SIGNAL_ENDED,
  N_SIGNALS,
};

static GParamSpec *job_props[N_PROPS];
static guint job_signals[N_SIGNALS];

static void
job_finalize (GObject *object)
{
  PlatterJob *self = PLATTER_JOB (object);

  g_clear_object (&self->connection);
  if (self->map_fd >= 0)
    close (self->map_fd);
  g_object_unref (self->targets);
  g_variant_unref (self->progress);
  g_variant_unref (self->details);
  g_clear_pointer (&self->report, g_variant_unref);
  g_clear_pointer (&self->written, g_variant_unref);
  platter_speed_history_free (self->speed);
  platter_rescue_trend_free (self->trend);
  g_free (self->bus_name);
  g_free (self->object_path);
  g_free (self->title);
  g_clear_pointer (&self->resumable, g_variant_unref);
  g_free (self->outcome);
  g_free (self->trouble);
  g_free (self->map_trouble);
  g_free (self->kind);
  g_clear_pointer (&self->ending_data, self->ending_free);
  G_OBJECT_CLASS (platter_job_parent_class)->finalize (object);
}

static const char *
job_get_string (PlatterJob *self, guint id)
{
  switch (id)
    {
    case PROP_KIND:
      return platter_job_get_kind (self);
    case PROP_OUTCOME:
      return platter_job_get_outcome (self);
    case PROP_PHASE:
      return platter_job_get_phase (self);
    case PROP_LIMIT:
      return platter_job_get_limit (self);
    case PROP_TITLE:
      return platter_job_get_title (self);
    case PROP_SOURCE_NAME:
      return platter_job_get_source_name (self);
    case PROP_SOURCE_DEVICE:
      return platter_job_get_source_device (self);
    case PROP_QUESTION:
      return platter_job_get_question (self);
    case PROP_ERROR_CODE:
      return platter_job_get_error_code (self);
    default:
      return platter_job_get_error_message (self);
    }
}

static guint64
job_get_number (PlatterJob *self, guint id)
{
  switch (id)
    {
    case PROP_TOTAL_BYTES:
      return platter_job_get_total_bytes (self);
    case PROP_DONE_BYTES:
      return platter_job_get_done_bytes (self);
    case PROP_READ_BYTES:
      return platter_job_get_read_bytes (self);
    case PROP_ZERO_BYTES:
      return platter_job_get_zero_bytes (self);
    case PROP_RATE:
      return platter_job_get_rate (self);
    case PROP_SIZE_BYTES:
      return platter_job_get_size_bytes (self);
    default:
      return platter_job_get_started (self);
    }
}

static gint64
job_get_time (PlatterJob *self, guint id)
{
  switch (id)
    {
    case PROP_REMAINING_US:
      return platter_job_get_remaining_us (self);
    case PROP_ELAPSED_US:
      return platter_job_get_elapsed_us (self);
    default:
      return platter_job_get_stalled_us (self);
    }
}

static void
job_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  PlatterJob *self = PLATTER_JOB (object);

  if (id == PROP_ID)
    g_value_set_uint (value, platter_job_get_id (self));
  else if (id == PROP_TARGETS)
    g_value_set_object (value, self->targets);
  else if (id == PROP_IS_LOST)
    g_value_set_boolean (value, self->is_lost);
  else if (id == PROP_IS_PAUSED)
    g_value_set_boolean (value, platter_job_is_paused (self));
  else if (id == PROP_IS_RUNNING)
    g_value_set_boolean (value, self->is_running);
  else if (id == PROP_FRACTION)
    g_value_set_double (value, platter_job_get_fraction (self));
  else if (id == PROP_PERCENT)
    g_value_set_uint (value, platter_job_get_percent (self));
  else if (id >= PROP_REMAINING_US)
    g_value_set_int64 (value, job_get_time (self, id));
  else if (id >= PROP_TOTAL_BYTES)
    g_value_set_uint64 (value, job_get_number (self, id));
  else
    g_value_set_string (value, job_get_string (self, id));
}

static void
job_install_properties (GObjectClass *object_class)
{
  static const char *const strings[] = {
    "kind",        "outcome",       "phase",      "limit",         "title",
    "source-name", "source-device", "error-code", "error-message", "question",
  };
  static const char *const numbers[] = {
    "total-bytes", "done-bytes", "read-bytes", "zero-bytes", "rate", "size-bytes", "started",
  };
  static const char *const times[] = { "remaining-us", "elapsed-us", "stalled-us" };
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    job_props[PROP_KIND + i] = g_param_spec_string (strings[i], NULL, NULL, NULL, flags);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    job_props[PROP_TOTAL_BYTES + i]
      = g_param_spec_uint64 (numbers[i], NULL, NULL, 0, G_MAXUINT64, 0, flags);
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    job_props[PROP_REMAINING_US + i]
      = g_param_spec_int64 (times[i], NULL, NULL, -1, G_MAXINT64, 0, flags);
  job_props[PROP_ID] = g_param_spec_uint ("id", NULL, NULL, 0, G_MAXUINT, 0, flags);
  job_props[PROP_PERCENT] = g_param_spec_uint ("percent", NULL, NULL, 0, 100, 0, flags);
  job_props[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, 0, 1, 0, flags);
  job_props[PROP_IS_RUNNING] = g_param_spec_boolean ("is-running", NULL, NULL, TRUE, flags);
  job_props[PROP_IS_LOST] = g_param_spec_boolean ("is-lost", NULL, NULL, FALSE, flags);
  job_props[PROP_IS_PAUSED] = g_param_spec_boolean ("is-paused", NULL, NULL, FALSE, flags);
  job_props[PROP_TARGETS] = g_param_spec_object ("targets", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  g_object_class_install_properties (object_class, N_PROPS, job_props);
}

static void
platter_job_class_init (PlatterJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = job_finalize;
  object_class->get_property = job_get_property;
  job_install_properties (object_class);
  job_signals[SIGNAL_ENDED] = g_signal_new ("ended", PLATTER_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL,
                                            NULL, NULL, G_TYPE_NONE, 0);
}

static void
platter_job_init (PlatterJob *self)
{
  self->targets = g_list_store_new (PLATTER_TYPE_JOB_TARGET);
  self->progress = g_variant_ref_sink (g_variant_new ("a{sv}", NULL));
  self->details = g_variant_ref (self->progress);
  self->resumable = g_variant_ref_sink (g_variant_new ("au", NULL));
  self->speed = platter_speed_history_new ();
  self->trend = platter_rescue_trend_new ();
  self->title = g_strdup ("");
  self->outcome = g_strdup ("");
  self->kind = g_strdup ("");
  self->is_running = TRUE;
  self->map_fd = -1;
}

PlatterJob *
platter_job_new (GDBusConnection *connection, const char *bus_name, const char *object_path)
{
  PlatterJob *self = g_object_new (PLATTER_TYPE_JOB, NULL);

  self->connection = g_object_ref (connection);
  self->bus_name = g_strdup (bus_name);
  self->object_path = g_strdup (object_path);
  return self;
}

void
platter_job_notify_all (PlatterJob *self)
{
  g_object_freeze_notify (G_OBJECT (self));
  for (guint id = PROP_0 + 1; id < N_PROPS; id++)
    g_object_notify_by_pspec (G_OBJECT (self), job_props[id]);
  g_object_thaw_notify (G_OBJECT (self));
}

void
platter_job_end (PlatterJob *self)
{
  if (!self->is_running)
    return;
  self->is_running = FALSE;
  platter_job_refresh_maps (self);
  platter_job_notify_all (self);
  g_signal_emit (self, job_signals[SIGNAL_ENDED], 0);
}

/* Calls one of the setters of a target with each dictionary of a list. */
static void
job_tell_targets (PlatterJob *self,
                  GVariant *list,
                  void (*setter) (PlatterJobTarget *target, GVariant *dictionary))
{
  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) dictionary = g_variant_get_child_value (list, i);
      g_autoptr (PlatterJobTarget) target
        = g_list_model_get_item (G_LIST_MODEL (self->targets), (guint)i);

      if (target == NULL)
        {
          target = platter_job_target_new ();
          g_list_store_append (self->targets, target);
        }
      setter (target, dictionary);
    }
}

void
platter_job_take_report (PlatterJob *self, GVariant *report)
{
  g_autoptr (GVariant) targets
    = g_variant_lookup_value (report, "targets", G_VARIANT_TYPE ("aa{sv}"));

  g_clear_pointer (&self->report, g_variant_unref);
  self->report = g_variant_ref (report);
  /* A short job can be over before its details have come. All of them are in the report as well. */
  if (g_variant_n_children (self->details) == 0)
    platter_job_describe (self, report);
  job_tell_targets (self, targets, platter_job_target_set_report);
}

static void
job_report_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (PlatterJob) self = user_data;
  g_autoptr (GVariant) reply
    = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, NULL);
  g_autoptr (GVariant) report = NULL;

  self->is_asking_report = FALSE;
  if (reply == NULL)
    {
      platter_job_lose (self);
      return;
    }
  report = g_variant_get_child_value (reply, 0);
  platter_job_take_report (self, report);
  platter_job_begin_end (self);
}

static void
job_replace_string (char **slot, GVariant *properties, const char *key)
{
  const char *value = NULL;

  if (!g_variant_lookup (properties, key, "&s", &value))
    return;
  g_free (*slot);
  *slot = g_strdup (value);
}

void
platter_job_update (PlatterJob *self, GVariant *properties)
{
  g_autoptr (GVariant) progress
    = g_variant_lookup_value (properties, "Progress", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) targets
    = g_variant_lookup_value (properties, "Targets", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GVariant) resumable
    = g_variant_lookup_value (properties, "Resumable", G_VARIANT_TYPE ("au"));
  const char *state = "";

  if (progress != NULL)
    {
      g_variant_unref (self->progress);
      self->progress = g_variant_ref (progress);
      platter_job_note_speed (self);
    }
  job_tell_targets (self, targets, platter_job_target_set_live);
  if (progress != NULL)
    platter_job_note_trend (self);
  if (resumable != NULL)
    {
      g_variant_unref (self->resumable);
      self->resumable = g_variant_ref (resumable);
    }
  /* The helper does not know what became of an image after its work was done. */
  if (!self->is_ending)
    job_replace_string (&self->outcome, properties, "Outcome");
  job_replace_string (&self->kind, properties, "Kind");
  g_variant_lookup (properties, "State", "&s", &state);
  platter_job_notify_all (self);

  if (g_str_equal (state, "ended") && !self->is_ending && !self->is_asking_report)
    {
      self->is_asking_report = TRUE;
      platter_job_call (self, "GetReport", NULL, NULL, job_report_cb, g_object_ref (self));
    }
}

void
platter_job_update_targets (PlatterJob *self, GVariant *targets)
{
  job_tell_targets (self, targets, platter_job_target_set_live);
}

void
platter_job_lose (PlatterJob *self)
{
  if (self->is_ending)
    return;
  self->is_lost = TRUE;
  self->is_bus_lost = self->bus_name != NULL && g_dbus_connection_is_closed (self->connection);
  g_free (self->outcome);
  self->outcome = g_strdup ("failed");
  platter_job_begin_end (self);
}

static void
job_update_title (PlatterJob *self)
{
  guint n_targets = g_list_model_get_n_items (G_LIST_MODEL (self->targets));
  g_autoptr (PlatterJobTarget) first = g_list_model_get_item (G_LIST_MODEL (self->targets), 0);

  g_free (self->title);
  if (n_targets == 1)
    /* Translators: what is copied, and to where: “Samsung SSD 870 → Crucial MX500” */
    self->title = g_strdup_printf (_ ("%s → %s"), platter_job_get_source_name (self),
                                   platter_job_target_get_name (first));
  else
    self->title = g_strdup_printf (
      /* Translators: what is copied, and to how many drives */
      g_dngettext (GETTEXT_PACKAGE, "%s → %u drive", "%s → %u drives", n_targets),
      platter_job_get_source_name (self), n_targets);
}

void
platter_job_describe (PlatterJob *self, GVariant *details)
{
  g_autoptr (GVariant) targets
    = g_variant_lookup_value (details, "targets", G_VARIANT_TYPE ("aa{sv}"));

  g_variant_unref (self->details);
  self->details = g_variant_ref (details);
  job_tell_targets (self, targets, platter_job_target_set_details);
  platter_job_draw_left (self);
  job_update_title (self);
}

static void
job_details_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PlatterJob *self = g_task_get_source_object (task);
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) details = NULL;
  GError *error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  details = g_variant_get_child_value (reply, 0);
  platter_job_describe (self, details);
  platter_job_notify_all (self);
  g_task_return_boolean (task, TRUE);
}

static void
job_properties_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  PlatterJob *self = g_task_get_source_object (task);
  g_autoptr (GVariant) properties = NULL;
  g_autoptr (GVariant) reply = NULL;
  GError *error = NULL;

  reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);
  if (reply == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  properties = g_variant_get_child_value (reply, 0);
  platter_job_update (self, properties);
  platter_job_call (self, "GetDetails", NULL, NULL, job_details_cb, g_steal_pointer (&task));
}

void
platter_job_load_async (PlatterJob *self, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  /* First, so that it is known when the job ends. */
  platter_job_open_maps (self);
  g_dbus_connection_call (self->connection, self->bus_name, self->object_path,
                          "org.freedesktop.DBus.Properties", "GetAll",
                          g_variant_new ("(s)", PLATTER_JOB_INTERFACE), G_VARIANT_TYPE ("(a{sv})"),
                          G_DBUS_CALL_FLAGS_NONE, -1, NULL, job_properties_cb, task);
}

gboolean
platter_job_load_finish (PlatterJob *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

GVariant *
platter_job_get_resumable (PlatterJob *self)
{
  g_return_val_if_fail (PLATTER_IS_JOB (self), NULL);
  return self->resumable;
}

void
platter_job_forget_resumable (PlatterJob *self)
{
  if (g_variant_n_children (self->resumable) == 0)
    return;
  g_variant_unref (self->resumable);
  self->resumable = g_variant_ref_sink (g_variant_new ("au", NULL));
  platter_job_notify_all (self);
}
