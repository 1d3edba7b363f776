mod gallery;
mod pages;
mod samples;
mod style;
