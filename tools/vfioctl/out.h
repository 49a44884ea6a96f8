/* SPDX-License-Identifier: GPL-2.0-only */
/* The one printer, for text and JSON. See out.c. */
#ifndef VFIOCTL_OUT_H
#define VFIOCTL_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include <json-c/json.h>

#include "vfioctl.h"

enum color_when { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/** enum paint - what a cell's colour tells */
enum paint { PAINT_NONE, PAINT_GOOD, PAINT_WARN, PAINT_BAD };

/** struct out - the document under construction, and how it is to be shown */
struct out {
	struct json_object *doc;	/* object name -> handle -> attributes, and "errors" */
	bool json, pretty;
	enum color_when color;
};

/**
 * struct column - one column of a text table, drawn from the attributes of each handle
 * @title: heading
 * @key: attribute shown; NULL: the handle itself
 * @cut: longest text shown in full, 0: no limit
 * @cell: makes the text when it is not the plain attribute; "" prints as "-"
 * @paint: chooses the colour by the handle's attributes; may be NULL
 */
struct column {
	const char *title;
	const char *key;
	size_t cut;
	void (*cell)(struct json_object *attrs, char *buf, size_t size);
	enum paint (*paint)(struct json_object *attrs);
};

void out_init(struct out *out);

/** out_object - a kind of thing at the top of the document, made if not there */
struct json_object *out_object(struct out *out, const char *name);

/** out_handle - one thing of an object, made if not there */
struct json_object *out_handle(struct json_object *object, const char *handle);

/* Attributes. Strings are cleaned of control characters; NULL and "" are left out. */
void out_str(struct json_object *attrs, const char *key, const char *value);
void out_int(struct json_object *attrs, const char *key, long long value);
void out_bool(struct json_object *attrs, const char *key, bool value);

/** out_array - an array attribute, made if not there */
struct json_object *out_array(struct json_object *attrs, const char *key);

/** out_item - append an object to an array */
struct json_object *out_item(struct json_object *array);

/** out_item_str - append a string to an array */
void out_item_str(struct json_object *array, const char *value);

/** out_finding - rule, reason and fix of a finding as attributes */
void out_finding(struct json_object *attrs, const struct finding *f);

/** out_get - string attribute, or "" */
const char *out_get(struct json_object *attrs, const char *key);

/** out_join - the strings of an array attribute, as the text of a cell */
void out_join(struct json_object *attrs, const char *key, const char *sep, char *buf, size_t size);

/**
 * out_fault - note an error; it is shown by out_finish()
 * @handle: device or group concerned, may be NULL
 * Returns @rc, for the caller to pass on.
 */
enum rc out_fault(struct out *out, enum rc rc, const char *handle, const struct finding *f);

/* Text views of an object in the document; they print nothing in JSON mode. */
void out_table(struct out *out, const char *object, const struct column *cols, size_t nr_cols);
void out_record(struct out *out, const char *object);

/** out_line - a line of text; nothing in JSON mode */
__attribute__((format(printf, 2, 3)))
void out_line(struct out *out, const char *fmt, ...);

/**
 * out_finish - print the JSON document, or the errors as text, and free the document
 * Returns false when not all that was printed on stdout could be written.
 */
bool out_finish(struct out *out);

#endif
