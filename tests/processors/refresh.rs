//! Pages that ask for another one.
