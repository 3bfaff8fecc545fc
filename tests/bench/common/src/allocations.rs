//! An allocator that counts while it is asked to; otherwise it costs a look at a flag.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize, Ordering::Relaxed};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

static ON: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicUsize = AtomicUsize::new(0);
static LIVE: AtomicIsize = AtomicIsize::new(0);

struct Counting;

// SAFETY: every request is passed on to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(1, layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        note(0, -(layout.size() as isize));
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(1, size as isize - layout.size() as isize);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

fn note(count: usize, bytes: isize) {
    if ON.load(Relaxed) {
        COUNT.fetch_add(count, Relaxed);
        LIVE.fetch_add(bytes, Relaxed);
    }
}

/// How many allocations the work makes, and by how many bytes the heap has grown after it.
pub async fn of(work: impl Future<Output = ()>) -> (usize, isize) {
    let before = (COUNT.load(Relaxed), LIVE.load(Relaxed));
    ON.store(true, Relaxed);
    work.await;
    ON.store(false, Relaxed);
    (COUNT.load(Relaxed) - before.0, LIVE.load(Relaxed) - before.1)
}
