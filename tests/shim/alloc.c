// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmalloc, kvmalloc, vmalloc and slab caches on the C library's allocator, so that
 * the sanitizer sees each object's bounds and life. Memory that was not asked to be
 * zero is poisoned; copy_to_user() knows the poison (see user.c).
 *
 * The heads that tell the families apart live in a side table, not before the
 * object: an overrun to the left must hit the sanitizer's red zone.
 */
#include <pthread.h>
#include <stdlib.h>

#include <linux/bits.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <shim/fault.h>
#include <shim/poison.h>
#include <shim/report.h>

enum family { KMALLOC, VMALLOC, CACHE };
static const char *const family_names[] = { "kmalloc", "vmalloc", "kmem_cache" };
static const enum shim_live family_live[] = { SHIM_SLAB, SHIM_VMALLOC, SHIM_SLAB };

#define BUCKETS (1U << 16)
struct object {
	struct object *next;
	const void *mem;
	size_t size;
	enum family family;
	const struct kmem_cache *cache;
};

struct kmem_cache {
	const char *name;
	size_t size;
	long live;
	void (*ctor)(void *object);
};

static struct object *buckets[BUCKETS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct object **find(const void *mem)
{
	unsigned long hash = (unsigned long)mem * 0x9e3779b97f4a7c15UL;
	struct object **at = &buckets[hash >> 48];

	while (*at && (*at)->mem != mem)
		at = &(*at)->next;
	return at;
}

static void *take(size_t size, gfp_t flags, enum family family, struct kmem_cache *cache)
{
	struct object *object;
	void *mem;

	if (gfpflags_allow_blocking(flags))
		shim_might_sleep(family_names[family], 0);
	if (!(flags & __GFP_NOFAIL) && shim_should_fail(family_names[family]))
		return NULL;
	mem = malloc(size);
	object = malloc(sizeof(*object));
	if (!mem || !object)
		shim_die("%s: the host is out of memory", family_names[family]);
	memset(mem, flags & __GFP_ZERO ? 0 : SHIM_POISON_HEAP, size);
	*object = (struct object){ NULL, mem, size, family, cache };
	pthread_mutex_lock(&lock);
	object->next = NULL;
	*find(mem) = object;
	pthread_mutex_unlock(&lock);
	shim_live_add(family_live[family], 1);
	return mem;
}

static void give(const void *mem, unsigned int allowed, const struct kmem_cache *cache)
{
	struct object **at, *object;

	pthread_mutex_lock(&lock);
	at = find(mem);
	object = *at;
	if (object)
		*at = object->next;
	pthread_mutex_unlock(&lock);
	if (!object)
		shim_die("free of %p, which is not allocated", mem);
	if (!(allowed & BIT(object->family)) || object->cache != cache)
		shim_die("memory of %s freed by the wrong function",
			 family_names[object->family]);
	shim_live_add(family_live[object->family], -1);
	free(object);
	free((void *)mem);
}

void *kmalloc(size_t size, gfp_t flags)
{
	if (!size)
		return ZERO_SIZE_PTR;
	if (size > KMALLOC_MAX_SIZE) {
		if (size != SIZE_MAX && !(flags & __GFP_NOWARN))
			shim_complain("kmalloc: %zu bytes are more than it can give", size);
		return NULL;
	}
	return take(size, flags, KMALLOC, NULL);
}

void kfree(const void *p)
{
	if (!ZERO_OR_NULL_PTR(p))
		give(p, BIT(KMALLOC), NULL);
}

size_t ksize(const void *p)
{
	struct object *object;

	if (ZERO_OR_NULL_PTR(p))
		return 0;
	pthread_mutex_lock(&lock);
	object = *find(p);
	pthread_mutex_unlock(&lock);
	if (!object)
		shim_die("ksize of %p, which is not allocated", p);
	return object->size;
}

/* What an object of @size really takes: powers of two, 96 and 192. */
size_t kmalloc_size_roundup(size_t size)
{
	size_t power = 8;

	while (power < size)
		power *= 2;
	if (size <= power / 4 * 3 && (power == 128 || power == 256))
		return power / 4 * 3;
	return size ? power : 0;
}

void *krealloc(const void *p, size_t size, gfp_t flags)
{
	void *to;

	if (!size) {
		kfree(p);
		return ZERO_SIZE_PTR;
	}
	to = kmalloc(size, flags);
	if (to && !ZERO_OR_NULL_PTR(p)) {
		memcpy(to, p, min(size, ksize(p)));
		kfree(p);
	}
	return to;
}

void *kvmalloc(size_t size, gfp_t flags)
{
	if (size > INT_MAX) {
		if (size != SIZE_MAX && !(flags & __GFP_NOWARN))
			shim_complain("kvmalloc: %zu bytes are more than it can give", size);
		return NULL;
	}
	return size > KMALLOC_MAX_CACHE_SIZE ? take(size, flags, VMALLOC, NULL) :
					       kmalloc(size, flags);
}

void kvfree(const void *p)
{
	if (!ZERO_OR_NULL_PTR(p))
		give(p, BIT(KMALLOC) | BIT(VMALLOC), NULL);
}

void *vmalloc(unsigned long size)
{
	return size && size <= 1UL << 36 ? take(size, GFP_KERNEL, VMALLOC, NULL) : NULL;
}

void *vzalloc(unsigned long size)
{
	return size && size <= 1UL << 36 ? take(size, GFP_KERNEL | __GFP_ZERO, VMALLOC, NULL) :
					   NULL;
}

void vfree(const void *p)
{
	if (p)
		give(p, BIT(VMALLOC), NULL);
}

bool is_vmalloc_addr(const void *p)
{
	struct object *object;

	pthread_mutex_lock(&lock);
	object = *find(p);
	pthread_mutex_unlock(&lock);
	return object && object->family == VMALLOC;
}

void *kmemdup(const void *from, size_t size, gfp_t flags)
{
	void *to = kmalloc(size, flags);

	if (to)
		memcpy(to, from, size);
	return to;
}

char *kstrndup(const char *text, size_t max, gfp_t flags)
{
	size_t len = strnlen(text, max);
	char *to = kmalloc(len + 1, flags);

	if (to) {
		memcpy(to, text, len);
		to[len] = 0;
	}
	return to;
}

char *kstrdup(const char *text, gfp_t flags)
{
	return text ? kstrndup(text, strlen(text), flags) : NULL;
}

struct kmem_cache *kmem_cache_create(const char *name, unsigned int size, unsigned int align,
				     unsigned int flags, void (*ctor)(void *object))
{
	struct kmem_cache *cache = kzalloc(sizeof(*cache), GFP_KERNEL);

	if (cache)
		*cache = (struct kmem_cache){ .name = name, .size = size, .ctor = ctor };
	return cache;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
	if (!cache)
		return;
	if (cache->live)
		shim_complain("cache %s destroyed with %ld objects in use", cache->name,
			      cache->live);
	kfree(cache);
}

void *kmem_cache_alloc(struct kmem_cache *cache, gfp_t flags)
{
	void *object = take(cache->size, flags, CACHE, cache);

	if (!object)
		return NULL;
	__atomic_add_fetch(&cache->live, 1, __ATOMIC_RELAXED);
	if (cache->ctor)
		cache->ctor(object);
	return object;
}

void kmem_cache_free(struct kmem_cache *cache, void *object)
{
	if (!object)
		return;
	give(object, BIT(CACHE), cache);
	__atomic_sub_fetch(&cache->live, 1, __ATOMIC_RELAXED);
}

int kmem_cache_alloc_bulk(struct kmem_cache *cache, gfp_t flags, size_t n, void **objects)
{
	for (size_t i = 0; i < n; i++) {
		objects[i] = kmem_cache_alloc(cache, flags);
		if (!objects[i]) {
			kmem_cache_free_bulk(cache, i, objects);
			return 0;
		}
	}
	return n;
}

void kmem_cache_free_bulk(struct kmem_cache *cache, size_t n, void **objects)
{
	while (n--)
		kmem_cache_free(cache, objects[n]);
}
