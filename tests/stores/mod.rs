//! Cookie stores: what all must do, and what one on a disk must do beyond that.

mod conformance;
mod differential;
mod list;
mod msie;
#[cfg(feature = "sqlite")]
mod opening;
mod processes;
#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "sqlite")]
mod sqlite;

use clientcookie::cookie::MemoryStore;

#[test]
fn the_memory_store_conforms() {
    conformance::conforms(&|| Box::new(MemoryStore::new()));
}

/// The documentation shows it as a store of one's own.
#[test]
fn the_store_in_the_documentation_conforms() {
    conformance::conforms(&|| Box::new(list::List::default()));
}

use support::*;

mod support {
    use std::path::{Path, PathBuf};
    use std::{env, fs, process};

    /// A folder that is removed at the end of the test. It is in memory where there is such a
    /// folder: these tests bring thousands of changes to the disk one by one, and none pulls the
    /// plug.
    pub struct Folder(PathBuf);

    impl Folder {
        pub fn new(name: &str) -> Self {
            let memory = Path::new("/dev/shm");
            let base = if memory.is_dir() { memory.to_owned() } else { env::temp_dir() };
            let folder = base.join(format!("clientcookie-stores-{name}-{}", process::id()));
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        pub fn path(&self) -> &Path {
            &self.0
        }

        pub fn file(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }

        /// What lies in it.
        pub fn names(&self) -> Vec<String> {
            let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
            let mut names: Vec<String> = fs::read_dir(&self.0).unwrap().map(name).collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// xorshift64*: the same numbers on every machine.
    pub struct Random(pub u64);

    impl Random {
        pub fn below(&mut self, end: usize) -> usize {
            self.0 ^= self.0 >> 12;
            self.0 ^= self.0 << 25;
            self.0 ^= self.0 >> 27;
            usize::try_from(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33).unwrap() % end
        }

        pub fn one_in(&mut self, number: usize) -> bool {
            self.below(number) == 0
        }

        pub fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
            all[self.below(all.len())]
        }
    }
}
