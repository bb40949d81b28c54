// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// The page's curve of speed over time; copying and verifying differ in colour and in line.

#include "config.h"

#include "messages.h"
#include "report-html-private.h"

#include <glib/gi18n-lib.h>

#define GRAPH_WIDTH 1000
#define GRAPH_HEIGHT 160

typedef struct
{
  gint64 time_us;
  guint64 rate;
  guint64 min;
  guint64 max;
  const char *phase;
} GraphPoint;

typedef struct
{
  GVariant *rates;
  gsize n_points;
  gint64 span_us;
  guint64 max;
} Graph;

static GraphPoint
report_html_graph_get_point (Graph *self, gsize index)
{
  g_autoptr (GVariant) rate = g_variant_get_child_value (self->rates, index);
  GraphPoint point = {
    .rate = platter_report_html_get_number (rate, "rate-bytes-per-s"),
    /* The string lies in the list's own memory and outlives this reference. */
    .phase = platter_report_html_get_string (rate, "phase"),
  };

  g_variant_lookup (rate, "time-us", "x", &point.time_us);
  point.min = point.max = point.rate;
  g_variant_lookup (rate, "min-bytes-per-s", "t", &point.min);
  g_variant_lookup (rate, "max-bytes-per-s", "t", &point.max);
  return point;
}

static int
report_html_graph_get_x (Graph *self, gint64 time_us)
{
  return (int)((double)MAX (time_us, 0) / (double)self->span_us * GRAPH_WIDTH);
}

static int
report_html_graph_get_y (Graph *self, guint64 rate)
{
  return GRAPH_HEIGHT - (int)((double)rate / (double)self->max * (GRAPH_HEIGHT - 2)) - 1;
}

/* A run of one phase; the last rate holds for as long as the one before it did. */
static void
report_html_graph_append_run (GString *html, Graph *self, gsize first, gsize end)
{
  g_autoptr (GString) line = g_string_new (NULL);
  GraphPoint point = report_html_graph_get_point (self, first);
  int left = report_html_graph_get_x (self, point.time_us);
  int x = left;
  int step = GRAPH_WIDTH / 200;

  for (gsize i = first; i < end; i++)
    {
      int before = x;

      point = report_html_graph_get_point (self, i);
      x = report_html_graph_get_x (self, point.time_us);
      step = i > first ? x - before : step;
      g_string_append_printf (line, "%s%d %d", i > first ? "L" : "M", x,
                              report_html_graph_get_y (self, point.rate));
    }
  x = MIN (x + MAX (step, 1), GRAPH_WIDTH);
  g_string_append_printf (line, "L%d %d", x, report_html_graph_get_y (self, point.rate));
  g_string_append_printf (html, "<path class=\"area %s\" d=\"%sL%d %dL%d %dZ\"/>\n", point.phase,
                          line->str, x, GRAPH_HEIGHT, left, GRAPH_HEIGHT);
  g_string_append_printf (html, "<path class=\"curve %s\" d=\"%s\"/>\n", point.phase, line->str);
}

/* Between the greatest and the least rates of a run. */
static void
report_html_graph_append_band (GString *html, Graph *self, gsize first, gsize end)
{
  g_autoptr (GString) line = g_string_new (NULL);
  GraphPoint point = report_html_graph_get_point (self, first);

  g_string_append_printf (html, "<path class=\"band %s\" d=\"", point.phase);
  for (gsize i = first; i < end; i++)
    {
      point = report_html_graph_get_point (self, i);
      g_string_append_printf (html, "%s%d %d", i > first ? "L" : "M",
                              report_html_graph_get_x (self, point.time_us),
                              report_html_graph_get_y (self, point.max));
    }
  for (gsize i = end; i > first; i--)
    {
      point = report_html_graph_get_point (self, i - 1);
      g_string_append_printf (line, "L%d %d", report_html_graph_get_x (self, point.time_us),
                              report_html_graph_get_y (self, point.min));
    }
  g_string_append_printf (html, "%sZ\"/>\n", line->str);
}

static void
report_html_graph_append_runs (GString *html, Graph *self)
{
  gsize first = 0;

  for (gsize i = 1; i <= self->n_points; i++)
    {
      GraphPoint begin = report_html_graph_get_point (self, first);

      if (i < self->n_points
          && g_str_equal (report_html_graph_get_point (self, i).phase, begin.phase))
        continue;
      report_html_graph_append_band (html, self, first, i);
      report_html_graph_append_run (html, self, first, i);
      first = i;
    }
}

static void
report_html_graph_append_key (GString *html, const char *phase, const char *kind)
{
  g_string_append_printf (html,
                          "<li><svg class=\"key\" xmlns=\"http://www.w3.org/2000/svg\" "
                          "aria-hidden=\"true\" viewBox=\"0 0 24 9\">"
                          "<path class=\"curve %s\" d=\"M0 4.5h24\"/></svg> ",
                          phase);
  platter_html_append_element (html, "span", NULL, platter_message_get_phase (phase, kind));
  g_string_append (html, "</li>\n");
}

static void
report_html_graph_append_legend (GString *html, Graph *self, const char *kind)
{
  GraphPoint first = report_html_graph_get_point (self, 0);
  GraphPoint last = report_html_graph_get_point (self, self->n_points - 1);

  g_string_append (html, "<ul class=\"legend\">\n");
  report_html_graph_append_key (html, first.phase, kind);
  if (!g_str_equal (first.phase, last.phase))
    report_html_graph_append_key (html, last.phase, kind);
  g_string_append (html, "</ul>\n");
}

static void
report_html_graph_append_picture (GString *html, Graph *self)
{
  g_autofree char *size = g_format_size (self->max);
  g_autofree char *max = g_strdup_printf (_ ("%s/s"), size);
  g_autofree char *span = platter_report_html_dup_duration (self->span_us);

  g_string_append (html, "<div class=\"graph\" dir=\"ltr\">\n");
  platter_html_append_element (html, "div", "class=\"max\"", max);
  g_string_append_printf (html,
                          "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
                          "viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" aria-label=\"",
                          GRAPH_WIDTH, GRAPH_HEIGHT);
  platter_html_append_text (html, _ ("Speed over time"));
  g_string_append_printf (html, "\">\n<path class=\"grid\" d=\"M0 1h%dM0 %dh%dM0 %dh%d\"/>\n",
                          GRAPH_WIDTH, GRAPH_HEIGHT / 2, GRAPH_WIDTH, GRAPH_HEIGHT - 1,
                          GRAPH_WIDTH);
  report_html_graph_append_runs (html, self);
  g_string_append (html, "</svg>\n<div class=\"axis\">");
  platter_html_append_element (html, "span", NULL, "0");
  platter_html_append_element (html, "span", NULL, span);
  g_string_append (html, "</div>\n</div>\n");
}

void
platter_report_html_append_graph (GString *html, GVariant *report)
{
  g_autoptr (GVariant) rates = platter_report_html_dup_list (report, "rates");
  Graph self = { .rates = rates, .n_points = g_variant_n_children (rates), .max = 1 };

  /* One point is no curve. */
  if (self.n_points < 2)
    return;
  g_variant_lookup (report, "duration-us", "x", &self.span_us);
  for (gsize i = 0; i < self.n_points; i++)
    {
      GraphPoint point = report_html_graph_get_point (&self, i);

      self.max = MAX (self.max, MAX (point.rate, point.max));
      self.span_us = MAX (self.span_us, point.time_us + 1);
    }
  g_string_append (html, "<figure>\n");
  report_html_graph_append_picture (html, &self);
  report_html_graph_append_legend (html, &self, platter_report_html_get_string (report, "kind"));
  g_string_append (html, "</figure>\n");
}
