//! A global allocator that counts allocations on request.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize, Ordering::Relaxed};

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

static IS_COUNTING: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicUsize = AtomicUsize::new(0);
static LIVE_BYTES: AtomicIsize = AtomicIsize::new(0);

struct CountingAllocator;

// SAFETY: each call is forwarded unchanged to the system allocator.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        record(1, layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        record(0, -(layout.size() as isize));
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        record(1, size as isize - layout.size() as isize);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

fn record(count: usize, bytes: isize) {
    if IS_COUNTING.load(Relaxed) {
        COUNT.fetch_add(count, Relaxed);
        LIVE_BYTES.fetch_add(bytes, Relaxed);
    }
}

/// Returns the number of allocations during `work`, and the heap growth in bytes.
pub async fn count_allocations(work: impl Future<Output = ()>) -> (usize, isize) {
    let before = (COUNT.load(Relaxed), LIVE_BYTES.load(Relaxed));
    IS_COUNTING.store(true, Relaxed);
    work.await;
    IS_COUNTING.store(false, Relaxed);
    (COUNT.load(Relaxed) - before.0, LIVE_BYTES.load(Relaxed) - before.1)
}
