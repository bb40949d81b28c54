// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A drive as it was when somebody chose it.

#include "config.h"

#include "chosen.h"

PlatterChosen *
platter_chosen_new (PlatterDrive *drive)
{
  PlatterChosen *self = g_new0 (PlatterChosen, 1);

  self->drive = g_object_ref (drive);
  self->identity = g_variant_ref_sink (platter_drive_dup_identity (drive));
  self->name = g_strdup (platter_drive_get_display_name (drive));
  return self;
}

PlatterChosen *
platter_chosen_copy (const PlatterChosen *self)
{
  PlatterChosen *copy = g_new0 (PlatterChosen, 1);

  copy->drive = g_object_ref (self->drive);
  copy->identity = g_variant_ref (self->identity);
  copy->name = g_strdup (self->name);
  return copy;
}

void
platter_chosen_free (PlatterChosen *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->drive);
  g_variant_unref (self->identity);
  g_free (self->name);
  g_free (self);
}

gboolean
platter_chosen_is_same (const PlatterChosen *self)
{
  return platter_drive_has_identity (self->drive, self->identity);
}
