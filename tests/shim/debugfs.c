// SPDX-License-Identifier: GPL-2.0-only
/* debugfs: directories, and files that show something. */
#include <stdarg.h>

#include <linux/debugfs.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <shim/debugfs.h>
#include <shim/fault.h>
#include <shim/report.h>

struct dentry {
	char path[128];
	const struct file_operations *fops;
	void *data;
	struct list_head list;
};

static LIST_HEAD(entries);
static DEFINE_MUTEX(entries_lock);

static struct dentry *find(const char *path)
{
	struct dentry *entry;

	list_for_each_entry(entry, &entries, list)
		if (!strcmp(entry->path, path))
			return entry;
	return NULL;
}

struct dentry *debugfs_create_file(const char *name, umode_t mode, struct dentry *parent,
				   void *data, const struct file_operations *fops)
{
	struct dentry *entry, *other;

	if (IS_ERR(parent))
		return parent;
	shim_fail_pause();	/* what does without it does not fail for it */
	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	shim_fail_resume();
	snprintf(entry->path, sizeof(entry->path), "%.60s%s%.60s", parent ? parent->path : "",
		 parent ? "/" : "", name);
	entry->fops = fops;
	entry->data = data;
	mutex_lock(&entries_lock);
	other = find(entry->path);
	if (!other)
		list_add(&entry->list, &entries);
	mutex_unlock(&entries_lock);
	if (!other)
		return entry;
	shim_complain("debugfs: %s is there already", entry->path);
	kfree(entry);
	return ERR_PTR(-EEXIST);
}

struct dentry *debugfs_create_dir(const char *name, struct dentry *parent)
{
	return debugfs_create_file(name, 0755, parent, NULL, NULL);
}

static bool below(const struct dentry *entry, const struct dentry *top)
{
	size_t len = strlen(top->path);

	return !strncmp(entry->path, top->path, len) && entry->path[len] == '/';
}

void debugfs_remove(struct dentry *top)
{
	struct dentry *entry, *next;

	if (IS_ERR_OR_NULL(top))
		return;
	/* Readers are inside while the lock is held: so it waits for them */
	mutex_lock(&entries_lock);
	list_for_each_entry_safe(entry, next, &entries, list)
		if (below(entry, top)) {
			list_del(&entry->list);
			kfree(entry);
		}
	list_del(&top->list);
	mutex_unlock(&entries_lock);
	kfree(top);
}

ssize_t shim_debugfs_read(const char *path, char *text, size_t size)
{
	struct seq_file m = { .buf = text, .size = size };
	struct dentry *entry;
	int ret = -ENOENT;

	mutex_lock(&entries_lock);
	entry = find(path);
	if (entry && entry->fops) {
		m.private = entry->data;
		ret = entry->fops->shim_show(&m, NULL);
	}
	mutex_unlock(&entries_lock);
	return ret ? ret : (ssize_t)m.count;
}

void seq_puts(struct seq_file *m, const char *text)
{
	seq_printf(m, "%s", text);
}

void seq_printf(struct seq_file *m, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	m->count += vsnprintf(m->buf + m->count, m->size - m->count, fmt, args);
	va_end(args);
	if (m->count >= m->size)
		shim_die("seq_file: what it shows is longer than the reader expects");
}
