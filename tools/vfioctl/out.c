// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one printer. A verb builds a document, object -> handle -> attributes, in the shape in which
 * `vdpa -j` prints; JSON is that document, and text is a view of it (a table of chosen attributes
 * or a record of all), so that the two cannot come to differ.
 *
 * Text that comes from outside (names of processes, mount points) may hold anything: control
 * characters and broken UTF-8 are replaced before they enter the document.
 */
#include "out.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CELL_MAX 512

static void *must(void *object)
{
	if (!object) {
		fputs("vfioctl: out of memory\n", stderr);
		exit(RC_KERNEL);
	}
	return object;
}

/* Length of the UTF-8 sequence at @s (RFC 3629), or 0 if it is none or a C1 control character. */
static size_t utf8_len(const unsigned char *s)
{
	static const struct {
		unsigned char mask, lead, second_min, second_max;
		size_t len;
	} forms[] = {
		{ 0xff, 0xc2, 0xa0, 0xbf, 2 },
		{ 0xff, 0xe0, 0xa0, 0xbf, 3 }, { 0xff, 0xed, 0x80, 0x9f, 3 },
		{ 0xff, 0xf0, 0x90, 0xbf, 4 }, { 0xff, 0xf4, 0x80, 0x8f, 4 },
		{ 0xe0, 0xc0, 0x80, 0xbf, 2 }, { 0xf0, 0xe0, 0x80, 0xbf, 3 },
		{ 0xfc, 0xf0, 0x80, 0xbf, 4 },
	};
	size_t i, n;

	if (*s < 0x80)
		return 1;
	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		if ((*s & forms[i].mask) != forms[i].lead)
			continue;
		if (*s < 0xc2 || s[1] < forms[i].second_min || s[1] > forms[i].second_max)
			return 0;
		for (n = 2; n < forms[i].len; n++) {
			if ((s[n] & 0xc0) != 0x80)
				return 0;
		}
		return forms[i].len;
	}
	return 0;
}

static struct json_object *clean_string(const char *text)
{
	struct json_object *string;
	unsigned char *copy = must(strdup(text)), *s = copy;
	size_t len;

	while (*s) {
		len = utf8_len(s);
		if (!len || *s < 0x20 || *s == 0x7f)
			*s = '?';
		s += len ? len : 1;
	}
	string = must(json_object_new_string((char *)copy));
	free(copy);
	return string;
}

static void add(struct json_object *attrs, const char *key, struct json_object *value)
{
	json_object_object_add(attrs, key, must(value));
}

static struct json_object *child(struct json_object *parent, const char *key, bool array)
{
	struct json_object *obj;

	if (json_object_object_get_ex(parent, key, &obj))
		return obj;
	obj = array ? json_object_new_array() : json_object_new_object();
	add(parent, key, obj);
	return obj;
}

void out_init(struct out *out)
{
	out->doc = must(json_object_new_object());
}

struct json_object *out_object(struct out *out, const char *name)
{
	return child(out->doc, name, false);
}

struct json_object *out_handle(struct json_object *object, const char *handle)
{
	return child(object, handle, false);
}

void out_str(struct json_object *attrs, const char *key, const char *value)
{
	if (value && value[0])
		add(attrs, key, clean_string(value));
}

void out_int(struct json_object *attrs, const char *key, long long value)
{
	add(attrs, key, json_object_new_int64(value));
}

void out_bool(struct json_object *attrs, const char *key, bool value)
{
	add(attrs, key, json_object_new_boolean(value));
}

struct json_object *out_array(struct json_object *attrs, const char *key)
{
	return child(attrs, key, true);
}

struct json_object *out_item(struct json_object *array)
{
	struct json_object *item = must(json_object_new_object());

	json_object_array_add(array, item);
	return item;
}

void out_item_str(struct json_object *array, const char *value)
{
	json_object_array_add(array, clean_string(value));
}

void out_finding(struct json_object *attrs, const struct finding *f)
{
	out_str(attrs, "rule", f->rule);
	out_str(attrs, "reason", f->reason);
	out_str(attrs, "fix", f->fix);
}

const char *out_get(struct json_object *attrs, const char *key)
{
	struct json_object *value;

	if (!json_object_object_get_ex(attrs, key, &value))
		return "";
	return json_object_get_string(value);
}

void out_join(struct json_object *attrs, const char *key, const char *sep, char *buf, size_t size)
{
	struct json_object *array;
	size_t i, at = 0;

	if (!json_object_object_get_ex(attrs, key, &array))
		return;
	for (i = 0; i < json_object_array_length(array) && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s", i ? sep : "",
				       json_object_get_string(json_object_array_get_idx(array, i)));
}

enum rc out_fault(struct out *out, enum rc rc, const char *handle, const struct finding *f)
{
	struct json_object *error = out_item(out_array(out->doc, "errors"));

	out_str(error, "handle", handle);
	out_finding(error, f);
	return rc;
}

static bool colored(const struct out *out, FILE *stream)
{
	if (out->color == COLOR_AUTO)
		return isatty(fileno(stream));
	return out->color == COLOR_ALWAYS;
}

static const char *paint_code(enum paint paint)
{
	switch (paint) {
	case PAINT_GOOD:
		return "\033[32m";
	case PAINT_WARN:
		return "\033[33m";
	case PAINT_BAD:
		return "\033[31m";
	case PAINT_NONE:
		break;
	}
	return "";
}

/* Columns on the terminal; a UTF-8 continuation byte takes none. */
static size_t width(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

static void cut_at(char *text, size_t max)
{
	char *end = text;
	size_t n = 0;

	if (!max || width(text) <= max)
		return;
	while (n < max - 2) {
		end++;
		n += ((unsigned char)*end & 0xc0) != 0x80;
	}
	strcpy(end, "..");
}

static void cell_text(const struct column *col, const char *handle, struct json_object *attrs,
		      char buf[CELL_MAX])
{
	buf[0] = '\0';
	if (col->cell)
		col->cell(attrs, buf, CELL_MAX);
	else
		snprintf(buf, CELL_MAX, "%s", col->key ? out_get(attrs, col->key) : handle);
	if (!buf[0])
		strcpy(buf, "-");
	cut_at(buf, col->cut);
}

static void print_cell(const char *text, size_t pad_to, const char *code, bool last)
{
	size_t w = width(text);

	printf("%s%s%s", code, text, code[0] ? "\033[0m" : "");
	if (last)
		putchar('\n');
	else
		printf("%*s", (int)(pad_to > w ? pad_to - w : 0) + 2, "");
}

void out_table(struct out *out, const char *object, const struct column *cols, size_t nr_cols)
{
	struct json_object *rows = out_object(out, object);
	bool color = colored(out, stdout);
	char buf[CELL_MAX];
	size_t *widths, i;

	if (out->json)
		return;
	widths = must(calloc(nr_cols, sizeof(*widths)));
	for (i = 0; i < nr_cols; i++) {
		widths[i] = strlen(cols[i].title);
		json_object_object_foreach(rows, handle, attrs) {
			cell_text(&cols[i], handle, attrs, buf);
			if (width(buf) > widths[i])
				widths[i] = width(buf);
		}
	}
	for (i = 0; i < nr_cols; i++)
		print_cell(cols[i].title, widths[i], color ? "\033[1m" : "", i + 1 == nr_cols);
	json_object_object_foreach(rows, name, row) {
		for (i = 0; i < nr_cols; i++) {
			enum paint paint = color && cols[i].paint ? cols[i].paint(row) : PAINT_NONE;

			cell_text(&cols[i], name, row, buf);
			print_cell(buf, widths[i], paint_code(paint), i + 1 == nr_cols);
		}
	}
	free(widths);
}

/* A value on one line. Of an object: a finding as a sentence, anything else as "key value" pairs.
 */
static void print_inline(struct json_object *value)
{
	const char *sep = "", *fix;

	if (!json_object_is_type(value, json_type_object)) {
		fputs(json_object_get_string(value), stdout);
		return;
	}
	if (json_object_object_get_ex(value, "reason", NULL)) {
		fix = out_get(value, "fix");
		printf("%s [%s]%s%s", out_get(value, "reason"), out_get(value, "rule"),
		       fix[0] ? " -> " : "", fix);
		return;
	}
	json_object_object_foreach(value, key, member) {
		printf("%s%s %s", sep, key, json_object_get_string(member));
		sep = "  ";
	}
}

static void print_array(const char *key, struct json_object *array, int pad)
{
	size_t n = json_object_array_length(array), i;
	struct json_object *item;
	bool lines =
		n && json_object_is_type(json_object_array_get_idx(array, 0), json_type_object);

	for (i = 0; i < n; i++) {
		item = json_object_array_get_idx(array, i);
		if (!i || lines)
			printf("  %-*s  ", pad, i ? "" : key);
		else
			fputs(", ", stdout);
		print_inline(item);
		if (lines || i + 1 == n)
			putchar('\n');
	}
}

static void print_attrs(struct json_object *attrs)
{
	int pad = 0;

	json_object_object_foreach(attrs, name, unused) {
		(void)unused;
		if ((int)strlen(name) > pad)
			pad = (int)strlen(name);
	}
	json_object_object_foreach(attrs, key, value) {
		if (json_object_is_type(value, json_type_array)) {
			print_array(key, value, pad);
		} else {
			printf("  %-*s  ", pad, key);
			print_inline(value);
			putchar('\n');
		}
	}
}

void out_record(struct out *out, const char *object)
{
	bool color = colored(out, stdout);

	if (out->json)
		return;
	json_object_object_foreach(out_object(out, object), handle, attrs) {
		printf("%s%s%s\n", color ? "\033[1m" : "", handle, color ? "\033[0m" : "");
		print_attrs(attrs);
	}
}

void out_line(struct out *out, const char *fmt, ...)
{
	va_list args;

	if (out->json)
		return;
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
}

static void print_errors(struct out *out)
{
	const char *red = colored(out, stderr) ? paint_code(PAINT_BAD) : "";
	struct json_object *errors, *error;
	const char *handle, *fix;
	size_t i;

	if (!json_object_object_get_ex(out->doc, "errors", &errors))
		return;
	fflush(stdout);
	for (i = 0; i < json_object_array_length(errors); i++) {
		error = json_object_array_get_idx(errors, i);
		handle = out_get(error, "handle");
		fix = out_get(error, "fix");
		fprintf(stderr, "vfioctl: %s%s%s%s%s [%s]\n", handle, handle[0] ? ": " : "", red,
			out_get(error, "reason"), red[0] ? "\033[0m" : "", out_get(error, "rule"));
		if (fix[0])
			fprintf(stderr, "  to mend: %s\n", fix);
	}
}

bool out_finish(struct out *out)
{
	int flags = JSON_C_TO_STRING_NOSLASHESCAPE |
		    (out->pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED
				 : JSON_C_TO_STRING_PLAIN);

	if (out->json)
		puts(json_object_to_json_string_ext(out->doc, flags));
	else
		print_errors(out);
	json_object_put(out->doc);
	out->doc = NULL;
	return !fflush(stdout) && !ferror(stdout);
}
