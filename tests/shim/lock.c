// SPDX-License-Identifier: GPL-2.0-only
/*
 * Locks with owners; see shim/lock.h.
 *
 * Underneath each is a pthread rwlock. The order of classes is a bit matrix: a bit
 * says that one class was held while the other was taken. Before a bit is set the
 * matrix is searched for a way back.
 */
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include <shim/lock.h>
#include <shim/report.h>

#define MAX_HELD 32
#define MAX_CLASSES 256

struct held {
	struct lockdep_map *map;
	enum shim_lock_kind kind;
	enum shim_lock_mode mode;
	int class;
};

struct class {
	const void *key;
	unsigned int subclass;
	const char *name;
	bool in_irq, irqs_on;
	bool before[MAX_CLASSES];	/* before[c]: held when c was taken */
};

static _Thread_local struct held held[MAX_HELD];
static bool jitter;
static _Thread_local unsigned int nheld, irq_off_depth, irq_depth;

/* Now and then, give the other threads a chance. */
static void disturb(void)
{
	static _Thread_local unsigned int step;
	static unsigned int seed;

	if (!jitter)
		return;
	if (!step)
		step = __atomic_add_fetch(&seed, 0x9e3779b9, __ATOMIC_RELAXED);
	step = step * 1103515245 + 12345;
	if (!(step >> 16 & 3))
		usleep(step >> 20 & 31);
}

static pthread_mutex_t classes_lock = PTHREAD_MUTEX_INITIALIZER;
static struct class classes[MAX_CLASSES];
static int nclasses;

static int class_of(const struct lockdep_map *map, unsigned int subclass)
{
	/* a lock that was initialised by hand is a class of its own */
	const void *key = map->class_key ? map->class_key : map;
	int class;

	for (class = 0; class < nclasses; class++)
		if (classes[class].key == key && classes[class].subclass == subclass)
			return class;
	if (nclasses == MAX_CLASSES)
		shim_die("more than %d classes of locks", MAX_CLASSES);
	classes[nclasses] = (struct class){ .key = key, .subclass = subclass, .name = map->name };
	return nclasses++;
}

static bool reaches(int from, int to, bool *seen)
{
	if (from == to)
		return true;
	seen[from] = true;
	for (int next = 0; next < nclasses; next++)
		if (classes[from].before[next] && !seen[next] && reaches(next, to, seen))
			return true;
	return false;
}

static void learn_order(const struct lockdep_map *map, int class, bool nests)
{
	for (unsigned int i = 0; i < nheld; i++) {
		bool seen[MAX_CLASSES] = { false };
		int above = held[i].class;

		if (classes[above].before[class] || (nests && above == class))
			continue;
		if (reaches(class, above, seen))
			shim_die("lock order: %s is taken under %s, the other way round before",
				 map->name, classes[above].name);
		classes[above].before[class] = true;
	}
}

static void learn_irq_use(int class, enum shim_lock_kind kind, const char *name)
{
	if (kind != SHIM_SPINNING)
		return;
	classes[class].in_irq |= irq_depth > 0;
	classes[class].irqs_on |= !irq_depth && !irq_off_depth;
	if (classes[class].in_irq && classes[class].irqs_on)
		shim_die("%s is taken by interrupt handlers, and with interrupts on", name);
}

static struct held *find_held(const struct lockdep_map *map)
{
	for (unsigned int i = nheld; i-- > 0; )
		if (held[i].map == map)
			return &held[i];
	return NULL;
}

static void remember(struct lockdep_map *map, enum shim_lock_kind kind, enum shim_lock_mode mode,
		     int class)
{
	if (nheld == MAX_HELD)
		shim_die("a thread holds more than %d locks", MAX_HELD);
	held[nheld++] = (struct held){ map, kind, mode, class };
}

enum taking { WAITS, TRIES, NESTS };

static int check_taking(struct lockdep_map *map, enum shim_lock_kind kind, unsigned int subclass,
			enum taking how)
{
	int class;

	if (!map->name)
		shim_die("lock %p was not initialised", (void *)map);
	if (find_held(map))
		shim_die("%s: taken twice by one thread", map->name);
	pthread_mutex_lock(&classes_lock);
	class = class_of(map, subclass);
	if (how != TRIES)
		learn_order(map, class, map->nests || how == NESTS);
	learn_irq_use(class, kind, map->name);
	pthread_mutex_unlock(&classes_lock);
	return class;
}

void shim_lock_init(struct lockdep_map *map, const char *name, const void *key)
{
	map->name = name;
	map->class_key = key;
	map->nests = false;
	pthread_rwlock_init(&map->lock, NULL);
}

void shim_lock_destroy(struct lockdep_map *map)
{
	if (shim_lock_taken(map))
		shim_die("%s: destroyed while held", map->name);
	pthread_rwlock_destroy(&map->lock);
	map->name = NULL;
}

static void take(struct lockdep_map *map, enum shim_lock_kind kind, enum shim_lock_mode mode,
		 unsigned int subclass, enum taking how)
{
	int class;

	if (kind == SHIM_SLEEPING)
		shim_might_sleep(map->name, 0);
	class = check_taking(map, kind, subclass, how);
	if (mode == SHIM_READ)
		pthread_rwlock_rdlock(&map->lock);
	else
		pthread_rwlock_wrlock(&map->lock);
	remember(map, kind, mode, class);
}

void shim_lock(struct lockdep_map *map, enum shim_lock_kind kind, enum shim_lock_mode mode,
	       unsigned int subclass)
{
	take(map, kind, mode, subclass, WAITS);
}

void shim_lock_nested(struct lockdep_map *map, enum shim_lock_kind kind,
		      enum shim_lock_mode mode, const struct lockdep_map *nest)
{
	shim_assert_held(nest, SHIM_WRITE, __FILE__, __LINE__);
	take(map, kind, mode, 0, NESTS);
}

bool shim_trylock(struct lockdep_map *map, enum shim_lock_kind kind, enum shim_lock_mode mode)
{
	int class;

	if (find_held(map))
		return false;
	class = check_taking(map, kind, 0, TRIES);
	if (mode == SHIM_READ ? pthread_rwlock_tryrdlock(&map->lock) :
				pthread_rwlock_trywrlock(&map->lock))
		return false;
	remember(map, kind, mode, class);
	return true;
}

void shim_unlock(struct lockdep_map *map, enum shim_lock_mode mode)
{
	struct held *mine = find_held(map);

	if (!mine)
		shim_die("%s: released by a thread that does not hold it", map->name);
	if (mine->mode != mode)
		shim_die("%s: released in another mode than taken", map->name);
	memmove(mine, mine + 1, (char *)&held[nheld] - (char *)(mine + 1));
	nheld--;
	pthread_rwlock_unlock(&map->lock);
	disturb();
}

/* Not atomic underneath: a writer may slip in between, which only makes tests harder. */
void shim_downgrade(struct lockdep_map *map)
{
	struct held *mine = find_held(map);

	if (!mine || mine->mode != SHIM_WRITE)
		shim_die("%s: downgraded by a thread that does not hold it for writing",
			 map->name);
	pthread_rwlock_unlock(&map->lock);
	pthread_rwlock_rdlock(&map->lock);
	mine->mode = SHIM_READ;
}

bool shim_lock_held(const struct lockdep_map *map, enum shim_lock_mode mode)
{
	const struct held *mine = find_held(map);

	return mine && (mode == SHIM_ANY || mine->mode == mode);
}

bool shim_lock_taken(const struct lockdep_map *map)
{
	pthread_rwlock_t *lock = (pthread_rwlock_t *)&map->lock;

	if (find_held(map) || pthread_rwlock_trywrlock(lock))
		return true;
	pthread_rwlock_unlock(lock);
	return false;
}

void shim_assert_held(const struct lockdep_map *map, enum shim_lock_mode mode,
		      const char *file, int line)
{
	if (!shim_lock_held(map, mode))
		shim_die("%s:%d: %s is not held%s", file, line, map->name,
			 mode == SHIM_WRITE ? " for writing" : "");
}

void shim_assert_not_held(const struct lockdep_map *map, const char *file, int line)
{
	if (shim_lock_held(map, SHIM_ANY))
		shim_die("%s:%d: %s is held", file, line, map->name);
}

void shim_might_sleep(const char *file, int line)
{
	for (unsigned int i = 0; i < nheld; i++)
		if (held[i].kind == SHIM_SPINNING)
			shim_die("%s:%d: may sleep under spinlock %s", file, line,
				 held[i].map->name);
	if (irq_depth || irq_off_depth)
		shim_die("%s:%d: may sleep with interrupts off", file, line);
	disturb();
}

void shim_jitter(bool on)
{
	jitter = on;
}

unsigned int shim_locks_held(void)
{
	return nheld;
}

void shim_irq_disable(void)
{
	irq_off_depth++;
}

void shim_irq_enable(void)
{
	if (!irq_off_depth--)
		shim_die("interrupts enabled more often than disabled");
}

bool shim_irqs_off(void)
{
	return irq_off_depth || irq_depth;
}

void shim_irq_enter(void)
{
	irq_depth++;
}

void shim_irq_exit(void)
{
	irq_depth--;
}

bool shim_in_irq(void)
{
	return irq_depth;
}
