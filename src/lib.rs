//! Neurarium, assembled: the command line and the window.
