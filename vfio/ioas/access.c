// SPDX-License-Identifier: GPL-2.0-only
/*
 * What emulated devices do to a space: they pin and unpin pages of it, and read and write it by
 * the CPU.
 *
 * A device that is at work on a mapping keeps it by dma_mapping.accesses, without a lock, since
 * user memory can fault for as long as user space likes. Unmap makes the mapping busy, which
 * lets no new access begin, waits for those that have begun, and tells drivers to unpin.
 *
 * A driver can hold a lock of its own in all of that, and take it again when it is told of the
 * unmap. So nothing here waits for a busy mapping: for devices it is not mapped any more, or not
 * yet. Nor does an mm end here, if this is the last that uses it: that closes files, perhaps of the
 * device, and is left to another thread by mmput_async(). Unpinning needs no mapping that is
 * not busy; it finds the mapping, or what is left of it, below ioas->pins_lock.
 *
 * Pages are charged to the mapping's mm before they are pinned, unless the mapping is furnished
 * and so has paid for all of its pages. Whether it is can change meanwhile, as groups come and
 * go; the charge is put right when the pins are noted. A furnished mapping with registers has not
 * paid for those, and devices pin no more of it.
 */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/cleanup.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

#include "priv.h"

/* Pages that are given back at once */
#define RELEASE_MOST	32

static struct dma_mapping *access_begin(struct ioas *ioas, u64 iova, unsigned int prot)
{
	struct dma_mapping *m;

	guard(mutex)(&ioas->lock);
	m = dma_tree_from(&ioas->mappings, iova);
	if (!m || m->iova > iova || m->busy)
		return ERR_PTR(-EINVAL);
	if (prot & ~m->prot)
		return ERR_PTR(-EPERM);
	m->accesses++;
	return m;
}

static void access_end(struct ioas *ioas, struct dma_mapping *m)
{
	bool awaited;

	mutex_lock(&ioas->lock);
	awaited = !--m->accesses && m->busy;
	mutex_unlock(&ioas->lock);
	if (awaited)
		select_settled(ioas);
}

static unsigned long page_index(const struct dma_mapping *m, u64 iova)
{
	return (iova - m->iova) >> PAGE_SHIFT;
}

/**
 * struct release - what is to be given back once no lock is held
 * @mm: who paid, held by mmgrab()
 * @npages: how many in @pages
 * @uncharge: how many pages @mm no longer pays for
 * @dirty: devices could write them
 * @pages: what to unpin
 */
struct release {
	struct mm_struct *mm;
	unsigned int npages;
	unsigned int uncharge;
	bool dirty;
	struct page *pages[RELEASE_MOST];
};

static void release_begin(struct release *r, const struct dma_mapping *m)
{
	r->mm = m->mm;
	mmgrab(r->mm);
	r->npages = 0;
	r->uncharge = 0;
	r->dirty = m->prot & IOAS_WRITE;
}

static void release_end(struct release *r)
{
	if (r->npages)
		unpin_user_pages_dirty_lock(r->pages, r->npages, r->dirty);
	uncharge(r->mm, r->uncharge);
	mmdrop(r->mm);
}

/* Take a pin of a page back; was there one? */
static bool release_page(struct ioas *ioas, struct dma_mapping *m, unsigned long index,
			 struct release *r)
{
	struct page *page;

	lockdep_assert_held(&ioas->pins_lock);
	if (!touched_unpin(m, index, ioas->dirty_tracking && r->dirty, &page))
		return false;
	if (page) {
		r->pages[r->npages++] = page;
		if (!m->furnished) {
			m->charged--;
			r->uncharge++;
		}
	}
	return true;
}

/**
 * struct pinning - pages of a mapping on their way to be pinned
 * @m: mapping, kept by an access
 * @index: first page of it
 * @n: how many, at most IOAS_PIN_MOST
 * @pages: they
 * @noted: of which the mapping knows that they are pinned by this one
 * @held: pages that are pinned and that it does not know of yet
 * @charged: pages that were charged
 */
struct pinning {
	struct dma_mapping *m;
	unsigned long index;
	unsigned int n;
	struct page **pages;
	DECLARE_BITMAP(noted, IOAS_PIN_MOST);
	DECLARE_BITMAP(held, IOAS_PIN_MOST);
	unsigned int charged;
};

/* Pin what is pinned already; how much is not, or -errno */
static int pinning_known(struct ioas *ioas, struct pinning *p, bool *furnished)
{
	int missing = 0;

	guard(mutex)(&ioas->pins_lock);
	*furnished = p->m->furnished;
	for (unsigned int i = 0; i < p->n; i++) {
		struct page *page = touched_pin_again(p->m, p->index + i);

		if (IS_ERR(page))
			return PTR_ERR(page);
		p->pages[i] = page;
		if (page)
			__set_bit(i, p->noted);
		else
			missing++;
	}
	/* There may be memory now that nobody has paid for, see emulated_registers() */
	return missing && p->m->registers ? -EFAULT : missing;
}

/* Pin the pages that are missing, whose mm has users */
static int pinning_fill(struct pinning *p)
{
	struct dma_mapping *m = p->m;
	unsigned int i = 0, end;
	int ret;

	for (;;) {
		i = find_next_zero_bit(p->noted, p->n, i);
		if (i == p->n)
			return 0;
		end = find_next_bit(p->noted, p->n, i);
		while (i < end) {
			ret = pin_pages(m->mm, m->vaddr + ((u64)(p->index + i) << PAGE_SHIFT),
					end - i, m->prot & IOAS_WRITE, p->pages + i);
			if (ret < 0)
				return ret;
			bitmap_set(p->held, i, ret);
			i += ret;
		}
	}
}

static int pinning_get(struct pinning *p)
{
	struct mm_struct *mm = p->m->mm;
	int ret;

	if (mm == current->mm)
		return pinning_fill(p);
	if (!mmget_not_zero(mm))
		return -EFAULT;
	ret = pinning_fill(p);
	mmput_async(mm);
	return ret;
}

/* Let the mapping know of a page, unless another thread was faster */
static int pinning_note(struct pinning *p, unsigned int i, unsigned int *added)
{
	struct page *page = touched_pin_again(p->m, p->index + i);
	int ret;

	if (IS_ERR(page))
		return PTR_ERR(page);
	if (page) {
		unpin_user_page(p->pages[i]);
		p->pages[i] = page;
	} else {
		ret = p->m->registers ? -EFAULT :
					touched_pin(p->m, p->index + i, p->pages[i]);
		if (ret)
			return ret;
		++*added;
	}
	__clear_bit(i, p->held);
	__set_bit(i, p->noted);
	return 0;
}

/* Let the mapping know of all pages that are held, and set the charge right */
static int pinning_note_all(struct ioas *ioas, struct pinning *p)
{
	unsigned int i, added = 0, owed;
	int ret = 0;

	mutex_lock(&ioas->pins_lock);
	for_each_set_bit(i, p->held, p->n) {
		ret = pinning_note(p, i, &added);
		if (ret)
			break;
	}
	owed = p->m->furnished ? 0 : added;
	if (owed)
		p->m->charged += owed;
	mutex_unlock(&ioas->pins_lock);
	if (owed > p->charged)
		charge_anyway(p->m->mm, owed - p->charged);
	else
		uncharge(p->m->mm, p->charged - owed);
	p->charged = 0;
	return ret;
}

static void pinning_undo(struct ioas *ioas, struct pinning *p)
{
	struct release r;
	unsigned int i;

	for_each_set_bit(i, p->held, p->n)
		unpin_user_page(p->pages[i]);
	for_each_set_bit(i, p->noted, p->n) {
		release_begin(&r, p->m);
		mutex_lock(&ioas->pins_lock);
		release_page(ioas, p->m, p->index + i, &r);
		mutex_unlock(&ioas->pins_lock);
		release_end(&r);
	}
	uncharge(p->m->mm, p->charged);
}

static int pin_in_mapping(struct ioas *ioas, struct dma_mapping *m, unsigned long index,
			  unsigned int n, struct page **pages)
{
	struct pinning p = { .m = m, .index = index, .n = n, .pages = pages };
	unsigned long limit = READ_ONCE(m->limit);
	bool furnished;
	int ret, missing;

	missing = pinning_known(ioas, &p, &furnished);
	if (!missing)
		return 0;
	ret = min(missing, 0);
	if (!ret && !furnished) {
		ret = charge(m->mm, missing, &limit);
		p.charged = ret ? 0 : missing;
	}
	if (!ret)
		ret = pinning_get(&p);
	if (!ret)
		ret = pinning_note_all(ioas, &p);
	if (ret)
		pinning_undo(ioas, &p);
	return ret;
}

static int pin_all(struct ioas *ioas, u64 iova, unsigned int npages, unsigned int prot,
		   struct page **pages, unsigned int *done)
{
	struct dma_mapping *m;
	unsigned int n;
	int ret;

	for (*done = 0; *done < npages; *done += n, iova += (u64)n << PAGE_SHIFT) {
		m = access_begin(ioas, iova, prot);
		if (IS_ERR(m))
			return PTR_ERR(m);
		n = min_t(u64, npages - *done, ((m->last - iova) >> PAGE_SHIFT) + 1);
		ret = pin_in_mapping(ioas, m, page_index(m, iova), n, pages + *done);
		access_end(ioas, m);
		if (ret)
			return ret;
	}
	return 0;
}

/* Does a range of so many bytes, above 0, go beyond the last address? */
static bool wraps(u64 iova, u64 length)
{
	return iova + (length - 1) < iova;
}

static void count_pins(struct ioas_device *dev, long pins)
{
	guard(mutex)(&dev->ioas->pins_lock);
	dev->pinned += pins;
}

/* Where the pins of an address are: in its mapping, or in what is left of one */
static struct dma_mapping *find_pinned(struct ioas *ioas, u64 iova)
{
	struct dma_mapping *m;

	lockdep_assert_held(&ioas->pins_lock);
	mutex_lock(&ioas->lock);
	m = dma_tree_from(&ioas->mappings, iova);
	mutex_unlock(&ioas->lock);
	if (m && m->iova <= iova && touched_is_pinned(m, page_index(m, iova)))
		return m;
	for (m = ioas->orphans; m; m = m->next)
		if (m->iova <= iova && m->last >= iova &&
		    touched_is_pinned(m, page_index(m, iova)))
			return m;
	return NULL;
}

/* Unpin some of the pages in a range: how many were pinned, and how many are done */
static unsigned int unpin_some(struct ioas_device *dev, u64 iova, unsigned int npages,
			       unsigned int *done)
{
	struct ioas *ioas = dev->ioas;
	unsigned int found = 0;
	struct dma_mapping *m;
	struct release r;

	mutex_lock(&ioas->pins_lock);
	m = dev->pinned ? find_pinned(ioas, iova) : NULL;
	if (!m) {
		mutex_unlock(&ioas->pins_lock);
		*done = 1;
		return 0;
	}
	release_begin(&r, m);
	/* Of pages that follow each other, some may be in orphans and some not */
	*done = ioas->orphans ? 1 : min3((u64)npages, (u64)RELEASE_MOST,
					 ((m->last - iova) >> PAGE_SHIFT) + 1);
	for (unsigned int i = 0; i < *done && found < dev->pinned; i++)
		found += release_page(ioas, m, page_index(m, iova) + i, &r);
	dev->pinned -= found;
	emulated_reap(ioas, m);
	mutex_unlock(&ioas->pins_lock);
	release_end(&r);
	return found;
}

/**
 * ioas_unpin() - take pins back
 * @dev: device
 * @iova: any address in the first page
 * @npages: pages that follow each other for devices
 *
 * Each page that was pinned n times takes n of this. Works at any time while the device is open,
 * also when the mapping is being ended or has been. Cannot fail. Whose pin it is that is taken back
 * is not known, but a device takes back no more in all than it has made.
 *
 * Return: how many of the pages were pinned; fewer than @npages is a bug of the driver.
 */
unsigned int ioas_unpin(struct ioas_device *dev, u64 iova, unsigned int npages)
{
	unsigned int found = 0, done;

	might_lock(&dev->ioas->pins_lock);
	for (iova &= PAGE_MASK; npages; npages -= done, iova += (u64)done << PAGE_SHIFT)
		found += unpin_some(dev, iova, npages, &done);
	return found;
}

/**
 * ioas_pin() - pin pages for a device
 * @dev: device, which is told when they are to be unpinned
 * @iova: any address in the first page
 * @npages: pages that follow each other for devices, in one or several mappings
 * @prot: what the device may do, IOAS_READ and IOAS_WRITE
 * @pages: set to the pages
 *
 * Return: 0; -EINVAL for no page, addresses that wrap around or are not mapped, or a device that
 * cannot be told; -E2BIG for more than IOAS_PIN_MOST; -EPERM if a mapping does not allow @prot;
 * -EFAULT where there is no memory, or the process has ended, or in a mapping that has registers
 * and is in an IOMMU; -ENOMEM, also beyond the
 * RLIMIT_MEMLOCK of who mapped; -EOVERFLOW; -EINTR for a task that is being killed. Then nothing
 * is pinned, and @pages means nothing.
 */
int ioas_pin(struct ioas_device *dev, u64 iova, unsigned int npages, unsigned int prot,
	     struct page **pages)
{
	unsigned int done;
	int ret;

	might_sleep();
	might_lock(&dev->ioas->pins_lock);
	iova &= PAGE_MASK;
	if (!npages || wraps(iova, (u64)npages << PAGE_SHIFT) || !dev->unmap)
		return -EINVAL;
	if (npages > IOAS_PIN_MOST)
		return -E2BIG;
	/* Before an unmap can see the first of them: it tells no device without pins */
	count_pins(dev, npages);
	ret = pin_all(dev->ioas, iova, npages, prot, pages, &done);
	if (ret) {
		count_pins(dev, -(long)(npages - done));
		ioas_unpin(dev, iova, done);
	}
	return ret;
}

/* Copy as the task that mapped, which a kernel thread can become and no other task can */
static int copy_as(struct mm_struct *mm, u64 vaddr, void *data, size_t n, bool write)
{
	bool borrowed = current->mm != mm;
	unsigned long left;

	if (borrowed) {
		if (current->mm || !(current->flags & PF_KTHREAD))
			return -EPERM;
		if (!mmget_not_zero(mm))
			return -EFAULT;
		kthread_use_mm(mm);
	}
	left = write ? copy_to_user((void __user *)vaddr, data, n) :
		       copy_from_user(data, (void __user *)vaddr, n);
	if (borrowed) {
		kthread_unuse_mm(mm);
		mmput_async(mm);
	}
	return left ? -EFAULT : 0;
}

static int rw_in_mapping(struct ioas *ioas, struct dma_mapping *m, u64 iova, void *data,
			 size_t n, bool write)
{
	int ret = copy_as(m->mm, m->vaddr + (iova - m->iova), data, n, write);

	if (!write)
		return ret;
	/* After the copy, so that no report in between takes the mark away; also for half of one */
	guard(mutex)(&ioas->pins_lock);
	if (ioas->dirty_tracking)
		touched_dirty(m, page_index(m, iova), page_index(m, iova + (n - 1)));
	return ret;
}

/**
 * ioas_rw() - read or write the memory of a space
 * @dev: device
 * @iova: first address
 * @data: kernel memory
 * @len: bytes, in one mapping or in several that follow each other
 * @write: write @data to the space
 *
 * Return: 0; -EINVAL for no byte, addresses that wrap around or are not mapped; -EPERM if a
 * mapping does not allow it, or was made by another process than the current one, which is not
 * a kernel thread; -EFAULT where user memory cannot be accessed, or the process has ended. Then
 * a part may have been copied.
 */
int ioas_rw(struct ioas_device *dev, u64 iova, void *data, size_t len, bool write)
{
	struct ioas *ioas = dev->ioas;
	struct dma_mapping *m;
	size_t n;
	int ret;

	might_sleep();
	might_lock(&ioas->pins_lock);
	if (!len || wraps(iova, len))
		return -EINVAL;
	for (; len; len -= n, iova += n, data += n) {
		m = access_begin(ioas, iova, write ? IOAS_WRITE : IOAS_READ);
		if (IS_ERR(m))
			return PTR_ERR(m);
		n = min_t(u64, len - 1, m->last - iova) + 1;
		ret = rw_in_mapping(ioas, m, iova, data, n, write);
		access_end(ioas, m);
		if (ret)
			return ret;
	}
	return 0;
}
