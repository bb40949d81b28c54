// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// Whether a request is for the job that is to be resumed, and where that goes on.

#include "journal-private.h"

#include <string.h>

#include "dbus/errors.h"
#include "device/errors.h"

/* A maker's name stays. One whose maker gave it none, such as a virtual machine's, is called as its node is now. */
static gboolean
journal_is_same_name (GVariant *known, const PlatterPlanSide *side)
{
  const char *name = "";
  const char *device = "";
  g_autofree char *known_node = NULL;
  g_autofree char *node = g_path_get_basename (side->device);

  g_variant_lookup (known, "name", "&s", &name);
  g_variant_lookup (known, "device", "&s", &device);
  known_node = g_path_get_basename (device);
  return strcmp (name, side->name) == 0
         || (strcmp (name, known_node) == 0 && strcmp (side->name, node) == 0);
}

static gboolean
journal_is_same (GVariant *known, const PlatterPlanSide *side)
{
  const char *serial = "";
  guint64 size_bytes = 0;
  gboolean is_image = FALSE;

  g_variant_lookup (known, "serial", "&s", &serial);
  g_variant_lookup (known, "size", "t", &size_bytes);
  g_variant_lookup (known, "is-image", "b", &is_image);
  /* A file may have been given another name. */
  return is_image == side->is_image && size_bytes == side->size_bytes
         && strcmp (serial, side->serial) == 0 && (is_image || journal_is_same_name (known, side));
}

/* A drive is looked at in samples. Of a file it is known better; of what is served or in pieces it is not. */
static gboolean
journal_is_unmodified (GVariant *known,
                       const PlatterRequest *request,
                       const PlatterPlan *plan,
                       guint index)
{
  const PlatterPlanSide *side = platter_plan_get_side (plan, index);
  gint64 now_ns
    = platter_plan_side_get_modified_ns (side, platter_request_get_side (request, index));
  gint64 modified_ns = 0;

  g_variant_lookup (known, "modified", "x", &modified_ns);
  return !side->is_image || (modified_ns != 0 && modified_ns == now_ns);
}

/* Returns: whether what was compared may still be as it was */
static gboolean
journal_is_still_compared (const PlatterJournal *self,
                           const PlatterRequest *request,
                           const PlatterPlan *plan)
{
  g_autoptr (GVariant) source
    = g_variant_lookup_value (self->details, "source", G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) targets
    = g_variant_lookup_value (self->details, "targets", G_VARIANT_TYPE ("aa{sv}"));
  g_autoptr (GVariant) target = g_variant_get_child_value (targets, 0);

  return journal_is_unmodified (source, request, plan, 0)
         && journal_is_unmodified (target, request, plan, 1);
}

static gboolean
journal_refuse (GError **error, const PlatterPlanSide *side)
{
  g_set_error (error, PLATTER_DEVICE_ERROR, PLATTER_DEVICE_ERROR_IDENTITY_CHANGED,
               "%s is no part of the job that is to be resumed: another size, model, serial number "
               "or kind. Connect the same drives again, or start anew.",
               side->is_image ? side->name : side->device);
  return FALSE;
}

/* Up to a place, or all over: one cannot go on as the other. */
static gboolean
journal_refuse_kind (GError **error)
{
  g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS,
                       "A rescue is resumed as a rescue, and no other job is: “on-error”.");
  return FALSE;
}

/* What the other one would have left out was never written. */
static gboolean
journal_refuse_parts (GError **error)
{
  g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS,
                       "A job that wrote only parts of an image is resumed with these parts, and "
                       "no other is: “parts”.");
  return FALSE;
}

/* What the other one would have packed otherwise does not go together with it. */
static gboolean
journal_check_format (const PlatterJournal *self, const PlatterRequest *request, GError **error)
{
  g_autoptr (GVariant) options
    = g_variant_lookup_value (self->details, "options", G_VARIANT_TYPE_VARDICT);
  const char *format = "raw";

  if (options != NULL)
    g_variant_lookup (options, "format", "&s", &format);
  if (strcmp (format, request->format) == 0)
    return TRUE;
  g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_INVALID_ARGUMENTS,
                       "An image is resumed in the format that it was begun in: “format”.");
  return FALSE;
}

static gboolean
journal_check_source (const PlatterJournal *self,
                      const PlatterRequest *request,
                      const PlatterPlan *plan,
                      GError **error)
{
  g_autoptr (GVariant) source
    = g_variant_lookup_value (self->details, "source", G_VARIANT_TYPE_VARDICT);
  const char *kind = platter_journal_get_kind (self);
  guint64 size_bytes = 0;
  gboolean has_parts = FALSE;

  if (source != NULL)
    g_variant_lookup (source, "parts", "b", &has_parts);
  if (has_parts != (platter_request_get_side (request, 0)->parts_fd >= 0))
    return journal_refuse_parts (error);
  g_variant_lookup (self->details, "size", "t", &size_bytes);
  if (platter_journal_is_rescue (self) == platter_request_is_plain (request))
    return journal_refuse_kind (error);
  if (source != NULL && strcmp (kind, platter_request_get_kind_name (request)) == 0
      && size_bytes == plan->size_bytes
      && journal_is_same (source, platter_plan_get_side (plan, 0)))
    return TRUE;
  return journal_refuse (error, platter_plan_get_side (plan, 0));
}

/* Each of ours for one of theirs: cheap sticks often share one serial number. Returns: whether there is one. */
static gboolean
journal_find (const PlatterJournal *self,
              const PlatterPlanSide *side,
              gboolean *is_taken,
              guint *index)
{
  g_autoptr (GVariant) targets
    = g_variant_lookup_value (self->details, "targets", G_VARIANT_TYPE ("aa{sv}"));

  for (guint i = 0; i < self->durable->len; i++)
    {
      g_autoptr (GVariant) known = g_variant_get_child_value (targets, i);

      if (is_taken[i] || !journal_is_same (known, side))
        continue;
      is_taken[i] = TRUE;
      *index = i;
      return TRUE;
    }
  return FALSE;
}

/* Returns: (transfer full) (nullable) (element-type guint): which of ours the targets of @plan are */
static GArray *
journal_find_all (const PlatterJournal *self, const PlatterPlan *plan, GError **error)
{
  g_autoptr (GArray) indexes = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree gboolean *is_taken = g_new0 (gboolean, self->durable->len);

  for (guint i = 1; i < plan->sides->len; i++)
    {
      guint index = 0;

      if (!journal_find (self, platter_plan_get_side (plan, i), is_taken, &index))
        {
          journal_refuse (error, platter_plan_get_side (plan, i));
          return NULL;
        }
      g_array_append_val (indexes, index);
    }
  return g_steal_pointer (&indexes);
}

static gboolean
journal_give_maps (const PlatterJournal *self,
                   PlatterPlan *plan,
                   const GArray *indexes,
                   GError **error)
{
  g_autoptr (GBytes) maps = NULL;

  if (!platter_journal_is_rescue (self))
    return TRUE;
  maps = platter_journal_read_map (self->page_fd, self->map);
  plan->resume_map = platter_journal_select_maps (maps, self->durable->len, indexes);
  plan->domain = self->domain != NULL ? g_bytes_ref (self->domain) : NULL;
  if (plan->resume_map == NULL)
    g_set_error_literal (error, PLATTER_HELPER_ERROR, PLATTER_HELPER_ERROR_FAILED,
                         "The map of the rescue was lost, so it cannot be resumed.");
  return plan->resume_map != NULL;
}

gboolean
platter_journal_match (const PlatterJournal *self,
                       const PlatterRequest *request,
                       PlatterPlan *plan,
                       GError **error)
{
  g_autoptr (GArray) indexes = NULL;
  gboolean is_anew = FALSE;

  if (!journal_check_source (self, request, plan, error)
      || !journal_check_format (self, request, error))
    return FALSE;
  indexes = journal_find_all (self, plan, error);
  if (indexes == NULL || !journal_give_maps (self, plan, indexes, error))
    return FALSE;
  is_anew
    = request->kind == PLATTER_REQUEST_VERIFY && !journal_is_still_compared (self, request, plan);
  plan->resume_bytes = g_array_new (FALSE, FALSE, sizeof (guint64));
  for (guint i = 0; i < indexes->len; i++)
    {
      guint64 durable_bytes
        = is_anew ? 0 : platter_journal_get_durable_bytes (self, g_array_index (indexes, guint, i));

      g_array_append_val (plan->resume_bytes, durable_bytes);
    }
  return TRUE;
}
