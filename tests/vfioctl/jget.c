// SPDX-License-Identifier: GPL-2.0-only
/*
 * jget FILE [KEY|INDEX]...: print the value at that place of a JSON file; objects and arrays
 * compactly. Exit 1 if there is no such place, 2 if the file is not one JSON document and nothing
 * else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

static struct json_object *parse(const char *path)
{
	static char text[1 << 20];
	struct json_tokener *tok = json_tokener_new();
	FILE *f = fopen(path, "r");
	size_t len = f ? fread(text, 1, sizeof(text) - 1, f) : 0;
	struct json_object *doc;

	if (!len || !tok)
		return NULL;
	fclose(f);
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	doc = json_tokener_parse_ex(tok, text, (int)len);
	if (json_tokener_get_error(tok) != json_tokener_success)
		return NULL;
	json_tokener_free(tok);
	return doc;
}

int main(int argc, char **argv)
{
	struct json_object *doc = argc > 1 ? parse(argv[1]) : NULL, *at = doc;
	int i;

	if (!doc)
		return 2;
	for (i = 2; i < argc && at; i++) {
		if (json_object_is_type(at, json_type_array))
			at = json_object_array_get_idx(at, strtoul(argv[i], NULL, 10));
		else if (!json_object_object_get_ex(at, argv[i], &at))
			at = NULL;
	}
	if (at)
		puts(json_object_is_type(at, json_type_string) ? json_object_get_string(at)
			: json_object_to_json_string_ext(at, JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(doc);
	return at ? 0 : 1;
}
