// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What lies where nothing could be read, as a report tells it.

#include "config.h"

#include "report-private.h"

static GVariant *
report_damage_new_owner (GVariant *owner)
{
  GVariantBuilder object;
  const char *kind = "";
  const char *name = "";
  guint32 partition = 0;
  guint64 offset = 0;
  guint64 length = 0;
  guint64 n_places = 0;

  g_variant_get (owner, "(u&s&sttt)", &partition, &kind, &name, &offset, &length, &n_places);
  g_variant_builder_init (&object, G_VARIANT_TYPE_VARDICT);
  if (partition != 0)
    platter_report_add (&object, "partition", g_variant_new_uint32 (partition));
  platter_report_add_string (&object, "kind", kind);
  platter_report_add_string (&object, "name", name);
  platter_report_add (&object, "offset-bytes", g_variant_new_uint64 (offset));
  platter_report_add (&object, "length-bytes", g_variant_new_uint64 (length));
  platter_report_add (&object, "place-count", g_variant_new_uint64 (n_places));
  return g_variant_builder_end (&object);
}

void
platter_report_add_damage (GVariantBuilder *report, GVariant *told)
{
  g_autoptr (GVariant) owners
    = g_variant_lookup_value (told, "damage", G_VARIANT_TYPE ("a(ussttt)"));
  GVariantBuilder list;

  if (owners == NULL)
    return;
  g_variant_builder_init (&list, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < g_variant_n_children (owners); i++)
    {
      g_autoptr (GVariant) owner = g_variant_get_child_value (owners, i);

      g_variant_builder_add_value (&list, report_damage_new_owner (owner));
    }
  platter_report_copy (report, "damage-state", told, "damage-state", "s");
  platter_report_copy (report, "damage-files", told, "damage-files", "t");
  platter_report_add (report, "damage", g_variant_builder_end (&list));
}

void
platter_report_add_owners (GVariantBuilder *place, GVariant *owners, gsize index)
{
  if (owners != NULL && index < g_variant_n_children (owners))
    {
      g_autoptr (GVariant) indexes = g_variant_get_child_value (owners, index);

      platter_report_add (place, "damage", indexes);
    }
}

GVariant *
platter_report_dup_damage (GVariant *written)
{
  g_autoptr (GVariant) list = g_variant_lookup_value (written, "damage", G_VARIANT_TYPE ("aa{sv}"));
  g_auto (GVariantBuilder) owners = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ussttt)"));

  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) owner = g_variant_get_child_value (list, i);
      const char *kind = "";
      const char *name = "";
      guint32 partition = 0;
      guint64 offset = 0;
      guint64 length = 0;
      guint64 n_places = 0;

      g_variant_lookup (owner, "partition", "u", &partition);
      g_variant_lookup (owner, "kind", "&s", &kind);
      g_variant_lookup (owner, "name", "&s", &name);
      g_variant_lookup (owner, "offset-bytes", "t", &offset);
      g_variant_lookup (owner, "length-bytes", "t", &length);
      g_variant_lookup (owner, "place-count", "t", &n_places);
      g_variant_builder_add (&owners, "(ussttt)", partition, kind, name, offset, length, n_places);
    }
  return g_variant_ref_sink (g_variant_builder_end (&owners));
}

static GVariant *
report_damage_new_places (GVariant *written)
{
  g_autoptr (GVariant) list
    = g_variant_lookup_value (written, "missing", G_VARIANT_TYPE ("aa{sv}"));
  g_auto (GVariantBuilder) places = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("aau"));

  for (gsize i = 0; list != NULL && i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) place = g_variant_get_child_value (list, i);
      g_autoptr (GVariant) indexes
        = g_variant_lookup_value (place, "damage", G_VARIANT_TYPE ("au"));

      if (indexes != NULL)
        g_variant_builder_add_value (&places, indexes);
      else
        g_variant_builder_add (&places, "au", NULL);
    }
  return g_variant_builder_end (&places);
}

void
platter_report_read_damage (GVariantBuilder *report, GVariant *written)
{
  g_autoptr (GVariant) owners = platter_report_dup_damage (written);
  const char *state = NULL;

  if (!g_variant_lookup (written, "damage-state", "&s", &state))
    return;
  platter_report_copy (report, "damage-state", written, "damage-state", "s");
  platter_report_copy (report, "damage-files", written, "damage-files", "t");
  platter_report_add (report, "damage", owners);
  platter_report_add (report, "damage-places", report_damage_new_places (written));
}
