// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A card of facts: a word on the left, what is known on the right.

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define PLATTER_TYPE_FACTS_TABLE (platter_facts_table_get_type ())
G_DECLARE_FINAL_TYPE (PlatterFactsTable, platter_facts_table, PLATTER, FACTS_TABLE, AdwBin)

void platter_facts_table_clear (PlatterFactsTable *self);
void platter_facts_table_add (PlatterFactsTable *self, const char *name, const char *value);
/** platter_facts_table_add_digest: In full, with a button that copies it. */
void platter_facts_table_add_digest (PlatterFactsTable *self,
                                     const char *name,
                                     const char *digest,
                                     const char *note);

G_END_DECLS
