mod account;
mod account_samples;
mod gallery;
mod linking;
mod linking_samples;
mod pages;
mod samples;
mod style;
