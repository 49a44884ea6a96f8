// SPDX-License-Identifier: GPL-2.0-only
/*
 * VF tokens as the command line has them: in a file, or behind an open file that a parent process
 * passed on. Never as an argument, since every user of the machine can read those.
 *
 * A token is worth what its file keeps: one that others can read, or that belongs to another user,
 * is refused, to write as to read. A new file comes with mode 0600, and takes no other file's place
 * unless that is wanted; then it comes by rename, so that no half a token is seen. By name there
 * are regular files only: opening a pipe waits, and a rename would put a file in a device node's
 * place.
 */
#include "secret.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "operand.h"
#include "out.h"

#define OTHERS (S_IRWXG | S_IRWXO)

static const char hex_digits[] = "0123456789abcdef";

static bool is_dash(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

static void write_text(struct secret *secret)
{
	size_t at, digit = 0;

	for (at = 0; at < SECRET_TEXT - 1; at++) {
		unsigned int byte = secret->bytes[digit / 2];

		if (is_dash(at))
			secret->text[at] = '-';
		else
			secret->text[at] = hex_digits[digit++ % 2 ? byte & 0xf : byte >> 4];
	}
	secret->text[at] = '\0';
}

/* @text ends with NUL; white space may follow the token. */
static bool parse(const char *text, struct secret *secret)
{
	size_t at, digit = 0;
	const char *found;

	for (at = 0; at < SECRET_TEXT - 1; at++) {
		if (is_dash(at)) {
			if (text[at] != '-')
				return false;
			continue;
		}
		found = text[at] ? strchr(hex_digits, tolower((unsigned char)text[at])) : NULL;
		if (!found)
			return false;
		secret->bytes[digit / 2] =
			(uint8_t)(secret->bytes[digit / 2] << 4 | (found - hex_digits));
		digit++;
	}
	write_text(secret);
	return text[at + strspn(text + at, " \t\r\n")] == '\0';
}

/* RFC 9562, 5.4: random but for version 4 and the variant */
enum rc secret_make(struct out *out, struct secret *secret)
{
	if (getentropy(secret->bytes, sizeof(secret->bytes)))
		return operand_fault(out, NULL, "no random numbers", -errno);
	secret->bytes[6] = (uint8_t)(0x40 | (secret->bytes[6] & 0x0f));
	secret->bytes[8] = (uint8_t)(0x80 | (secret->bytes[8] & 0x3f));
	write_text(secret);
	return RC_DONE;
}

static const char *name_of(const struct place *place, char buf[24])
{
	if (place->file)
		return place->file;
	snprintf(buf, 24, "fd %d", place->fd);
	return buf;
}

static enum rc say_no_file(struct out *out, const char *name)
{
	struct finding f = { 0 };

	finding_say(&f, "token.file", "%s is no regular file", name);
	finding_fix(&f, "name another file; a pipe or terminal goes by --fd");
	return out_fault(out, RC_BLOCKED, NULL, &f);
}

/* Whether what is in this file is ours alone; @fix: what mends its mode */
static enum rc check_file(struct out *out, const struct place *place, int fd, const char *fix)
{
	struct finding f = { 0 };
	const char *name;
	struct stat st;
	char buf[24];

	name = name_of(place, buf);
	if (fstat(fd, &st))
		return operand_fault(out, NULL, name, -errno);
	if (!S_ISREG(st.st_mode))
		return place->file ? say_no_file(out, name) : RC_DONE;
	if (st.st_uid && st.st_uid != geteuid()) {
		finding_say(&f, "token.owner", "%s belongs to another user (%u)", name, st.st_uid);
		finding_fix(&f, "make a new token in a file of your own");
	} else if (st.st_mode & OTHERS) {
		finding_say(&f, "token.mode", "%s is open to others than its owner (mode %04o)",
			    name, st.st_mode & 07777);
		finding_fix(&f, "%s", fix);
	}
	return f.rule ? out_fault(out, RC_BLOCKED, NULL, &f) : RC_DONE;
}

/* Up to the end, or the end of a line: a pipe may stay open. 0 or -errno. */
static int read_line(int fd, char *buf, size_t size)
{
	size_t len = 0;
	ssize_t got;

	do {
		got = read(fd, buf + len, size - 1 - len);
		if (got > 0)
			len += (size_t)got;
	} while ((got < 0 && errno == EINTR) ||
		 (got > 0 && len < size - 1 && !memchr(buf, '\n', len)));
	buf[len] = '\0';
	return got < 0 ? -errno : 0;
}

static enum rc load_fd(struct out *out, const struct place *from, int fd, struct secret *secret)
{
	enum rc rc = check_file(out, from, fd, "make a new token, since others may know this one, "
				"or chmod 600 it");
	char text[SECRET_TEXT + 8], buf[24];
	const char *name = name_of(from, buf);
	struct finding f = { 0 };
	int err;

	if (rc)
		return rc;
	err = read_line(fd, text, sizeof(text));
	if (err) {
		rc = operand_fault(out, NULL, name, err);
	} else if (!parse(text, secret)) {
		finding_say(&f, "token.form", "%s holds no UUID, or more than one", name);
		finding_fix(&f, "vfioctl token new makes one");
		rc = out_fault(out, RC_USAGE, NULL, &f);
	}
	explicit_bzero(text, sizeof(text));
	return rc;
}

enum rc secret_load(struct out *out, const struct place *from, struct secret *secret)
{
	enum rc rc;
	int fd;

	if (!from->file)
		return load_fd(out, from, from->fd, secret);
	fd = open(from->file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ELOOP)
		return say_no_file(out, from->file);
	if (fd < 0)
		return operand_fault(out, NULL, from->file, -errno);
	rc = load_fd(out, from, fd, secret);
	close(fd);
	return rc;
}

/* 0 or -errno */
static int put(int fd, const struct secret *secret)
{
	char line[SECRET_TEXT];
	size_t at = 0;
	ssize_t n;
	int err = 0;

	memcpy(line, secret->text, SECRET_TEXT - 1);
	line[SECRET_TEXT - 1] = '\n';
	while (!err && at < sizeof(line)) {
		n = write(fd, line + at, sizeof(line) - at);
		if (n >= 0)
			at += (size_t)n;
		else if (errno != EINTR)
			err = -errno;
	}
	explicit_bzero(line, sizeof(line));
	return err;
}

/* Takes over @fd, the file @path, which is removed if the token does not get into it. */
static int put_and_close(int fd, const char *path, const struct secret *secret)
{
	int err = put(fd, secret);

	if (close(fd) && !err)
		err = -errno;
	if (err)
		unlink(path);
	return err;
}

static int put_new(const char *path, const struct secret *secret)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd < 0 ? -errno : put_and_close(fd, path, secret);
}

static int put_in_place_of(const char *path, const struct secret *secret)
{
	char temp[PATH_MAX];
	int fd, err, len = snprintf(temp, sizeof(temp), "%s.XXXXXX", path);

	if (len < 0 || (size_t)len >= sizeof(temp))
		return -ENAMETOOLONG;
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = put_and_close(fd, temp, secret);
	if (!err && rename(temp, path)) {
		err = -errno;
		unlink(temp);
	}
	return err;
}

static enum rc store_fd(struct out *out, const struct place *to, const struct secret *secret)
{
	enum rc rc = check_file(out, to, to->fd, "umask 077 before it is made, or chmod 600 it");
	char buf[24];
	int err;

	if (rc)
		return rc;
	err = put(to->fd, secret);
	return err ? operand_fault(out, NULL, name_of(to, buf), err) : RC_DONE;
}

enum rc secret_store(struct out *out, const struct place *to, bool replace,
		     const struct secret *secret)
{
	struct finding f = { 0 };
	struct stat st;
	int err;

	if (!to->file)
		return store_fd(out, to, secret);
	if (!lstat(to->file, &st) && !S_ISREG(st.st_mode))
		return say_no_file(out, to->file);
	err = replace ? put_in_place_of(to->file, secret) : put_new(to->file, secret);
	if (err != -EEXIST)
		return err ? operand_fault(out, NULL, to->file, err) : RC_DONE;
	finding_say(&f, "token.exists", "%s is there already", to->file);
	finding_fix(&f, "name another file, or replace it: --force");
	return out_fault(out, RC_BLOCKED, NULL, &f);
}

void secret_erase(struct secret *secret)
{
	explicit_bzero(secret, sizeof(*secret));
}
