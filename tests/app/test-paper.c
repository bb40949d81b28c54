// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Platter authors
//
// A report on paper says what it says on the screen, and goes on on the next page.

#include <string.h>

#include "app/paper-read.h"
#include "app/paper.h"
#include "client/report-html.h"
#include "client/report-read.h"

#define PLACE                                                                                      \
  "{\"offset-bytes\": 1024, \"length-bytes\": 2, \"differing-bytes\": 2, \"class\": \"bits\","     \
  " \"bits\": 3, \"repair-attempts\": 1, \"repaired\": false}"

/* The linker leads all calls here: what is measured costs most of the time. */
void __real_pango_layout_get_size (PangoLayout *layout, int *width, int *height);
void __wrap_pango_layout_get_size (PangoLayout *layout, int *width, int *height);

static guint n_measured;

void
__wrap_pango_layout_get_size (PangoLayout *layout, int *width, int *height)
{
  n_measured++;
  __real_pango_layout_get_size (layout, width, height);
}

static char *
make_page (guint n_places)
{
  g_autoptr (GString) json = g_string_new (
    "{\"format\": \"platter-report\", \"version\": 1, \"kind\": \"write\", \"size-bytes\": 4096,"
    " \"started\": \"2026-11-28T14:32:05Z\", \"ended\": \"2026-11-28T14:33:00Z\","
    " \"outcome\": \"mismatched\", \"is-lost\": false, \"duration-us\": 5000000,"
    " \"source\": {\"name\": \"<a> & b.iso\", \"size-bytes\": 4096, \"is-image\": true},"
    " \"digests\": {\"sha256\": \"00ff\"},"
    " \"phases\": [{\"phase\": \"copying\", \"duration-us\": 77, \"bytes\": 4096}],"
    " \"rates\": [{\"time-us\": 5, \"rate-bytes-per-s\": 9, \"phase\": \"copying\"},"
    " {\"time-us\": 900, \"rate-bytes-per-s\": 7, \"phase\": \"verifying\"}],"
    " \"targets\": [{\"name\": \"Stick\", \"device\": \"/dev/sdx\", \"size-bytes\": 8192,"
    " \"is-image\": false, \"verdict\": \"mismatched\", \"map-bytes\": {\"verified\": 4000},"
    " \"map\": [{\"offset-bytes\": 0, \"length-bytes\": 4096, \"state\": \"verified\"}],"
    " \"mismatch-count\": 9, \"mismatches\": [" PLACE);
  g_autoptr (GVariant) report = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 1; i < n_places; i++)
    g_string_append (json, ", " PLACE);
  g_string_append (json, "]}]}");
  report = platter_report_read (json->str, json->len, &error);
  g_assert_no_error (error);
  return platter_report_html_dup (report);
}

static gboolean
has_text (PlatterPaperContent *content, const char *style, const char *text)
{
  for (guint i = 0; i < content->blocks->len; i++)
    {
      const PlatterPaperBlock *block = g_ptr_array_index (content->blocks, i);

      for (guint k = 0; k < block->texts->len; k++)
        if (g_str_equal (block->style, style)
            && strstr (g_ptr_array_index (block->texts, k), text) != NULL)
          return TRUE;
    }
  return FALSE;
}

static guint
count (PlatterPaperContent *content, PlatterPaperKind kind)
{
  guint n = 0;

  for (guint i = 0; i < content->blocks->len; i++)
    n += ((const PlatterPaperBlock *)g_ptr_array_index (content->blocks, i))->kind == kind;
  return n;
}

static void
test_says_the_same (void)
{
  g_autofree char *html = make_page (1);
  PlatterPaperContent *content = platter_paper_read (html);

  g_assert_true (has_text (content, "h1", "Not the same"));
  g_assert_true (has_text (content, "td", "<a> & b.iso"));
  g_assert_true (has_text (content, "td", "/dev/sdx"));
  g_assert_true (has_text (content, "dd", "00ff"));
  g_assert_true (has_text (content, "li", "verified"));
  /* The sign of the verdict, the map, the graph; two legends. */
  g_assert_cmpuint (count (content, PLATTER_PAPER_PICTURE), ==, 3);
  g_assert_cmpuint (count (content, PLATTER_PAPER_LEGEND), ==, 2);
  g_assert_cmpstr (g_hash_table_lookup (content->colors, "verified"), ==, "#33a566");
  /* Neither the style nor the titles of the map are text. */
  g_assert_false (has_text (content, "p", "box-sizing"));
  platter_paper_content_free (content);
}

static guint
count_pages (guint n_places)
{
  g_autofree char *html = make_page (n_places);
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  g_autoptr (PlatterPaper) paper = platter_paper_new (html, context, 500, 700);

  g_object_unref (context);
  return platter_paper_get_n_pages (paper);
}

static void
test_goes_on (void)
{
  g_autofree char *html = make_page (250);
  g_autoptr (GBytes) pdf = platter_paper_dup_pdf (html);

  g_assert_cmpuint (count_pages (250), >, count_pages (1) + 2);
  g_assert_cmpint (memcmp (g_bytes_get_data (pdf, NULL), "%PDF-", 5), ==, 0);
}

static guint
count_measured (guint n_places)
{
  n_measured = 0;
  count_pages (n_places);
  return n_measured;
}

/* A row of twice as many costs what the row before cost. */
static void
test_measures_each_row_once (void)
{
  guint few = count_measured (100);
  guint many = count_measured (200);
  guint more = count_measured (400);

  g_assert_cmpuint (few, >, 0);
  g_assert_cmpuint (more - many, ==, 2 * (many - few));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/paper/says-the-same", test_says_the_same);
  g_test_add_func ("/paper/goes-on", test_goes_on);
  g_test_add_func ("/paper/measures-each-row-once", test_measures_each_row_once);
  return g_test_run ();
}
