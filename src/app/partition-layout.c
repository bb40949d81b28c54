// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// What stands where on a drive, as the segments of a bar.

#include "partition-layout.h"

void
platter_segment_free (PlatterSegment *self)
{
  g_free (self->label);
  g_free (self);
}

static PlatterSegment *
partition_layout_segment_new (const char *label, guint64 offset_bytes, guint64 size_bytes)
{
  PlatterSegment *segment = g_new0 (PlatterSegment, 1);

  segment->label = g_strdup (label);
  segment->offset_bytes = offset_bytes;
  segment->size_bytes = size_bytes;
  return segment;
}

GPtrArray *
platter_partition_layout_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)platter_segment_free);
}

void
platter_partition_layout_add (GPtrArray *layout,
                              const char *label,
                              guint64 offset_bytes,
                              guint64 size_bytes)
{
  g_ptr_array_add (layout, partition_layout_segment_new (label, offset_bytes, size_bytes));
}

/* The longer of two that begin together comes second: it is the container, and is cut. */
static int
partition_layout_compare (gconstpointer a, gconstpointer b)
{
  const PlatterSegment *first = *(const PlatterSegment *const *)a;
  const PlatterSegment *second = *(const PlatterSegment *const *)b;

  if (first->offset_bytes != second->offset_bytes)
    return first->offset_bytes < second->offset_bytes ? -1 : 1;
  return first->size_bytes < second->size_bytes ? -1 : first->size_bytes > second->size_bytes;
}

static void
partition_layout_add_gap (GPtrArray *out, guint64 from, guint64 to, guint64 size_bytes)
{
  if (to > from && to - from > size_bytes / 100)
    g_ptr_array_add (out, partition_layout_segment_new (NULL, from, to - from));
}

void
platter_partition_layout_finish (GPtrArray *layout, guint64 size_bytes)
{
  g_autoptr (GPtrArray) out = platter_partition_layout_new ();
  guint64 end = 0;

  g_ptr_array_sort (layout, partition_layout_compare);
  for (guint i = 0; i < layout->len; i++)
    {
      const PlatterSegment *segment = g_ptr_array_index (layout, i);
      guint64 from = MAX (segment->offset_bytes, end);
      guint64 until = size_bytes;

      if (g_uint64_checked_add (&until, segment->offset_bytes, segment->size_bytes))
        until = MIN (until, size_bytes);
      else
        until = size_bytes;
      if (from >= until)
        continue;
      guint64 length = until - from;
      partition_layout_add_gap (out, end, from, size_bytes);
      g_ptr_array_add (out, partition_layout_segment_new (segment->label, from, length));
      end = from + length;
    }
  partition_layout_add_gap (out, end, size_bytes, size_bytes);

  g_ptr_array_set_size (layout, 0);
  g_ptr_array_extend_and_steal (layout, g_steal_pointer (&out));
}

char *
platter_partition_layout_dup_names (GPtrArray *layout, guint64 offset_bytes, guint64 length_bytes)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; layout != NULL && i < layout->len; i++)
    {
      const PlatterSegment *segment = g_ptr_array_index (layout, i);

      if (segment->label == NULL || offset_bytes + length_bytes <= segment->offset_bytes
          || offset_bytes >= segment->offset_bytes + segment->size_bytes)
        continue;
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", segment->label);
    }
  return g_string_free (g_steal_pointer (&names), FALSE);
}

void
platter_partition_layout_get_widths (GPtrArray *layout, int width, int min_width, int *widths)
{
  double total = 0;
  int room = width;

  if (layout->len == 0)
    return;

  int least = MIN (min_width, width / (int)layout->len);
  room -= least * (int)layout->len;
  for (guint i = 0; i < layout->len; i++)
    total += (double)((PlatterSegment *)g_ptr_array_index (layout, i))->size_bytes;

  /* Borders are rounded, not widths: so the sum is exact. */
  double before = 0;
  for (guint i = 0; i < layout->len; i++)
    {
      double size = (double)((PlatterSegment *)g_ptr_array_index (layout, i))->size_bytes;
      int from = (int)(before / total * room + 0.5);

      before += size;
      widths[i] = least + (int)(before / total * room + 0.5) - from;
    }
}
