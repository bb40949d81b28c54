// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// To whom lost places are given, and what becomes of names.

#include "filesystems/damage.h"

#include <string.h>

static const PlatterDamageOwner *
get_owner (PlatterDamage *damage, guint index)
{
  g_assert_cmpuint (index, <, damage->owners->len);
  return &g_array_index (damage->owners, PlatterDamageOwner, index);
}

static PlatterDamage *
make_damage (void)
{
  PlatterDamage *damage = platter_damage_new ();

  platter_damage_add_place (damage, 1000, 100);
  platter_damage_add_place (damage, 2000, 500);
  return damage;
}

/* Only what is lost counts; a place counts once. */
static void
test_hits (void)
{
  g_autoptr (PlatterDamage) damage = make_damage ();
  const PlatterDamageOwner *owner = NULL;

  platter_damage_hit (damage, 0, 1000);
  platter_damage_end_owner (damage, 1, PLATTER_DAMAGE_FILE, "/not", 3);
  g_assert_cmpuint (damage->owners->len, ==, 0);
  platter_damage_hit (damage, 2400, 1000);
  platter_damage_hit (damage, 1050, 960);
  platter_damage_hit (damage, 2200, 1);
  platter_damage_end_owner (damage, 1, PLATTER_DAMAGE_FILE, "/yes", 4);
  owner = get_owner (damage, 0);
  g_assert_cmpuint (owner->first_bytes, ==, 1050);
  g_assert_cmpuint (owner->length_bytes, ==, 100 + 50 + 10 + 1);
  g_assert_cmpuint (owner->n_places, ==, 2);
  g_assert_cmpstr (owner->name, ==, "/yes");
  g_assert_cmpuint (damage->n_files, ==, 1);
}

/* What has no owner is free as far as it can be, then unknown. */
static void
test_settle (void)
{
  g_autoptr (PlatterDamage) damage = make_damage ();
  const PlatterMediumRange place = { 2000, 500 };
  const PlatterMediumRange free = { 2100, 250 };

  platter_damage_hit (damage, 2000, 100);
  platter_damage_end_owner (damage, 1, PLATTER_DAMAGE_FILE, "/a", 1);
  platter_damage_spare (damage, 2100, 50);
  platter_damage_settle (damage, 1, 1, &place, &free);
  g_assert_cmpint (get_owner (damage, 1)->kind, ==, PLATTER_DAMAGE_FREE);
  g_assert_cmpuint (get_owner (damage, 1)->length_bytes, ==, 300);
  g_assert_cmpint (get_owner (damage, 2)->kind, ==, PLATTER_DAMAGE_UNKNOWN);
  g_assert_cmpuint (get_owner (damage, 2)->length_bytes, ==, 100);
  /* Another file system begins anew, and the same owners go on. */
  platter_damage_settle (damage, 1, 1, &place, NULL);
  g_assert_cmpuint (damage->owners->len, ==, 3);
  g_assert_cmpuint (get_owner (damage, 2)->length_bytes, ==, 600);
}

/* There is room for so many names, and for so much text; more are counted, and none is called lost. */
static void
test_limits (void)
{
  g_autoptr (PlatterDamage) damage = make_damage ();
  g_autofree char *name = g_strnfill (5000, 'x');
  gsize text_bytes = 0;

  for (guint i = 0; i < 300; i++)
    {
      platter_damage_hit (damage, 1000, 1);
      platter_damage_end_owner (damage, 1, PLATTER_DAMAGE_FILE, name, i);
    }
  g_assert_cmpuint (damage->n_files, ==, 300);
  g_assert_cmpuint (damage->owners->len, ==, PLATTER_DAMAGE_MAX_NAMES);
  for (guint i = 0; i < damage->owners->len; i++)
    {
      g_assert_cmpuint (strlen (get_owner (damage, i)->name), <=, PLATTER_DAMAGE_MAX_NAME_BYTES);
      g_assert_true (g_str_has_prefix (get_owner (damage, i)->name, "…"));
      text_bytes += strlen (get_owner (damage, i)->name);
    }
  g_assert_cmpuint (text_bytes, <=,
                    PLATTER_DAMAGE_MAX_TEXT_BYTES + PLATTER_DAMAGE_MAX_NAMES * strlen ("…"));
  g_assert_cmpuint (((GArray *)damage->indexes->pdata[0])->len, ==, PLATTER_DAMAGE_MAX_OWNERS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/damage/hits", test_hits);
  g_test_add_func ("/damage/settle", test_settle);
  g_test_add_func ("/damage/limits", test_limits);
  return g_test_run ();
}
